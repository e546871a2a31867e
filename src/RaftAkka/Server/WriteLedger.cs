using RaftAkka.Log;
using RaftAkka.Protocol;

namespace RaftAkka.Server;

/// <summary>
/// Knows which of the server's writes are durable, and keeps what may only be said once they are. A write counts
/// by its own ticket: an acknowledgement for an index that was replaced since then proves nothing about the
/// entry that is there now.
/// </summary>
internal sealed class WriteLedger(LogIndex durable)
{
    private readonly Queue<Promise> _promises = new();
    private readonly Queue<Write> _pending = new();
    private WriteTicket _acknowledged;

    /// <summary>The last write that was submitted.</summary>
    public WriteTicket Last { get; private set; }

    /// <summary>Everything up to this index, as it is in the log now, is on disk.</summary>
    public LogIndex Durable { get; private set; } = durable;

    /// <summary>Enters a write of the hard state alone.</summary>
    public WriteTicket Submit() => Submit(null);

    /// <summary>Enters a write.</summary>
    /// <param name="entries">Its entries; the first one replaces what was at its index and behind it.</param>
    public WriteTicket Submit(LogSlice? entries)
    {
        Last = Last.Next;
        if (entries is null or { IsEmpty: true })
        {
            _pending.Enqueue(new Write(Last, null));
            return Last;
        }

        Replace(entries.First.Index);
        _pending.Enqueue(new Write(Last, entries.Last.Index));
        return Last;
    }

    /// <summary>Enters a compaction: once it is on disk, so is everything up to the base.</summary>
    /// <param name="base">The log's new base.</param>
    /// <param name="keepsEntries">Whether the log's entries behind the base stay; else all go.</param>
    public WriteTicket SubmitCompaction(LogIndex @base, bool keepsEntries)
    {
        Last = Last.Next;
        if (!keepsEntries) Replace(new LogIndex(1));
        _pending.Enqueue(new Write(Last, @base));
        return Last;
    }

    /// <summary>Takes the log's word that all writes up to a ticket are on disk.</summary>
    public void Acknowledge(WriteTicket through)
    {
        Invariant.Holds(through <= Last, "the log acknowledges no write that was not submitted");
        if (through <= _acknowledged) return;

        _acknowledged = through;
        while (_pending.TryPeek(out var write) && write.Ticket <= through)
        {
            _pending.Dequeue();
            if (write.LastIndex is { } last) Durable = LogIndex.Max(Durable, last);
        }
    }

    /// <summary>Whether a write is on disk.</summary>
    public bool IsDurable(WriteTicket ticket) => ticket <= _acknowledged;

    /// <summary>Keeps a message to a peer until a write is on disk.</summary>
    public void Keep(WriteTicket until, ServerId to, IPeerMessage message) =>
        _promises.Enqueue(new Promise(until, to, message));

    /// <summary>Forgets all messages that are kept: the term that they were said in is over.</summary>
    public void ForgetPromises() => _promises.Clear();

    /// <summary>The next message whose write is on disk.</summary>
    public bool TryTakeKept(out ServerId to, out IPeerMessage message)
    {
        (to, message) = (default, null!);
        if (!_promises.TryPeek(out var promise) || !IsDurable(promise.Until)) return false;

        _promises.Dequeue();
        (to, message) = (promise.To, promise.Message);
        return true;
    }

    // Older writes still on their way to the disk no longer speak for the indexes that are replaced now.
    private void Replace(LogIndex from)
    {
        Durable = LogIndex.Min(Durable, from.Previous);
        for (var i = _pending.Count; i > 0; i--)
        {
            var write = _pending.Dequeue();
            _pending.Enqueue(write.LastIndex >= from ? write with { LastIndex = from.Previous } : write);
        }
    }

    private readonly record struct Write(WriteTicket Ticket, LogIndex? LastIndex);

    private readonly record struct Promise(WriteTicket Until, ServerId To, IPeerMessage Message);
}
