using RaftAkka.Protocol;

namespace RaftAkka.Server;

/// <summary>The newest entries of the log, in memory, up to a number of bytes; older ones are read back from disk.</summary>
internal sealed class EntryCache(int bytesMax)
{
    private LogEntry[] _ring = new LogEntry[1024];
    private int _start;
    private int _count;
    private long _bytes;

    /// <summary>The first index that is here; meaningless when nothing is.</summary>
    private LogIndex First => _ring[_start].Index;

    /// <summary>Adds entries; the first of them replaces the entry of its index, if it is here, and all behind it.</summary>
    public void Append(LogSlice entries)
    {
        if (entries.IsEmpty) return;
        if (_count > 0 && entries.First.Index < First) Clear();
        while (_count > 0 && At(_count - 1).Index >= entries.First.Index) DropLast();

        foreach (var entry in entries)
        {
            if (_count == _ring.Length) Grow();
            _ring[(_start + _count++) & (_ring.Length - 1)] = entry;
            _bytes += entry.Record.Length;
        }

        while (_bytes > bytesMax && _count > 1) DropFirst();
    }

    /// <summary>
    /// Entries from an index on: at least one, and no more than the limits allow; null where the first is not here.
    /// </summary>
    public LogSlice? Read(LogIndex from, LogIndex through, int slicesBytesMax, int countMax = int.MaxValue)
    {
        if (_count == 0 || from < First || from > At(_count - 1).Index) return null;

        var offset = (int)(from - First);
        var limit = (int)Math.Min(Math.Min(_count - offset, through - from + 1), countMax);
        var count = 0;
        var bytes = 0;
        while (count < limit)
        {
            bytes += At(offset + count).Record.Length;
            if (count > 0 && bytes > slicesBytesMax) break;
            count++;
        }

        var entries = new LogEntry[count];
        for (var i = 0; i < count; i++) entries[i] = At(offset + i);
        return LogSlice.Of(entries);
    }

    /// <summary>Drops the entries up to an index.</summary>
    public void DropThrough(LogIndex index)
    {
        while (_count > 0 && First <= index) DropFirst();
    }

    public void Clear()
    {
        Array.Clear(_ring);
        (_start, _count, _bytes) = (0, 0, 0);
    }

    private LogEntry At(int offset) => _ring[(_start + offset) & (_ring.Length - 1)];

    private void DropFirst()
    {
        _bytes -= _ring[_start].Record.Length;
        _ring[_start] = null!;
        _start = (_start + 1) & (_ring.Length - 1);
        _count--;
    }

    private void DropLast()
    {
        var last = (_start + --_count) & (_ring.Length - 1);
        _bytes -= _ring[last].Record.Length;
        _ring[last] = null!;
    }

    // The length stays a power of two, so that a place in the ring is found by a mask.
    private void Grow()
    {
        var larger = new LogEntry[_ring.Length * 2];
        for (var i = 0; i < _count; i++) larger[i] = At(i);
        (_ring, _start) = (larger, 0);
    }
}
