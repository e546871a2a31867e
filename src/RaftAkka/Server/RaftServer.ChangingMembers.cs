using Akka.Actor;
using RaftAkka.Protocol;

namespace RaftAkka.Server;

/// <summary>
/// Changing members, the leader's part (§6): a change of voters goes through a joint configuration, which whoever
/// leads when it commits ends; learners are promoted when they have caught up; who has left is told so.
/// </summary>
internal sealed partial class RaftServer
{
    private void OnChangeMembers(Leadership leadership, ChangeMembers change)
    {
        switch (Decide(change.Changes))
        {
            case MembershipDecision.Refused refused:
                Sender.Tell(new MembersNotChanged(change.Id, refused.Reason, refused.Facts, _view));
                break;
            case MembershipDecision.AlreadySo:
                Sender.Tell(new MembersChanged(change.Id, _settings.Server, _members.LatestIndex, Members));
                break;
            case MembershipDecision.Accepted accepted:
                AppendConfiguration(leadership, accepted.Next);
                leadership.MembersWaiter = (Sender, change.Id);
                break;
        }
    }

    private MembersReport Report(Leadership? leadership) => new(
        _settings.Server, _view, _members.LatestIndex, _members.LatestIndex <= _commitIndex, Members, _log.Last.Index,
        leadership is null ? [] : [.. leadership.Followers.Select(follower => new MemberProgress(
            follower.Peer, follower.Match, follower.Install?.Percent, (long)(Now - follower.LastHeard).TotalMilliseconds))]);

    private MembershipDecision Decide(IReadOnlyList<MemberChange> changes) => _rules.ChangeMembers(
        Members, _members.LatestIndex <= _commitIndex, KnowsCommitted, changes);

    // In effect from now on: it is this very configuration whose majorities commit it.
    private void AppendConfiguration(Leadership leadership, Configuration configuration)
    {
        _lines.ChangesMembers(configuration);
        var id = new EntryId(CurrentTerm, _log.Last.Index.Next);
        AppendToOwnLog(leadership, LogSlice.Of(
            LogEntry.Create(id, EntryKind.Configuration, ConfigurationCodec.Encode(configuration))));
    }

    private void OnLeaderMembersChanged(Leadership leadership)
    {
        leadership.Follow(_others, _log.Last.Index, Now);
        foreach (var follower in leadership.Followers)
            if (Members.Find(follower.Peer)?.Role == MemberRole.Learner)
                follower.CatchUp ??= new CatchUp(_log.Last.Index, Now, _settings.ElectionTimeoutMin);
            else follower.CatchUp = null;
    }

    /// <summary>More is committed. Whoever leads when a joint configuration commits ends it, whoever began it.</summary>
    private void OnLeaderMembersCommitted(Leadership leadership)
    {
        if (_members.LatestIndex > _commitIndex || _members.LatestIndex == LogIndex.Zero) return;
        if (Members.IsJoint)
        {
            // In a term of its own only: an entry of this term is committed, or this one would not be.
            AppendConfiguration(leadership, Members.LeaveJoint());
            return;
        }

        if (leadership.MembersWaiter is var (asker, id))
        {
            asker.Tell(new MembersChanged(id, _settings.Server, _members.LatestIndex, Members));
            leadership.MembersWaiter = null;
        }

        if (!IsVoter && leadership.Transfer is null) HandDown(leadership);
    }

    // It has managed a cluster of which it is no part any more (§6), and hands over what it can: the best target is brought
    // up to date, or the others elect by themselves.
    private void HandDown(Leadership leadership)
    {
        if (BestTarget(leadership) is { } target) Begin(leadership, new Transfer(target, Now));
        else StepDown(leadership);
    }

    // The others learn at once that its leaving is decided.
    private void StepDown(Leadership leadership)
    {
        foreach (var follower in leadership.Followers) SendAppend(leadership, follower, LogSlice.Empty);
        BecomeFollower(leader: null);
    }

    /// <summary>
    /// With each heartbeat: whoever has left gets the log until it is silent. Once it is committed that it has left,
    /// its answers bring it the notice of that instead, and it answers no more.
    /// </summary>
    private void LetGo(Leadership leadership)
    {
        foreach (var follower in leadership.Followers.Where(follower => follower.Leaves))
        {
            if (Now - follower.LastHeard < _settings.ElectionTimeoutMax) continue;

            StopInstalling(follower);
            leadership.Forget(follower.Peer);
        }
    }

    private void PromoteIfCaughtUp(Leadership leadership, PeerProgress follower)
    {
        if (follower.CatchUp is not { } catchUp) return;

        catchUp.OnMatched(follower.Match, _log.Last.Index, Now);
        if (!catchUp.HasCaughtUp) return;

        // Refused while another change is under way: the next round that it keeps up asks again.
        if (Decide([new MemberChange.SetRole(follower.Peer, MemberRole.Voter)]) is MembershipDecision.Accepted accepted)
            AppendConfiguration(leadership, accepted.Next);
    }
}

/// <summary>
/// Someone asks the leader for a change of membership. Answered, while the node lives and it is a leader that was
/// asked, with <see cref="MembersChanged"/> once all of it is committed, or with <see cref="MembersNotChanged"/>.
/// </summary>
/// <param name="Id">The asker's number for it; comes back with the answer.</param>
/// <param name="Changes">All of them, or none.</param>
internal sealed record ChangeMembers(long Id, IReadOnlyList<MemberChange> Changes) : INoSerializationVerificationNeeded;
