using RaftAkka.Protocol;

namespace RaftAkka.Log;

/// <summary>
/// The writes that are not durable yet: in order, as records, for the journal, and as the log that they will
/// make, for readers.
/// </summary>
internal sealed class WriteQueue
{
    private readonly Queue<object> _records = [];   // HardState, LogEntry, or the EntryId of a base.
    private readonly List<LogEntry> _end = [];
    private bool _emptied;   // A base that waits leaves nothing of the log but what waits behind it.

    /// <summary>The ticket of the last write.</summary>
    public WriteTicket LastTicket { get; private set; }

    /// <summary>Where the log will begin; null where no base waits.</summary>
    public EntryId? Base { get; private set; }

    /// <summary>From where on the log is what waits here; null where no entries wait.</summary>
    public LogIndex? EndFrom => _end.Count > 0 ? _end[0].Index : null;

    /// <summary>The last index that the log will have; null where that of the journal stays.</summary>
    public LogIndex? Last => _end.Count > 0 ? _end[^1].Index : _emptied ? Base?.Index : null;

    public void Add(WriteLog write)
    {
        // Term and vote first: an entry of a new term must not be on the disk without the term.
        if (write.HardState is { } state) _records.Enqueue(state);
        foreach (var entry in write.Entries) _records.Enqueue(entry);

        if (!write.Entries.IsEmpty)
        {
            var replaced = EndFrom is { } from ? (int)long.Max(0, write.Entries.First.Index - from) : 0;
            if (replaced < _end.Count) _end.RemoveRange(replaced, _end.Count - replaced);
            _end.AddRange(write.Entries);
        }

        LastTicket = write.Ticket;
    }

    /// <param name="compact">The base to come.</param>
    /// <param name="journal">What all that waits here comes behind.</param>
    public void Add(CompactLog compact, LogContents journal)
    {
        LastTicket = compact.Ticket;
        var @base = compact.Base;
        if (@base.Index <= (Base ?? journal.Base).Index) return;

        _records.Enqueue(@base);
        if (@base.Index < (Last ?? journal.Last.Index) && TermAt(@base.Index, journal) == @base.Term)
        {
            if (EndFrom is { } from) _end.RemoveRange(0, (int)long.Max(0, @base.Index.Next - from));
        }
        else
        {
            _end.Clear();
            _emptied = true;
        }

        Base = @base;
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
            switch (next)
            {
                case LogEntry entry:  journal.Append(entry);  break;
                case HardState state: journal.Append(state);  break;
                case EntryId @base:   journal.Compact(@base); break;
            }

            _records.Dequeue();
        }

        journal.Sync();
        _end.Clear();
        (Base, _emptied) = (null, false);
    }

    /// <summary>
    /// Gives a base to the journal, not yet durable, ahead of writes that wait for the space that it will free.
    /// Only one that comes to the same: the journal holds it, and no write before it touches what it covers.
    /// It stays here too, and changes nothing when its turn comes.
    /// </summary>
    public void CompactAhead(Journal journal)
    {
        LogIndex? lowest = null;
        EntryId? ahead = null;
        foreach (var record in _records)
        {
            if (record is LogEntry entry) lowest = LogIndex.Min(lowest ?? entry.Index, entry.Index);
            if (record is not EntryId @base) continue;
            if (@base.Index >= lowest || journal.Contents.TermAt(@base.Index) != @base.Term) break;
            ahead = @base;
        }

        if (ahead is { } first) journal.Compact(first);
    }

    private Term? TermAt(LogIndex index, LogContents journal) =>
        EndFrom is { } from && index >= from ? _end[(int)(index - from)].Term : journal.TermAt(index);
}
