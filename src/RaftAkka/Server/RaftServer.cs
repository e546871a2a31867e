using Akka.Actor;
using Akka.Event;
using RaftAkka.Dispatch;
using RaftAkka.Log;
using RaftAkka.Protocol;
using RaftAkka.Snapshots;

namespace RaftAkka.Server;

/// <summary>
/// One server of a Raft group. Its roles are behaviours, each in a file of its own and each holding what only
/// that role knows; here is what all of them share: the persistent state, the gate for newer terms, and the
/// transitions.
/// </summary>
internal sealed partial class RaftServer : UntypedActor
{
    private readonly RaftNodeSettings _settings;
    private readonly ServerParts _parts;
    private readonly ServerRules _rules;
    private readonly ServerLogLines _lines;
    private readonly ElectionTimeouts _timeouts;

    private HardState _hardState;
    private ClusterView _view;
    private Role _role;
    private ICancelable _timer = Cancelable.CreateCanceled();

    public RaftServer(RaftNodeSettings settings, ServerParts parts)
    {
        _settings = settings;
        _parts = parts;
        _rules = parts.Rules;
        _timeouts = new ElectionTimeouts(settings.ElectionTimeoutMin, settings.ElectionTimeoutMax, parts.Random);
        _members = new ConfigurationHistory(LogIndex.Zero, Bootstrap(settings));
        _trusted = new TrustedPeers(settings, parts.Peers);
        _view = ClusterView.Empty with { Members = settings.Members };
        _role = new Role(ServerRole.Recovering, RefusesElections: () => false, Leave: () => { });
        _diskHealth = new DiskHealth(settings.ElectionTimeoutMax);
        _lastReadId = new ReadId(parts.Incarnation);
        var scheduler = Context.System.Scheduler;
        _lines = new ServerLogLines(
            Context.GetLogger(), settings.Server, () => (_role.Name, CurrentTerm), new WarningLimit(() => scheduler.MonotonicClock));
        _policy = new SnapshotPolicy(settings);
        _readQuota = new ReadQuota(settings.ReadsWaitingBytesMax);
        var recovery = new Recovery();
        Become(message => Recovering(recovery, message));
    }

    public static Props Props(RaftNodeSettings settings, ServerParts parts) =>
        Akka.Actor.Props.Create(() => new RaftServer(settings, parts));

    private Term CurrentTerm => _hardState.Term;

    private static TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    private MessageHeader Header => new(_settings.Cluster, _settings.Group, _settings.Server, CurrentTerm) { Disk = _disk };

    protected override void PreStart()
    {
        var identity = new LogIdentity(_settings.Cluster, _settings.Group, _settings.Server);
        _parts.Snapshots.Tell(new OpenSnapshots(identity));
        _parts.Log.Tell(new OpenLog(identity) { NewDisk = new DiskId(_parts.Incarnation) });
    }

    protected override void PostStop() => _timer.Cancel();

    protected override void OnReceive(object message) => Unhandled(message);

    /// <summary>
    /// The one gate for what holds in every role: a message that does not count is dropped, and a newer term makes every
    /// server a follower (§5.1).
    /// </summary>
    protected override bool AroundReceive(Receive receive, object message)
    {
        if (message is not IPeerMessage peer || _role.Name == ServerRole.Recovering)
            return base.AroundReceive(receive, message);
        if (!IsAdmitted(peer)) return true;
        if (!BringsNewerTerm(peer)) return base.AroundReceive(receive, message);

        EnterTerm(peer.Header.Term, vote: null);
        BecomeFollower(leader: null);

        // The behaviour in `receive` was chosen before this method ran: it is that of the role just left.
        Self.Forward(message);
        return true;
    }

