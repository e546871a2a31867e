using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace RaftAkka.Protocol;

/// <summary>Entries that follow each other without a gap; may be empty.</summary>
public sealed class LogSlice : IReadOnlyList<LogEntry>
{
    /// <summary>No entries.</summary>
    public static readonly LogSlice Empty = new([]);

    private readonly LogEntry[] _entries;

    private LogSlice(LogEntry[] entries)
    {
        _entries = entries;
        foreach (var entry in entries) RecordBytes += entry.Record.Length;
    }

    /// <summary>How many entries there are.</summary>
    public int Count => _entries.Length;

    /// <summary>The length of all records together.</summary>
    public int RecordBytes { get; }

    /// <summary>Whether there are no entries.</summary>
    public bool IsEmpty => _entries.Length == 0;

    /// <summary>The first entry.</summary>
    /// <exception cref="IndexOutOfRangeException">There are no entries.</exception>
    public LogEntry First => _entries[0];

    /// <summary>The last entry.</summary>
    /// <exception cref="IndexOutOfRangeException">There are no entries.</exception>
    public LogEntry Last => _entries[^1];

    /// <summary>The entry at a place in this slice, from 0.</summary>
    public LogEntry this[int index] => _entries[index];

    /// <summary>Takes entries that follow each other without a gap, their terms never going back.</summary>
    /// <exception cref="ArgumentException">There is a gap, or a term goes back.</exception>
    public static LogSlice Of(params LogEntry[] entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        if (!IsContiguous(entries)) throw new ArgumentException("the entries have a gap, or their terms go back", nameof(entries));
        return entries.Length == 0 ? Empty : new LogSlice(entries);
    }

    /// <summary>Reads the records that fill <paramref name="bytes"/>; each entry keeps a view of them.</summary>
    /// <returns>Whether all of it was sound entries without a gap.</returns>
    public static bool TryDecode(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out LogSlice? slice)
    {
        slice = null;
        var entries = new List<LogEntry>();
        while (!bytes.IsEmpty)
        {
            if (!LogEntry.TryDecode(bytes, out var entry)) return false;
            entries.Add(entry);
            bytes = bytes[entry.Record.Length..];
        }

        var array = entries.ToArray();
        if (!IsContiguous(array)) return false;
        slice = array.Length == 0 ? Empty : new LogSlice(array);
        return true;
    }

    /// <summary>The entries from a place in this slice on.</summary>
    public LogSlice From(int start) => start == 0 ? this : Of(_entries[start..]);

    /// <summary>Copies all records, one behind the other, to the start of <paramref name="destination"/>.</summary>
    /// <exception cref="ArgumentException">It is shorter than <see cref="RecordBytes"/>.</exception>
    public void CopyRecordsTo(Span<byte> destination)
    {
        foreach (var entry in _entries)
        {
            entry.Record.Span.CopyTo(destination);
            destination = destination[entry.Record.Length..];
        }
    }

    /// <inheritdoc/>
    public IEnumerator<LogEntry> GetEnumerator() => ((IEnumerable<LogEntry>)_entries).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public override string ToString() => IsEmpty ? "none" : Count == 1 ? $"{First.Id}" : $"{First.Id}..{Last.Id}";

    private static bool IsContiguous(LogEntry[] entries)
    {
        for (var i = 1; i < entries.Length; i++)
            if (entries[i].Index != entries[i - 1].Index.Next || entries[i].Term < entries[i - 1].Term) return false;
        return true;
    }
}
