using Akka.Actor;
using RaftAkka.Log;
using RaftAkka.Protocol;
using RaftAkka.Snapshots;

namespace RaftAkka.Server;

/// <summary>
/// Snapshots: the machine's state is captured when the policy says so, and once that is on disk, the log lets go of
/// what it stands for (§7).
/// </summary>
internal sealed partial class RaftServer
{
    private readonly SnapshotPolicy _policy;
    private StoredSnapshot? _snapshot;   // The newest that is on disk and that this server has reached.
    private readonly List<IActorRef> _snapshotAskers = [];
    private readonly List<IActorRef> _verificationAskers = [];
    private TimeSpan? _lastVerification;
    private bool _isVerifying;
    private int _restoring;

    private void TakeSnapshotIfDue()
    {
        if (_restoring == 0 && _policy.IsDue(_appliedIndex, Now)) TakeSnapshot();
    }

    private void TakeSnapshot()
    {
        _policy.OnCapture();
        _parts.Machine.Tell(CaptureSnapshot.Instance);
    }

    private void OnRequestSnapshot()
    {
        if (_restoring > 0)
        {
            Sender.Tell(new SnapshotTaken(
                _settings.Server, LogIndex.Zero, "it is still restoring its state; ask again when it has applied entries"));
            return;
        }

        if (!_policy.IsTaking && _snapshot is not null && _snapshot.Last.Index == _appliedIndex)
        {
            // It has all that was applied, if its file is still what was written.
            _verificationAskers.Add(Sender);
            VerifySnapshot(isAsked: true);
            return;
        }

        _snapshotAskers.Add(Sender);
        if (!_policy.IsTaking) TakeSnapshot();
    }

    /// <summary>Has the newest snapshot read to its end, unless that was done a moment ago.</summary>
    /// <param name="isAsked">Whether somebody waits for it: then it is done anyway.</param>
    private void VerifySnapshot(bool isAsked)
    {
        if (_snapshot is null || _isVerifying) return;
        if (!isAsked && _lastVerification is { } last && Now - last < SnapshotPolicy.RetryAfter) return;

        (_isVerifying, _lastVerification) = (true, Now);
        _parts.Snapshots.Tell(new VerifySnapshot(_snapshot));
    }

    private void OnSnapshotVerified(SnapshotVerified verified)
    {
        _isVerifying = false;
        var askers = _verificationAskers.ToArray();
        _verificationAskers.Clear();
        if (verified.Problem is null || verified.Snapshot != _snapshot)
        {
            foreach (var asker in askers) asker.Tell(new SnapshotTaken(_settings.Server, _snapshot!.Last.Index, ""));
            return;
        }

        // The machine still has the state: it is written again, under the same name where nothing was applied since.
        _lines.ReplacesSnapshot(verified.Problem);
        _snapshotAskers.AddRange(askers);
        if (!_policy.IsTaking && _restoring == 0) TakeSnapshot();
    }

    private void OnSnapshotNotSent(SnapshotNotSent failed)
    {
        if (failed.Snapshot != _snapshot) return;   // There is a newer one.
        _lines.CannotSendSnapshot(failed);
        VerifySnapshot(isAsked: false);
    }

    private void AnswerAskers(LogIndex index, string problem)
    {
        foreach (var asker in _snapshotAskers) asker.Tell(new SnapshotTaken(_settings.Server, index, problem));
        _snapshotAskers.Clear();
    }

    private void OnSnapshotWritten(SnapshotWritten written)
    {
        var snapshot = written.Snapshot;
        Invariant.Holds(snapshot.Last.Index <= _commitIndex, "only what is committed is in a snapshot");
        AnswerAskers(snapshot.Last.Index, problem: "");
        var isNews = _policy.OnWritten(snapshot.Last.Index);
        if (isNews || snapshot.Last == _snapshot?.Last) _snapshot = snapshot;   // Taken again, where its file was damaged.
        AnswerBackups();
        if (!isNews) return;

        if (_policy.Base > _log.Base.Index) Compact(_log.IdAt(_policy.Base));
    }

    private void OnSnapshotNotWritten(SnapshotNotWritten failed)
    {
        AnswerAskers(LogIndex.Zero, failed.Facts);
        RefuseBackups(failed.Facts);
        _policy.OnNotWritten(Now);
    }

    /// <summary>The log begins behind this entry: it is in a snapshot that is durable.</summary>
    private WriteTicket Compact(EntryId @base)
    {
        Invariant.Holds(_snapshot is not null && @base.Index <= _snapshot.Last.Index, "only what is in a snapshot goes");

        var keepsEntries = _log.Terms.Holds(@base);
        if (!keepsEntries && _members.OnTruncated(@base.Index.Next)) OnMembersChanged();
        var write = _ledger.SubmitCompaction(@base.Index, keepsEntries, Now);
        _log.CompactTo(@base);
        _parts.Log.Tell(new CompactLog(write, @base));
        return write;
    }

    /// <summary>The machine goes on from a snapshot; whatever it was to be fed of before is in it.</summary>
    private void GoOnFrom(StoredSnapshot snapshot)
    {
        var last = snapshot.Last.Index;
        (_commitIndex, _fedIndex) = (last, last);
        TakeMembersFrom(snapshot);
        OnMembersCommitted();
        _feedRead = null;
        _policy.StartFrom(last);
        _restoring++;
        _parts.Machine.Tell(new RestoreSnapshot(snapshot));
        ReleaseReads();
    }

    private void OnSnapshotRestored(SnapshotRestored restored, IReadOnlyCollection<EntryId> inUse)
    {
        Invariant.Holds(restored.Through > _appliedIndex, "the applied index never goes back");
        Invariant.Holds(restored.Through <= _commitIndex, "only what is committed is applied");

        (_appliedIndex, _sessionsNow) = (restored.Through, restored.Sessions);
        _restoring--;
        Prune(inUse);
    }

    // While the machine restores, or is about to, what it reads must stay, and need not be one of the newest.
    /// <param name="inUse">What followers are being sent: only a leader does that.</param>
    private void Prune(IReadOnlyCollection<EntryId> inUse)
    {
        if (_restoring == 0) _parts.Snapshots.Tell(new PruneSnapshots(_settings.SnapshotsKept, inUse));
    }
}
