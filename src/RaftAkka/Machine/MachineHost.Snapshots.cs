using Akka.Actor;
using RaftAkka.Protocol;
using RaftAkka.Snapshots;
using RaftAkka.UserCode;

namespace RaftAkka.Machine;

/// <summary>
/// Taking snapshots: what was applied is captured between two commands, and written by another actor while commands go on.
/// </summary>
internal sealed partial class MachineHost
{
    private ReadOnlyMemory<byte> _configuration;
    private IActorRef _waitsForSnapshot = ActorRefs.Nobody;

    private void OnCaptureSnapshot(IActorRef server)
    {
        // A second one would hold on to a second state, and be worth less by the time the first is written.
        if (!_waitsForSnapshot.IsNobody())
        {
            server.Tell(new SnapshotNotWritten("another snapshot is being written; ask again when it is done"));
            return;
        }

        if (_applied == LogIndex.Zero)
        {
            server.Tell(new SnapshotNotWritten("nothing was applied yet, so there is nothing to write"));
            return;
        }

        if (CaptureMachine(server) is not { } machine) return;
        _waitsForSnapshot = server;
        var head = new SnapshotHead(new EntryId(_appliedTerm, _applied), _configuration);
        _snapshots.Writer.Tell(new WriteSnapshot(head, _sessions.Capture(), machine));
    }

    // A machine that cannot be captured has changed nothing, so there is no reason to stop over it.
    private ISnapshotSource? CaptureMachine(IActorRef server)
    {
        try
        {
            return _machine.CaptureSnapshot() ?? throw new InvalidOperationException("CaptureSnapshot returned null");
        }
        catch (Exception e)
        {
            var facts = $"the state machine could not be captured for a snapshot ({UserFailure.Describe(e)})";
            _failedCaptures.Warn(e, "raft {0}: {1}. The server goes on, and its log grows; the next snapshot is tried when "
                + "it is due. The state machine has to be mended.", _snapshots.Server, facts);
            server.Tell(new SnapshotNotWritten(facts));
            return null;
        }
    }

    private void OnSnapshotEnded(object outcome)
    {
        _waitsForSnapshot.Tell(outcome);
        _waitsForSnapshot = ActorRefs.Nobody;
    }
}

/// <summary>What the machine has for its snapshots.</summary>
/// <param name="Store">Where snapshots lie.</param>
/// <param name="Writer">Who writes them.</param>
/// <param name="Server">The server whose machine it is.</param>
internal sealed record MachineSnapshots(SnapshotStore Store, IActorRef Writer, ServerId Server)
{
    /// <summary>For a machine that is never asked for any.</summary>
    public static readonly MachineSnapshots None = new(
        new SnapshotStore(() => throw new InvalidOperationException("no snapshots are kept here")), ActorRefs.Nobody, new ServerId("none"));
}
