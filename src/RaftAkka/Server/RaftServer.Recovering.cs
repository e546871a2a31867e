using Akka.Actor;
using RaftAkka.Log;
using RaftAkka.Protocol;
using RaftAkka.Snapshots;

namespace RaftAkka.Server;

/// <summary>
/// Recovering: log and snapshots are being read back. Nothing is promised to anyone, and peers' messages count as lost.
/// </summary>
internal sealed partial class RaftServer
{
    private void Recovering(Recovery recovery, object message)
    {
        switch (message)
        {
            case LogOpened opened:       recovery.Log = opened; RecoverOnceComplete(recovery);            break;
            case SnapshotsOpened opened: recovery.Snapshots = opened; RecoverOnceComplete(recovery);      break;
            case Propose propose:        Refuse(Sender, propose.Batch, RefusalReason.NotLeader, "");      break;
            case ReadQueries read:       Refuse(Sender, read.Batch, RefusalReason.NotLeader, "");         break;
            case HandOverLeadership hand: RefuseHandOver(hand.Id, "");                                   break;
            case ChangeMembers change:   Sender.Tell(new MembersNotChanged(change.Id, null, "", _view));  break;
            case PrepareToStop:          Sender.Tell(ReadyToStop.Instance);                               break;
            case ReportMembers:          Sender.Tell(Report(leadership: null));                           break;
            case ReportStatus:           Sender.Tell(Status());                                           break;
            case RequestSnapshot:        Sender.Tell(StillRecovers());                                    break;
            case RequestBackup:          Sender.Tell(HasNoBackupYet());                                   break;
            case IPeerMessage:                                                                            break;
            case PeerConnectionLost:                                                                      break;
            default:                     Unhandled(message);                                              break;
        }
    }

    private void RecoverOnceComplete(Recovery recovery)
    {
        if (recovery is not { Log: { } opened, Snapshots: { } snapshots }) return;

        Invariant.Holds(opened.HardState.Term >= opened.Last.Term, "the term on disk is at least that of the last entry");

        _disk = opened.Disk;
        _hardState = opened.HardState;
        _log = new ServerLog(new LogTerms(opened.Base, opened.Terms, opened.Last), _settings.CacheBytesMax);
        _log.Remember(opened.Tail);
        _ledger = new WriteLedger(opened.Last.Index);
        RecoverMembers(opened, snapshots.Newest);
        RecoverState(snapshots.Newest);
        _lines.Recovered(opened, _snapshot);
        if (AddressProblem() is { } problem) _lines.AddressesDiffer(problem);

        Bind(Now);

        // A server alone has nobody to wait for.
        if (!HasNextTerm) _lines.TermIsImpossible(CurrentTerm);
        if (IsVoter && _others.Length == 0 && HasNextTerm) BecomeCandidate();
        else BecomeFollower(leader: null);
        _parts.Observer.Tell(new ServerReady(_log.Last.Index));
    }

    private SnapshotTaken StillRecovers() =>
        new(_settings.Server, LogIndex.Zero, "it is still reading back its log; ask again when it has recovered");

    private ClientRefused HasNoBackupYet() =>
        new(_settings.Server, $"{_settings.Server} is still reading back its log", IsFinal: false);

    private void RecoverState(StoredSnapshot? snapshot)
    {
        var last = snapshot?.Last ?? EntryId.Zero;
        if (_log.Base.Index > last.Index) throw _lines.SnapshotIsMissing(_log.Base, snapshot);
        if (snapshot is null) return;

        _snapshot = snapshot;
        Invariant.Holds(last.Index > _log.Base.Index || last == _log.Base, "the log begins behind a snapshot of its own");

        // An installation may reach the disk before the term of the leader who sent it. A vote of that term would have
        // waited for the term.
        if (last.Term > CurrentTerm) SaveHardState(new HardState(last.Term, Vote: null));

        // The crash came between the snapshot and the log's beginning behind it: what the log has instead was never
        // committed, or is in the snapshot.
        if (!_log.Terms.Holds(last)) Compact(last);
        GoOnFrom(snapshot);
    }

    /// <summary>What came back so far.</summary>
    private sealed class Recovery
    {
        public LogOpened? Log { get; set; }

        public SnapshotsOpened? Snapshots { get; set; }
    }
}
