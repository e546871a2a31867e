using Akka.Actor;
using RaftAkka.Protocol;
using RaftAkka.Snapshots;
using RaftAkka.UserCode;

namespace RaftAkka.Machine;

/// <summary>
/// Restoring: a snapshot takes the place of all that the machine had. That takes as long as the state is large, so another
/// actor does it on a thread of its own: the thread that this one runs on may be that of the log or of a socket. What comes
/// meanwhile waits, and is handled in its order afterwards.
/// </summary>
internal sealed partial class MachineHost
{
    private readonly Queue<(object Message, IActorRef From)> _behindRestore = new();
    private (StoredSnapshot Snapshot, IActorRef Server)? _restoring;

    private bool HasToWait => _restoring is not null || _behindRestore.Count > 0;

    private void OnRestoreSnapshot(RestoreSnapshot restore, IActorRef server)
    {
        Invariant.Holds(restore.Snapshot.Last.Index >= _applied, "a snapshot never takes the machine back");

        _restoring = (restore.Snapshot, server);
        Context.ActorOf(SnapshotRestorer.Props(_snapshots.Store, _machine)).Tell(new LoadSnapshot(restore.Snapshot));
    }

    private void OnRestoreEnded(RestoreEnded ended)
    {
        var (snapshot, server) = _restoring!.Value;
        _restoring = null;
        if (ended.Failure is { } failure) throw new UnrestorableSnapshotException(snapshot, failure);

        var (head, sessions) = ended.Restored!.Value;
        (_applied, _appliedTerm, _configuration) = (snapshot.Last.Index, snapshot.Last.Term, head.Configuration);
        _sessions = sessions;
        server.Tell(new SnapshotRestored(_applied, SessionsNow));
        if (_behindRestore.Count > 0) Self.Tell(GoOn.Instance);
    }

    // One at a time, so that others have their turn in between.
    private void OnGoOn()
    {
        var (message, from) = _behindRestore.Dequeue();
        Handle(message, from);
        if (_restoring is null && _behindRestore.Count > 0) Self.Tell(GoOn.Instance);
    }

    private sealed class GoOn
    {
        public static readonly GoOn Instance = new();
    }
}

/// <summary>
/// Restores one snapshot and tells its parent how that ended. Until then nobody else uses the machine. It has a thread of
/// its own.
/// </summary>
internal sealed class SnapshotRestorer(SnapshotStore store, IStateMachine machine) : UntypedActor
{
    public static Props Props(SnapshotStore store, IStateMachine machine) =>
        Akka.Actor.Props.Create(() => new SnapshotRestorer(store, machine)).WithDispatcher(SnapshotWriter.Dispatcher);

    protected override void OnReceive(object message)
    {
        if (message is not LoadSnapshot load)
        {
            Unhandled(message);
            return;
        }

        Context.Parent.Tell(Load(load.Snapshot));
        Context.Stop(Self);
    }

    // Whatever it is, the machine's or the disk's, the parent fails with it: this actor knows nothing that could be mended.
    private RestoreEnded Load(StoredSnapshot snapshot)
    {
        try
        {
            using var file = store.Read(snapshot);
            var sessions = SessionTable.Restore(file.Open(SnapshotSection.Sessions));
            machine.Restore(file.Open(SnapshotSection.Machine));
            file.Finish();
            return new RestoreEnded((file.Head, sessions), Failure: null);
        }
        catch (Exception e)
        {
            return new RestoreEnded(Restored: null, UserFailure.Printable(e));
        }
    }
}

/// <summary>The machine has a <see cref="SnapshotRestorer"/> load a snapshot. Answered with <see cref="RestoreEnded"/>.</summary>
internal sealed record LoadSnapshot(StoredSnapshot Snapshot) : INoSerializationVerificationNeeded;

/// <summary>The machine is where a snapshot was taken, or its state may be half replaced.</summary>
/// <param name="Restored">What came with the state; null where it failed.</param>
/// <param name="Failure">Why it failed.</param>
internal sealed record RestoreEnded((SnapshotHead Head, SessionTable Sessions)? Restored, Exception? Failure)
    : INoSerializationVerificationNeeded;

/// <summary>A snapshot on disk cannot take the machine's place, and nothing else can: the node stops.</summary>
internal sealed class UnrestorableSnapshotException(StoredSnapshot snapshot, Exception cause) : Exception(
    $"The {snapshot} cannot be restored: {cause.Message}\n"
    + "The node stops: its log begins behind the snapshot, and its state may be half replaced.\n"
    + "If the state machine has refused it, start the program version that wrote it, or a newer one. If the disk has, "
    + "remove this server from the cluster and add it again under a new server id.",
    cause);
