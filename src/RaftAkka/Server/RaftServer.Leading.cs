using Akka.Actor;
using RaftAkka.Log;
using RaftAkka.Protocol;
using RaftAkka.Snapshots;

namespace RaftAkka.Server;

/// <summary>Leading: takes proposals, replicates and commits them, until a newer term or a lost majority ends it.</summary>
internal sealed partial class RaftServer
{
    private void Leading(Leadership leadership, object message)
    {
        switch (message)
        {
            case Propose propose:                     OnPropose(leadership, propose);                        break;
            case ChangeMembers change:                OnChangeMembers(leadership, change);                   break;
            case HandOverLeadership hand:             OnHandOver(leadership, hand);                                  break;
            case PrepareToStop:                       OnPrepareToStop(leadership);                                   break;
            case ReportMembers:                       Sender.Tell(Report(leadership));                               break;
            case Flush flush:                         OnFlush(leadership, flush);                            break;
            case AppendAccepted accepted:             OnAppendAccepted(leadership, accepted);                break;
            case AppendRejected rejected:             OnAppendRejected(leadership, rejected);                break;
            case SnapshotChunkStored stored:          OnChunkStored(leadership, stored);                     break;
            case SnapshotWritten written:             OnLeaderSnapshotWritten(leadership, written);          break;
            case SnapshotNotSent failed:              OnSnapshotNotSent(leadership, failed);                 break;
            case SnapshotRestored restored:           OnSnapshotRestored(restored, leadership.SnapshotsInUse());     break;
            case SnapshotReceived:                                                                           break;   // All in its log.
            case ReadQueries read:                    OnRead(leadership, read);                              break;
            case AskReadIndex ask:                    OnAskReadIndex(leadership, ask);                       break;
            case BeginRound begin:                    OnBeginRound(leadership, begin);                       break;
            case LogWritten written:                  OnLeaderLogWritten(leadership, written);               break;
            case SessionNews news:                    _parts.Machine.Tell(news);                             break;
            case SessionConfirmed confirmed:          OnSessionConfirmed(leadership, confirmed.News);        break;
            case HeartbeatTimer timer:                OnHeartbeatTimer(leadership, timer);                   break;
            case LogRead { Token: ReplicationRead }:  OnReplicationRead(leadership, (LogRead)message);       break;
            case LogRead { Token: FeedRead }:         OnFeedRead((LogRead)message, leadership.TakeWaiters);  break;
            case Applied applied:                     OnApplied(applied, leadership.TakeWaiters);            break;
            default:                                  InEveryRole(message);                                  break;
        }
    }

    private void BecomeLeader(Candidacy candidacy)
    {
        // Complete before the behaviour changes: commands that were queued before this moment meet it ready.
        var clock = new ClusterClock(_settings.SessionTimeout, _settings.ElectionTimeoutMax, Now);
        var leadership = new Leadership(
            _others, _log.Last.Index, Now, clock, new YieldAttempts(_settings.ElectionTimeoutMax));
        var role = new Role(
            ServerRole.Leader,
            RefusesElections: () => true,
            Leave: () => EndLeadership(leadership))
        {
            MembersChanged = () => OnLeaderMembersChanged(leadership),
        };
        Enter(role, _settings.Server, message => Leading(leadership, message),
            _settings.HeartbeatInterval, new HeartbeatTimer(leadership));

        // §8: an entry of its own term, with which everything before it commits.
        AppendToOwnLog(leadership, LogSlice.Of(FirstEntry(candidacy)));
    }

    private void OnPropose(Leadership leadership, Propose propose)
    {
        if (WhyDiskTakesNoMore() is { } why)
        {
            Refuse(Sender, propose.Batch, RefusalReason.Busy, why);
            return;
        }

        if (leadership.UncommittedBytes >= _settings.UncommittedBytesMax)
        {
            Refuse(Sender, propose.Batch, RefusalReason.Busy,
                $"{leadership.UncommittedBytes} bytes of commands wait to be committed and applied; the limit is "
                + $"{_settings.UncommittedBytesMax}");
            return;
        }

        Append(leadership, new Proposal(Sender, propose.Batch, propose.Kind, propose.Payload));
    }

