using Akka.Actor;
using Akka.Event;
using RaftAkka.Protocol;
using RaftAkka.Snapshots;

namespace RaftAkka.Machine;

/// <summary>
/// Snapshots: what was applied is captured between two commands, and written by another actor while commands go on;
/// and a snapshot takes the place of all that the machine had.
/// </summary>
internal sealed partial class MachineHost
{
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private ReadOnlyMemory<byte> _configuration;
    private IActorRef _waitsForSnapshot = ActorRefs.Nobody;

    private void OnCaptureSnapshot()
    {
        // A second one would hold on to a second state, and be worth less by the time the first is written.
        if (!_waitsForSnapshot.IsNobody())
        {
            Sender.Tell(new SnapshotNotWritten("another snapshot is being written; ask again when it is done"));
            return;
        }

        if (_applied == LogIndex.Zero)
        {
            Sender.Tell(new SnapshotNotWritten("nothing was applied yet, so there is nothing to write"));
            return;
        }

        if (CaptureMachine() is not { } machine) return;
        _waitsForSnapshot = Sender;
        var head = new SnapshotHead(new EntryId(_appliedTerm, _applied), _configuration);
        _snapshots.Writer.Tell(new WriteSnapshot(head, _sessions.Capture(), machine));
    }

    // A machine that cannot be captured has changed nothing, so there is no reason to stop over it.
    private ISnapshotSource? CaptureMachine()
    {
        try
        {
            return _machine.CaptureSnapshot();
        }
        catch (Exception e)
        {
            var facts = $"the state machine could not be captured for a snapshot ({e.GetType().Name}: {e.Message})";
            _log.Warning(e, "raft {0}: {1}. The server goes on, and its log grows; the next snapshot is tried when it "
                + "is due. The state machine has to be mended.", _snapshots.Store.Server, facts);
            Sender.Tell(new SnapshotNotWritten(facts));
            return null;
        }
    }

    private void OnSnapshotEnded(object outcome)
    {
        _waitsForSnapshot.Tell(outcome);
        _waitsForSnapshot = ActorRefs.Nobody;
    }

    private void OnRestoreSnapshot(RestoreSnapshot restore)
    {
        var last = restore.Snapshot.Last;
        Invariant.Holds(last.Index >= _applied, "a snapshot never takes the machine back");

        try
        {
            using var file = _snapshots.Store.Read(restore.Snapshot);
            _sessions = SessionTable.Restore(file.Open(SnapshotSection.Sessions));
            _machine.Restore(file.Open(SnapshotSection.Machine));
            file.Finish();
            (_applied, _appliedTerm, _configuration) = (last.Index, last.Term, file.Head.Configuration);
        }
        catch (Exception e)
        {
            throw new UnrestorableSnapshotException(restore.Snapshot, e);
        }

        Sender.Tell(new SnapshotRestored(last.Index, SessionsNow));
    }
}

/// <summary>What the machine has for its snapshots.</summary>
/// <param name="Store">Where snapshots lie.</param>
/// <param name="Writer">Who writes them.</param>
internal sealed record MachineSnapshots(SnapshotStore Store, IActorRef Writer)
{
    /// <summary>For a machine that is never asked for any.</summary>
    public static readonly MachineSnapshots None = new(
        new SnapshotStore(() => throw new InvalidOperationException("no snapshots are kept here")), ActorRefs.Nobody);
}

/// <summary>A snapshot on disk cannot take the machine's place, and nothing else can: the node stops.</summary>
internal sealed class UnrestorableSnapshotException(StoredSnapshot snapshot, Exception cause) : Exception(
    $"The {snapshot} cannot be restored: {cause.Message}\n"
    + "The node stops: its log begins behind the snapshot, and its state may be half replaced.\n"
    + "If the state machine has refused it, start the program version that wrote it, or a newer one. If the disk has, "
    + "remove this server from the cluster and add it again under a new server id.",
    cause);
