using Akka.Actor;
using RaftAkka.Protocol;

namespace RaftAkka.Server;

/// <summary>
/// Hand-over (dissertation §3.10): the leader brings the target up to date, tells it to campaign at once, and takes no
/// new commands meanwhile; they wait, for the next leader or for this one if nothing comes of it.
/// </summary>
internal sealed partial class RaftServer
{
    // Of hand-overs to a server with a greater priority: one that fails again and again must not be all that happens.
    private const int TimeoutsBetweenTransfers = 20;

    private readonly List<IActorRef> _stoppers = [];   // Who waits for this server to be done with leading.

    private void OnHandOver(Leadership leadership, HandOverLeadership hand)
    {
        if (leadership.Transfer is { } other)
        {
            RefuseHandOver(hand.Id, $"leadership is being handed over to {other.Target} already");
            return;
        }

        if (!KnowsCommitted)
        {
            RefuseHandOver(hand.Id, $"{_settings.Server} has just been elected; ask again in a moment");
            return;
        }

        var target = hand.Target ?? BestTarget(leadership);
        var problem = target is not { } named
            ? "no other server that votes was heard of lately"
            : TransferRule.Problem(Members, _settings.Server, named);
        if (problem is not null) RefuseHandOver(hand.Id, problem);
        else Begin(leadership, new Transfer(target!.Value, Now) { Asker = (Sender, hand.Id) });
    }

    private ServerId? BestTarget(Leadership leadership) => TransferRule.Best(
        Members, _settings.Server,
        server => leadership.TryFind(server, out var follower) && IsHeard(follower) ? follower.Match : null);

    private bool IsHeard(PeerProgress follower) => Now - follower.LastHeard < _settings.ElectionTimeoutMin;

    private void RefuseHandOver(long id, string facts) => Sender.Tell(new NotHandedOver(id, facts, _view));

    private void Begin(Leadership leadership, Transfer transfer)
    {
        _lines.HandsOver(transfer.Target);
        leadership.Transfer = transfer;
        TellIfCaughtUp(leadership);
    }

    // Its log is as long as this one's, so that whoever would vote for this server votes for it (§5.4.1).
    private void TellIfCaughtUp(Leadership leadership)
    {
        if (leadership.Transfer is not { IsTold: false } transfer) return;
        if (!leadership.TryFind(transfer.Target, out var target) || target.Match < _log.Last.Index) return;

        transfer.IsTold = true;

        // Voters that promised this server not to vote are released by the campaign, now or much later.
        leadership.LeasesAreVoid = true;
        Tell(transfer.Target, new TimeoutNow(Header));
    }

    /// <summary>With each heartbeat: an election timeout is all that a hand-over gets.</summary>
    private void CheckTransfer(Leadership leadership)
    {
        if (leadership.Transfer is not { } transfer)
        {
            YieldIfDiskFails(leadership);
            if (leadership.Transfer is null && !HasDiskTrouble) PreferPriority(leadership);
            return;
        }

        if (Now - transfer.Since < _settings.ElectionTimeoutMin) return;

        leadership.Transfer = null;
        _lines.GivesUpHandOver(transfer.Target, transfer.IsTold);
        if (transfer.Asker is var (asker, id))
        {
            var missed = transfer.IsTold ? "win an election" : "catch up";
            asker.Tell(new NotHandedOver(
                id, $"{transfer.Target} did not {missed} within an election timeout; {_settings.Server} goes on leading", _view));
        }

        ReleaseStoppers();
        if (!IsVoter && _members.LatestIndex <= _commitIndex) StepDown(leadership);
        else FlushSoon(leadership);
    }

    private void PreferPriority(Leadership leadership)
    {
        var own = Members.Find(_settings.Server)?.Priority ?? 0;
        if (!KnowsCommitted || Members.IsJoint
            || Now - leadership.Since < _settings.ElectionTimeoutMax
            || Now - leadership.LastPreference < _settings.ElectionTimeoutMax * TimeoutsBetweenTransfers)
            return;

        foreach (var member in Members.Members.OrderByDescending(member => member.Priority))
        {
            if (member.Priority <= own) return;
            if (!member.IsVoter || !leadership.TryFind(member.Id, out var follower)) continue;
            if (!IsHeard(follower) || follower.Match < _commitIndex) continue;

            leadership.LastPreference = Now;
            Begin(leadership, new Transfer(member.Id, Now));
            return;
        }
    }

    private void OnPrepareToStop(Leadership leadership)
    {
        _stoppers.Add(Sender);
        if (leadership.Transfer is not null) return;   // It ends soon enough.

        if (BestTarget(leadership) is { } named && KnowsCommitted) Begin(leadership, new Transfer(named, Now));
        else ReleaseStoppers();
    }

    private void ReleaseStoppers()
    {
        foreach (var stopper in _stoppers) stopper.Tell(ReadyToStop.Instance);
        _stoppers.Clear();
    }

    private void EndTransfer(Leadership leadership)
    {
        // Where another is to lead, the clients hear from this server who does, before it goes.
        if (leadership.Transfer is not { IsTold: true }) ReleaseStoppers();
        if (leadership.Transfer is not { Asker: var (asker, id) } transfer) return;

        if (transfer.IsTold) asker.Tell(new HandedOver(id, transfer.Target));
        else asker.Tell(new NotHandedOver(id, "", _view));
    }

    /// <summary>The leader wants this server to lead.</summary>
    private void OnTimeoutNow(Followership following, TimeoutNow now)
    {
        if (now.Header.Term != CurrentTerm || following.Leader != now.Header.Sender || !IsVoter || !HasNextTerm) return;

        // It could not store its vote for itself: the leader goes on, and hands over to another one.
        if (HasDiskTrouble) return;

        _lines.IsHandedLeadership(now.Header.Sender);
        BecomeCandidate(isTransfer: true);
    }
}