    private void Append(Leadership leadership, Proposal proposal)
    {
        leadership.Queue(proposal);
        FlushSoon(leadership);
    }

    private void FlushSoon(Leadership leadership)
    {
        if (leadership.IsFlushDue || leadership.Queued.Count == 0) return;

        // Behind everything that waits in the mailbox now: those proposals share one write and one message.
        leadership.IsFlushDue = true;
        Self.Tell(new Flush(leadership));
    }

    private void OnFlush(Leadership leadership, Flush flush)
    {
        if (flush.Leadership != leadership) return;

        leadership.IsFlushDue = false;
        if (leadership.Transfer is not null) return;   // They wait for the next leader, or for the end of the hand-over.

        var entries = new LogEntry[leadership.Queued.Count];
        for (var i = 0; i < entries.Length; i++)
        {
            var proposal = leadership.Queued[i];
            var id = new EntryId(CurrentTerm, _log.Last.Index + i + 1);
            entries[i] = LogEntry.Create(id, proposal.Kind, proposal.Payload.Span);
            leadership.OnAppended(id.Index, proposal);
        }

        leadership.Queued.Clear();
        AppendToOwnLog(leadership, LogSlice.Of(entries));
    }

    // The leader's own disk and its followers work at the same time; the leader counts itself when its write is done.
    private void AppendToOwnLog(Leadership leadership, LogSlice entries)
    {
        Write(entries);
        foreach (var follower in leadership.Followers) Replicate(leadership, follower);
    }

    private void OnLeaderLogWritten(Leadership leadership, LogWritten written)
    {
        OnLogWritten(written);
        AdvanceCommit(leadership);
    }

    private void AdvanceCommit(Leadership leadership)
    {
        var onMajority = _rules.OnMajority(
            Members, voter => voter == _settings.Server ? _ledger.Durable : leadership.MatchOf(voter));
        var commit = _rules.Commit(_log.Terms, onMajority, _commitIndex, CurrentTerm);
        if (commit == _commitIndex) return;

        CommitThrough(commit);
        FeedMachine(leadership.TakeWaiters);
        BeginRoundSoon(leadership);
        OnLeaderMembersCommitted(leadership);
    }

    private void OnHeartbeatTimer(Leadership leadership, HeartbeatTimer timer)
    {
        if (timer.Leadership != leadership) return;

        if (!HearsMajority(leadership))
        {
            _lines.LostMajority(_settings.ElectionTimeoutMax);
            BecomeFollower(leader: null);
            return;
        }

        LetGo(leadership);
        CheckDisk();
        CheckTransfer(leadership);
        if (_role.Name != ServerRole.Leader) return;   // It has stepped down, and another role's timer runs.

        RenewRound(leadership);
        BeatClock(leadership);
        foreach (var follower in leadership.Followers)
        {
            if (Now - follower.LastSent >= _settings.HeartbeatInterval)
                SendAppend(leadership, follower, LogSlice.Empty);
            else
                AnnounceCommit(leadership, follower);
        }

        StartTimer(_settings.HeartbeatInterval, timer);
    }

    // CheckQuorum (dissertation §6.2): a leader that is cut off steps down, so that clients look elsewhere.
    private bool HearsMajority(Leadership leadership) => Members.HasMajority(voter =>
        voter == _settings.Server
        || (leadership.TryFind(voter, out var follower) && Now - follower.LastHeard < _settings.ElectionTimeoutMax));

    private void EndLeadership(Leadership leadership)
    {
        foreach (var proposal in leadership.Queued)
            Refuse(proposal.From, proposal.Batch, RefusalReason.NotLeader, "");
        foreach (var waiter in leadership.Waiters)
            Refuse(waiter.From, waiter.Batch, RefusalReason.LeadershipLost, "");
        if (leadership.MembersWaiter is var (asker, id)) asker.Tell(new MembersNotChanged(id, null, "", _view));
        foreach (var follower in leadership.Followers) StopInstalling(follower);
        EndTransfer(leadership);
        EndReads(leadership);
    }

    private sealed record Flush(Leadership Leadership);

    private sealed record HeartbeatTimer(Leadership Leadership) : IRoleTimer;
}