    private bool BringsNewerTerm(IPeerMessage message)
    {
        if (message.Header.Term <= CurrentTerm) return false;

        // Asking for a pre-vote changes nobody's term: that is what it is for (dissertation §9.6).
        if (message is RequestPreVote) return false;

        // A server that was cut off or removed must not depose a leader that the others hear (dissertation §4.2.3).
        // And what was promised to the old leader is kept in whatever role: it may count on this vote (Leases).
        if (message is RequestVote { IsTransfer: false } && (_role.RefusesElections() || IsBound)) return false;

        return true;
    }

    private void EnterTerm(Term term, ServerId? vote)
    {
        Invariant.Holds(term > CurrentTerm, "a term never goes back");

        _ledger.ForgetPromises();   // What they promise, they promise to a leader or candidate of the term that ends.
        SaveHardState(new HardState(term, vote));
    }

    /// <summary>Changes the role: ends what the old one had running, and publishes what others see of the new one.</summary>
    private void Enter(Role role, ServerId? leader, UntypedReceive behaviour, TimeSpan timeout, object timeoutMessage)
    {
        var left = _role;
        _role = role;
        Become(behaviour);
        StartTimer(timeout, timeoutMessage);
        Publish(leader);
        left.Leave();   // Last: whom it refuses is told the view that holds now.
    }

    private void StartTimer(TimeSpan timeout, object message)
    {
        _timer.Cancel();
        _timer = Context.System.Scheduler.TellAfter(timeout, Self, message);
    }

    private void Publish(ServerId? leader)
    {
        if (_view.Term == CurrentTerm && _view.Leader == leader) return;

        _view = _view with { Term = CurrentTerm, Leader = leader };
        _parts.Observer.Tell(new ViewChanged(_view));
        _lines.SeesLeader(leader);
        if (leader is not null) ReleaseStoppers();   // This server too, if nothing came of its hand-over: it has tried.
    }

    /// <summary>What is answered alike in every role after recovery.</summary>
    private void InEveryRole(object message)
    {
        switch (message)
        {
            case LogWritten written:          OnLogWritten(written);                        break;
            case LogRead { Token: FeedRead }: OnFeedRead((LogRead)message, NoWaiters);      break;
            case SnapshotWritten written:     OnSnapshotWritten(written); Prune([]);        break;
            case SnapshotNotWritten failed:   OnSnapshotNotWritten(failed);                 break;
            case RequestSnapshot:             OnRequestSnapshot();                          break;
            case SnapshotVerified verified:   OnSnapshotVerified(verified);                 break;
            case SnapshotNotSent failed:      OnSnapshotNotSent(failed);                    break;
            case RequestBackup:               OnRequestBackup();                            break;
            case RequestBackupSnapshot:       OnRequestBackupSnapshot();                    break;
            case SnapshotReceived received:   OnSnapshotReceived(received);                 break;
            case SnapshotRestored restored:   OnSnapshotRestored(restored, []);             break;
            case InstallSnapshot install:     RejectOldLeader(install);                     break;
            case SessionNews or SessionConfirmed:                                           break;   // For a leader.
            case LogRead:                                                                   break;   // For a leadership that is over.
            case Applied applied:             OnApplied(applied, NoWaiters);                break;
            case RequestPreVote request:      OnRequestPreVote(request);                    break;
            case RequestVote request:         OnRequestVote(request);                       break;
            case AppendEntries append:        RejectOldLeader(append);                      break;
            case Propose propose:             Refuse(Sender, propose.Batch, RefusalReason.NotLeader, WhyItDoesNotCount); break;
            case ChangeMembers change:        Sender.Tell(new MembersNotChanged(change.Id, null, "", _view)); break;
            case HandOverLeadership hand:     RefuseHandOver(hand.Id, "");                  break;
            case PrepareToStop:               Sender.Tell(ReadyToStop.Instance);            break;
            case ReadQueries read:            OnReadWithoutLeader(read);                    break;
            case AskReadIndex ask:            Tell(ask.Header.Sender, new ReadIndexRefused(Header, ask.Id)); break;
            case ReportStatus:                Sender.Tell(Status());                        break;
            case ReportMembers:               Sender.Tell(Report(leadership: null));        break;
            case LogOutOfSpace full:          OnDiskFull(full);                             break;
            case LogHasSpace:                 OnDiskHasSpace();                             break;
            case PeerUnreachable lost:        OnPeerUnreachable(lost);                      break;
            case IPeerMessage or IRoleTimer or PeerConnectionLost:                          break;   // Meant for another role.
            case Flush or BeginRound or AskLeader or ChunkReceived:       break;   // Likewise.
            default:                          Unhandled(message);                           break;
        }
    }

