using RaftAkka.Protocol;

namespace RaftAkka.Log;

/// <summary>
/// The writes that are not durable yet: in order, as records, for the journal, and as the end of the log that
/// they will make, for readers.
/// </summary>
internal sealed class WriteQueue
{
    private readonly Queue<Waiting> _records = [];
    private readonly List<LogEntry> _end = [];

    /// <summary>The ticket of the last write.</summary>
    public WriteTicket LastTicket { get; private set; }

    /// <summary>From where on the log is what waits here; null where no entries wait.</summary>
    public LogIndex? EndFrom => _end.Count > 0 ? _end[0].Index : null;

    /// <summary>The last entry that waits; null where none does.</summary>
    public LogIndex? Last => _end.Count > 0 ? _end[^1].Index : null;

    public void Add(WriteLog write)
    {
        // Term and vote first: an entry of a new term must not be on the disk without the term.
        if (write.HardState is { } state) _records.Enqueue(new Waiting(state, null));
        foreach (var entry in write.Entries) _records.Enqueue(new Waiting(null, entry));

        if (!write.Entries.IsEmpty)
        {
            var replaced = EndFrom is { } from ? (int)long.Max(0, write.Entries.First.Index - from) : 0;
            if (replaced < _end.Count) _end.RemoveRange(replaced, _end.Count - replaced);
            _end.AddRange(write.Entries);
        }

        LastTicket = write.Ticket;
    }

    /// <summary>Adds to what was read before, from an index on that waits here.</summary>
    public void Read(LogIndex from, LogIndex to, int bytesMax, List<LogEntry> entries)
    {
        foreach (var entry in _end.Skip((int)(from - _end[0].Index)))
        {
            bytesMax -= entry.Record.Length;
            if (entry.Index > to || (bytesMax < 0 && entries.Count > 0)) return;
            entries.Add(entry);
        }
    }

    /// <summary>Makes all that waits durable. After "no space" it goes on where it was.</summary>
    public void WriteTo(Journal journal)
    {
        while (_records.TryPeek(out var next))
        {
            if (next.Entry is not null) journal.Append(next.Entry);
            else journal.Append(next.HardState!.Value);
            _records.Dequeue();
        }

        journal.Sync();
        _end.Clear();
    }

    private readonly record struct Waiting(HardState? HardState, LogEntry? Entry);
}
