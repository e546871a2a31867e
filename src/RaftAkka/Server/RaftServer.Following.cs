using Akka.Actor;
using RaftAkka.Protocol;
using RaftAkka.Snapshots;

namespace RaftAkka.Server;

/// <summary>Following: takes entries from the leader of the term, or waits for one (§5.2, §5.3).</summary>
internal sealed partial class RaftServer
{
    private const int TimeoutsOfPatience = 3;

    private void Following(Followership following, object message)
    {
        switch (message)
        {
            case AppendEntries append:    OnAppendEntries(following, append);                   break;
            case InstallSnapshot install: OnInstallSnapshot(following, install);                break;
            case ChunkReceived received:  OnChunkReceived(following, received);                 break;
            case RequestVote request:     if (OnRequestVote(request)) following.WaitFrom(Now);  break;
            case TimeoutNow now:          OnTimeoutNow(following, now);                         break;
            case ElectionTimer timer:     OnElectionTimer(following, timer);                    break;
            case PeerConnectionLost lost: OnConnectionLost(following, lost);                    break;
            case ReadQueries read:        OnRead(following, read);                              break;
            case AskLeader ask:           OnAskLeader(following, ask);                          break;
            case ReadIndexReply reply:    OnReadIndexReply(following, reply);                   break;
            case ReadIndexRefused no:     OnReadIndexRefused(following, no);                    break;
            default:                      InEveryRole(message);                                 break;
        }
    }

    private void BecomeFollower(ServerId? leader)
    {
        var following = new Followership(leader, Now, _timeouts.Draw(), LeaseMax);
        var role = new Role(
            ServerRole.Follower,
            RefusesElections: () => following.HasLiveLeader(Now, _timeouts.Min),
            Leave: () => RefuseReads(following.Reads.All));
        Enter(role, leader, message => Following(following, message),
            following.Patience, new ElectionTimer(following, IsConfirmation: false));
    }

    private void OnAppendEntries(Followership following, AppendEntries append)
    {
        if (append.Header.Term < CurrentTerm)
        {
            RejectOldLeader(append);
            return;
        }

        var leader = append.Header.Sender;
        var now = Now;
        following.HearFrom(leader, now);
        Bind(now);
        Publish(leader);
        AskAgain(following);

        switch (_rules.Match(_log.Terms, append.Previous, append.Entries))
        {
            case LogMatch.Gap or LogMatch.News when IsBacklogged:
                // Not taken: the leader sends them again. It hears that this server lives, and what it surely holds. A gap is
                // not named, or the leader would send everything from there on again, with every heartbeat.
                AcceptKnown(leader, append.Round, LogIndex.Min(_commitIndex, _ledger.Durable));
                break;

            case LogMatch.Gap gap:
                Tell(leader, new AppendRejected(
                    Header, append.Previous, gap.Conflict, append.Round, LeaseMilliseconds));
                break;

            case LogMatch.News news:
                // Admission has dropped what would replace a committed entry (§5.4).
                Invariant.Holds(news.Entries.First.Index > _commitIndex, "a committed entry is never replaced");
                var write = Write(news.Entries);
                AcceptOnceDurable(write, leader, Accepted(append.Round, news.Entries.Last.Index));
                Commit(append.LeaderCommit, proven: news.Entries.Last.Index);
                break;

            case LogMatch.Known known:
                if (!append.IsAnnouncement) AcceptKnown(leader, append.Round, known.Through);
                Commit(append.LeaderCommit, proven: known.Through);
                break;
        }
    }

    // Its disk is behind by more than the memory that it may take for that.
    private bool IsBacklogged => _ledger.PendingBytes >= _settings.UnsyncedBytesMax;

    private AppendAccepted Accepted(ReadRound round, LogIndex matched) => new(Header, matched, round, LeaseMilliseconds);

    private void AcceptKnown(ServerId leader, ReadRound round, LogIndex through)
    {
        // At once what is on disk, so that the leader hears that this server lives, however slow its disk is;
        // and all of it as soon as that is on disk too. The term has to be there as well: a server that forgot it
        // might let an older leader replace what the leader of this term takes for matched ever after.
        var durable = Accepted(round, LogIndex.Min(through, _ledger.Durable));
        if (_ledger.IsDurable(_hardStateWrite)) Tell(leader, durable);
        else AcceptOnceDurable(_hardStateWrite, leader, durable);
        if (through > _ledger.Durable)
            AcceptOnceDurable(_ledger.Last, leader, Accepted(round, through));
    }

    private void Commit(LogIndex leaderCommit, LogIndex proven)
    {
        var commit = _rules.FollowCommit(_commitIndex, leaderCommit, proven);
        if (commit == _commitIndex) return;

        CommitThrough(commit);
        FeedMachine(NoWaiters);
    }

    // The timer is not set back with every message, which would cost more than the message; when it fires, it
    // looks when the leader was last heard. If that is too long ago, it looks once more behind all that waits in
    // the mailbox: after a stall of this process the leader's messages lie there.
    private void OnElectionTimer(Followership following, ElectionTimer timer)
    {
        if (timer.Following != following) return;

        CheckDisk();
        var now = Now;
        if (!MayCampaign(following, now))
        {
            if (now - following.LastHeard >= _settings.ElectionTimeoutMax) LoseLeader(following);
            StartTimer(_settings.ElectionTimeoutMax, timer with { IsConfirmation = false });   // Perhaps it may later.
        }
        else if (!following.IsOver(now))
        {
            StartTimer(following.End - now, timer with { IsConfirmation = false });
        }
        else if (!timer.IsConfirmation)
        {
            Self.Tell(timer with { IsConfirmation = true });
        }
        else
        {
            WarnOfBootstrap();
            BecomePreCandidate(following.IsCutOff);
        }
    }

    // A server that votes goes first: one that wins without a vote of its own only has its change committed, and steps down.
    private bool MayCampaign(Followership following, TimeSpan now) => !HasDiskTrouble && CampaignRight switch
    {
        CampaignRight.Full           => true,
        CampaignRight.AfterAllOthers => now - following.LastHeard >= TimeoutsOfPatience * _settings.ElectionTimeoutMax,
        _                            => false,
    };

    // A voter leaves this role when its leader falls silent. A server that may not campaign stays in it: its reads go to
    // another server now, and its clients do not hear of a leader that it does not hear.
    private void LoseLeader(Followership following)
    {
        if (following.Leader is null) return;

        following.LoseLeader();
        Publish(leader: null);
        RefuseReads(following.Reads.TakeAll());
    }

    private void OnConnectionLost(Followership following, PeerConnectionLost lost)
    {
        if (lost.Peer != following.Leader) return;

        // Its process died, or the connection alone did. Asking for pre-votes is safe either way: a server that still
        // hears the leader refuses.
        following.IsCutOff = true;
        var timer = new ElectionTimer(following, IsConfirmation: true);
        var now = Now;
        if (following.IsOver(now)) Self.Tell(timer);
        else StartTimer(following.End - now, timer with { IsConfirmation = false });
    }

    private sealed record ElectionTimer(Followership Following, bool IsConfirmation) : IRoleTimer;
}