    /// <returns>Whether the asker may campaign as far as this server is concerned.</returns>
    private bool OnRequestPreVote(RequestPreVote request)
    {
        var agrees = AgreesOnMembers(request.Header.Sender, request.Bootstrap)
            && IsOfSameBackup(request.Header.Sender, request.RestoredFrom);
        var granted = agrees && !_role.RefusesElections() && !IsBound && !HasDiskTrouble
            && VoteRule.WouldGrant(CurrentTerm, _log.Last, request.ProposedTerm, request.LastLog);
        Tell(request.Header.Sender, new PreVoteReply(Header, request.ProposedTerm, granted));
        return granted;
    }

    /// <returns>Whether the candidate gets the vote.</returns>
    private bool OnRequestVote(RequestVote request)
    {
        // The gate let a newer term pass only where this server hears a leader: it does not answer at all.
        if (request.Header.Term > CurrentTerm) return false;

        // Another message has brought the newer term, and the leader that was promised this vote may still read.
        if (IsBound && !request.IsTransfer) return false;

        var candidate = request.Header.Sender;
        if (!AgreesOnMembers(candidate, request.Bootstrap) || !IsOfSameBackup(candidate, request.RestoredFrom)
            || !_rules.Vote(_hardState, _log.Last, candidate, request.Header.Term, request.LastLog))
        {
            Tell(candidate, new VoteReply(Header, Granted: false));
            return false;
        }

        if (_hardState.Vote is null) SaveHardState(_hardState with { Vote = candidate });
        TellOnceDurable(_hardStateWrite, candidate, new VoteReply(Header, Granted: true));
        return true;
    }

    // A leader has appends of its own term by others dropped before they come here.
    private void RejectOldLeader(AppendEntries append)
    {
        if (append.Header.Term >= CurrentTerm) return;

        // Without its round: if the sender leads this term by now, its rounds have begun anew, and one of the old
        // term's would confirm one that is still to come.
        Tell(append.Header.Sender, new AppendRejected(Header, append.Previous, EntryId.Zero, ReadRound.None));
    }

    private void Refuse(IActorRef proposer, long batch, RefusalReason reason, string facts) =>
        proposer.Tell(new ProposalRefused(batch, reason, _view, facts));

    private void Tell(ServerId peer, IPeerMessage message) => _parts.Peers.Tell(peer, message, Self);

    private ServerStatus Status() => new(
        _settings.Server, _role.Name, _view, _log.Last.Index, _commitIndex, _appliedIndex)
    {
        SnapshotIndex = _snapshot?.Last.Index ?? LogIndex.Zero,
        FirstIndex = _log.Base.Index.Next,
        Disk = DiskState,
        Problems = Problems(),
    };

    /// <summary>What all roles have in common; what only one of them knows is in its behaviour.</summary>
    /// <param name="Name">Its name, for people.</param>
    /// <param name="RefusesElections">Whether a live leader is known, so that elections are not taken part in.</param>
    /// <param name="Leave">Ends what the role has running.</param>
    private sealed record Role(ServerRole Name, Func<bool> RefusesElections, Action Leave)
    {
        /// <summary>Takes note that another configuration is in effect.</summary>
        public Action MembersChanged { get; init; } = () => { };

        /// <summary>What is wrong in this role, for people.</summary>
        public Func<IEnumerable<string>> Problems { get; init; } = () => [];
    }

    /// <summary>A message of a role's timer. One that arrives after its role ended carries another role's state.</summary>
    private interface IRoleTimer;
}
