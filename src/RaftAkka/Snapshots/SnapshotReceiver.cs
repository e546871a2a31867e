using Akka.Actor;
using Akka.Event;
using RaftAkka.Log;
using RaftAkka.Protocol;

namespace RaftAkka.Snapshots;

/// <summary>
/// Receives one snapshot at a time, on a thread of its own. What came stays on the disk when another leader takes
/// over, or this server restarts: the same snapshot goes on where it was; any other takes its place.
/// </summary>
internal sealed class SnapshotReceiver(SnapshotStore store) : UntypedActor
{
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private Receiving? _receiving;
    private StoredSnapshot? _finished;
    private StoredSnapshot? _refused;
    private Configuration? _known;
    private bool _hasNoSpace;

    public static Props Props(SnapshotStore store) =>
        Akka.Actor.Props.Create(() => new SnapshotReceiver(store)).WithDispatcher(SnapshotWriter.Dispatcher);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ReceiveChunk receive:
                _known = receive.Known ?? _known;
                OnReceiveChunk(receive.Chunk);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override void PostStop() => _receiving?.Receipt.Dispose();

    private void OnReceiveChunk(InstallSnapshot chunk)
    {
        if (IsOf(chunk, _finished))
        {
            Sender.Tell(new SnapshotReceived(_finished!));   // Sent again before its sender knew.
            return;
        }

        if (IsOf(chunk, _refused) || IsOutdated(chunk)) return;

        try
        {
            Store(chunk);
            if (_hasNoSpace) _log.Info("the disk has space again: the snapshot of {0} is being received", chunk.Last);
            _hasNoSpace = false;
        }
        catch (DiskException e) when (e.Failure == DiskFailure.NotFound)
        {
            // The server has caught up by entries, and had what was received deleted: this part is late.
            _receiving?.Receipt.Dispose();
            _receiving = null;
        }
        catch (DiskException e) when (e.MayPass)
        {
            // No answer: the leader sends the same part again after a while.
            if (!_hasNoSpace)
                _log.Warning(
                    "there is no space for the snapshot of {0} from {1}: {2}. This server stays behind until there is; "
                    + "the rest is received by itself then. {3}", chunk.Last, chunk.Header.Sender, e.Message, e.Cure);
            _hasNoSpace = true;
        }
    }

    // A leader goes from older snapshots to newer ones, so an older one is late. Of another leader, any counts.
    private bool IsOutdated(InstallSnapshot chunk) =>
        _receiving is { } receiving && chunk.Header.Term <= receiving.Term
        && (chunk.Header.Term < receiving.Term || chunk.Last.Index < receiving.Receipt.Announced.Last.Index);

    private void Store(InstallSnapshot chunk)
    {
        if (!IsOf(chunk, _receiving?.Receipt.Announced) && !TryBegin(chunk)) return;

        var (receipt, sender) = (_receiving!.Receipt, chunk.Header.Sender);
        _receiving.Term = chunk.Header.Term;
        if (chunk.Offset == receipt.NextOffset) receipt.Write(chunk.Offset, chunk.Chunk.Span);
        if (receipt.IsComplete) Finish(receipt, sender, chunk.Header.Term);
        else Sender.Tell(new ChunkReceived(chunk.Header.Term, chunk.Last, receipt.NextOffset));
    }

    private bool TryBegin(InstallSnapshot chunk)
    {
        _receiving?.Receipt.Dispose();
        _receiving = null;
        var announced = Announced(chunk);
        try
        {
            _receiving = new Receiving(store.BeginReceive(announced), chunk.Header.Term);
        }
        catch (ArgumentException e)
        {
            Refuse(announced, chunk.Header.Sender, e.Message);
            return false;
        }

        _log.Info("receives the {0} from {1}; {2} bytes are here already",
            announced, chunk.Header.Sender, _receiving.Receipt.NextOffset);
        return true;
    }

    private void Finish(SnapshotFileReceipt receipt, ServerId sender, Term term)
    {
        try
        {
            _finished = receipt.Finish(_known);
            Sender.Tell(new SnapshotReceived(_finished));
        }
        catch (DamagedSnapshotException e)
        {
            _log.Warning("{0} It came from {1}, and is not loaded but asked for anew.", e.Message, sender);
            Sender.Tell(new ChunkReceived(term, receipt.Announced.Last, NextOffset: 0));
        }
        catch (UnusableLogException e)
        {
            Refuse(receipt.Announced, sender, e.Message);
        }
        finally
        {
            receipt.Dispose();
            _receiving = null;
        }
    }

    private void Refuse(StoredSnapshot announced, ServerId sender, string facts)
    {
        _refused = announced;
        _log.Warning("refuses the {0} of {1}, and stays behind until there is another one: {2}", announced, sender, facts);
    }

    private static StoredSnapshot Announced(InstallSnapshot chunk) =>
        new(new SnapshotHead(chunk.Last, ReadOnlyMemory<byte>.Empty), chunk.Bytes, chunk.Checksum);

    private static bool IsOf(InstallSnapshot chunk, StoredSnapshot? snapshot) =>
        snapshot is not null && chunk.Last == snapshot.Last
        && chunk.Bytes == snapshot.Bytes && chunk.Checksum == snapshot.Checksum;

    private sealed class Receiving(SnapshotFileReceipt receipt, Term term)
    {
        public SnapshotFileReceipt Receipt { get; } = receipt;

        /// <summary>The term in which it was last sent.</summary>
        public Term Term { get; set; } = term;
    }
}
