using Akka.Actor;
using Akka.Event;
using RaftAkka.Log;
using RaftAkka.Protocol;
using RaftAkka.UserCode;

namespace RaftAkka.Snapshots;

/// <summary>
/// Opens the directory of snapshots, and writes what the machine captured, on a thread of its own: one snapshot after
/// the other, while commands go on. A full disk or a machine that cannot write its state costs a snapshot; a broken
/// disk fails the actor, and its supervisor must stop the node.
/// </summary>
internal sealed class SnapshotWriter(SnapshotStore store) : UntypedActor
{
    /// <summary>The dispatcher that it needs; see <c>reference.conf</c>.</summary>
    public const string Dispatcher = "raft.snapshot-dispatcher";

    private readonly ILoggingAdapter _log = Context.GetLogger();

    /// <summary>How to start a writer.</summary>
    /// <param name="store">Where snapshots lie; opened by the writer when the server asks.</param>
    public static Props Props(SnapshotStore store) =>
        Akka.Actor.Props.Create(() => new SnapshotWriter(store)).WithDispatcher(Dispatcher);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case OpenSnapshots open: OnOpenSnapshots(open); break;
            default:                 Unhandled(message);    break;
        }
    }

    private void Writing(ServerId server, object message)
    {
        switch (message)
        {
            case WriteSnapshot write:   OnWriteSnapshot(server, write);       break;
            case VerifySnapshot verify: OnVerifySnapshot(verify);             break;
            case PruneSnapshots prune:  OnPruneSnapshots(server, prune);      break;
            default:                    Unhandled(message);                   break;
        }
    }

    private void OnOpenSnapshots(OpenSnapshots open)
    {
        var server = open.Identity.Server;
        var newest = Open(open.Identity);
        foreach (var finding in store.Findings) _log.Warning("{0}", finding);
        if (newest is not null) _log.Info("raft {0}: found the {1}.", server, newest);

        Become(message => Writing(server, message));
        Sender.Tell(new SnapshotsOpened(newest));
    }

    private StoredSnapshot? Open(LogIdentity identity)
    {
        try
        {
            return store.Open(identity);
        }
        catch (DiskException e) when (e.Failure != DiskFailure.Locked)
        {
            throw new DiskException(
                $"raft {identity.Server}: the snapshots could not be opened: {e.Message}.\n"
                + $"The node does not start. {e.Cure} Then start the node again.",
                e.Failure, e);
        }
    }

    // An old snapshot costs space, and nothing else: one that cannot be deleted now goes with the next.
    private void OnPruneSnapshots(ServerId server, PruneSnapshots prune)
    {
        try
        {
            store.Prune(prune.Keep, prune.InUse);
        }
        catch (DiskException e)
        {
            _log.Warning("raft {0}: an old snapshot could not be deleted: {1}. It is tried again after the next "
                + "snapshot. {2}", server, e.Message, e.Cure);
        }
    }

    private void OnVerifySnapshot(VerifySnapshot verify)
    {
        string? problem = null;
        try
        {
            store.Verify(verify.Snapshot);
        }
        catch (DamagedSnapshotException e)
        {
            problem = $"{e.Message} It is kept as {SnapshotFileNames.SetAsideOf(verify.Snapshot.Last)}";
        }
        catch (Exception e) when (e is DiskException or UnusableLogException)
        {
            problem = e.Message;
        }

        Sender.Tell(new SnapshotVerified(verify.Snapshot, problem));
    }

    private void OnWriteSnapshot(ServerId server, WriteSnapshot write)
    {
        object outcome;
        try
        {
            var snapshot = Write(write);
            _log.Info("raft {0}: wrote the {1}.", server, snapshot);
            outcome = new SnapshotWritten(snapshot);
        }
        catch (NotWrittenException e)
        {
            _log.Warning(e.InnerException, "raft {0}: {1}", server, e.Message);
            outcome = new SnapshotNotWritten(e.Message);
        }
        finally
        {
            Dispose(server, write.Sessions);
            Dispose(server, write.Machine);
        }

        Sender.Tell(outcome);
    }

    // The machine's own code: what it throws here changes nothing of the snapshot.
    private void Dispose(ServerId server, ISnapshotSource source)
    {
        try
        {
            source.Dispose();
        }
        catch (Exception e)
        {
            _log.Warning(
                UserFailure.Printable(e), "raft {0}: the state machine threw when its captured state was disposed ({1}). The "
                + "snapshot and the server are not affected; memory may be. The state machine has to be mended.",
                server, UserFailure.Describe(e));
        }
    }

    private StoredSnapshot Write(WriteSnapshot write)
    {
        try
        {
            using var file = store.Begin(write.Head);
            WriteSection(file, SnapshotSection.Sessions, write.Sessions);
            WriteSection(file, SnapshotSection.Machine, write.Machine);
            return file.Commit();
        }
        catch (DiskException e) when (e.MayPass)
        {
            throw new NotWrittenException(
                (e.Failure == DiskFailure.NoSpace ? "there is no space for" : "there are no resources for")
                + $" the snapshot of {write.Head.Last}: {e.Message}. Nothing of it is left on the "
                + $"disk. The log stays as it is and grows, and the next snapshot is tried when it is due. {e.Cure}", e);
        }
        catch (DiskException e)
        {
            throw new DiskException(
                $"raft {store.Server}: the snapshot of {write.Head.Last} could not be written: {e.Message}.\n"
                + "The node stops: what this disk says of the log's writes cannot be trusted either. "
                + $"{e.Cure} Then start the node again: it recovers what the disk holds.", DiskFailure.Broken, e);
        }
    }

    private static void WriteSection(SnapshotFileWriter file, SnapshotSection section, ISnapshotSource source)
    {
        try
        {
            source.WriteTo(file.Begin(section));
            file.ThrowIfRefused();
        }
        catch (Exception e) when (e is not DiskException)
        {
            // A machine may have caught the disk's refusal, or wrapped it: it is the disk's all the same.
            file.ThrowIfRefused();
            throw new NotWrittenException(
                $"the state machine could not write its snapshot ({UserFailure.Describe(e)}). The server goes "
                + "on, and its log grows; the next snapshot is tried when it is due. The state machine has to be "
                + "mended.", UserFailure.Printable(e));
        }
    }

    /// <summary>There is no snapshot this time.</summary>
    private sealed class NotWrittenException(string message, Exception inner) : Exception(message, inner);
}
