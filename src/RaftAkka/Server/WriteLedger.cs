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
    private readonly Dictionary<WriteTicket, Promise> _acceptances = [];   // Those of the promises that wait for a write.
    private readonly Queue<Write> _pending = new();
    private WriteTicket _acknowledged;

    /// <summary>The last write that was submitted.</summary>
    public WriteTicket Last { get; private set; }

    /// <summary>Everything up to this index, as it is in the log now, is on disk.</summary>
    public LogIndex Durable { get; private set; } = durable;

    /// <summary>The bytes of the records that were submitted and are not on disk.</summary>
    public long PendingBytes { get; private set; }

    /// <summary>When the oldest write that is not on disk was submitted; null where all are.</summary>
    public TimeSpan? OldestPending => _pending.TryPeek(out var oldest) ? oldest.Since : null;

    /// <summary>Enters a write of the hard state alone.</summary>
    /// <param name="now">The time.</param>
    public WriteTicket Submit(TimeSpan now = default) => Submit(null, now);

    /// <summary>Enters a write.</summary>
    /// <param name="entries">Its entries; the first one replaces what was at its index and behind it.</param>
    /// <param name="now">The time.</param>
    public WriteTicket Submit(LogSlice? entries, TimeSpan now = default)
    {
        if (entries is null or { IsEmpty: true }) return Enter(null, bytes: 0, now);

        Replace(entries.First.Index);
        return Enter(entries.Last.Index, entries.RecordBytes, now);
    }

    /// <summary>Enters a compaction: once it is on disk, so is everything up to the base.</summary>
    /// <param name="base">The log's new base.</param>
    /// <param name="keepsEntries">Whether the log's entries behind the base stay; else all go.</param>
    /// <param name="now">The time.</param>
    public WriteTicket SubmitCompaction(LogIndex @base, bool keepsEntries, TimeSpan now = default)
    {
        if (!keepsEntries) Replace(new LogIndex(1));
        return Enter(@base, bytes: 0, now);
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
            PendingBytes -= write.Bytes;
            if (write.LastIndex is { } last) Durable = LogIndex.Max(Durable, last);
        }
    }

    /// <summary>Whether a write is on disk.</summary>
    public bool IsDurable(WriteTicket ticket) => ticket <= _acknowledged;

    /// <summary>Keeps a message to a peer until a write is on disk.</summary>
    public void Keep(WriteTicket until, ServerId to, IPeerMessage message) =>
        _promises.Enqueue(new Promise(until, to, message));

    /// <summary>
    /// Keeps an acceptance for the leader of the term until a write is on disk. One for each write: a later one proves what
    /// the ones before it did. So a disk that stalls keeps no more of them than of writes, however many heartbeats and
    /// read rounds there are meanwhile.
    /// </summary>
    public void KeepAccepted(WriteTicket until, ServerId leader, AppendAccepted accepted)
    {
        if (_acceptances.TryGetValue(until, out var kept) && kept.Message is AppendAccepted before)
        {
            Invariant.Holds(kept.To == leader, "a term has one leader (§5.2), and a new term forgets what was promised");
            kept.Message = accepted with
            {
                Matched = LogIndex.Max(before.Matched, accepted.Matched),
                Round = accepted.Round > before.Round ? accepted.Round : before.Round,
            };
            return;
        }

        var promise = new Promise(until, leader, accepted);
        _acceptances.Add(until, promise);
        _promises.Enqueue(promise);
    }

    /// <summary>Forgets all messages that are kept: the term that they were said in is over.</summary>
    public void ForgetPromises()
    {
        _promises.Clear();
        _acceptances.Clear();
    }

    /// <summary>The next message whose write is on disk.</summary>
    public bool TryTakeKept(out ServerId to, out IPeerMessage message)
    {
        (to, message) = (default, null!);
        if (!_promises.TryPeek(out var promise) || !IsDurable(promise.Until)) return false;

        _promises.Dequeue();
        if (_acceptances.GetValueOrDefault(promise.Until) == promise) _acceptances.Remove(promise.Until);
        (to, message) = (promise.To, promise.Message);
        return true;
    }

    private WriteTicket Enter(LogIndex? last, int bytes, TimeSpan now)
    {
        Last = Last.Next;
        PendingBytes += bytes;
        _pending.Enqueue(new Write(Last, last, bytes, now));
        return Last;
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

    private readonly record struct Write(WriteTicket Ticket, LogIndex? LastIndex, int Bytes, TimeSpan Since);

    private sealed class Promise(WriteTicket until, ServerId to, IPeerMessage message)
    {
        public WriteTicket Until { get; } = until;

        public ServerId To { get; } = to;

        public IPeerMessage Message { get; set; } = message;
    }
}
