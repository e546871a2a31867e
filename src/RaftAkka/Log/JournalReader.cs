using System.Buffers.Binary;
using RaftAkka.Protocol;

namespace RaftAkka.Log;

/// <summary>Reads entries back from a journal's segments, verifying each.</summary>
internal sealed class JournalReader(IDisk disk, LogContents contents, LogFaults faults) : IDisposable
{
    // Small enough to stay off the large object heap; entries keep views of these bytes.
    private const int ReadBytes = 64 * 1024;

    // Whoever reads old entries reads on where they stopped, so one older segment is kept open.
    private IDiskFile? _older;
    private long _olderNumber;

    /// <summary>
    /// Adds the entries of some indexes that the log has, until the records reach a number of bytes.
    /// </summary>
    /// <returns>How many bytes of records were added; at least one entry was.</returns>
    public int Read(LogIndex from, LogIndex to, int bytesMax, Segment active, List<LogEntry> entries)
    {
        var total = 0;
        ReadOnlyMemory<byte> chunk = default;
        var chunkPlace = default(EntryPlace);

        for (var index = from; index <= to; index = index.Next)
        {
            var place = contents.Locate(index);
            var known = place.Segment == chunkPlace.Segment ? place.Offset - chunkPlace.Offset : -1;
            if (known < 0 || known > chunk.Length || !HoldsRecord(chunk.Span[known..]))
            {
                if (total >= bytesMax && total > 0) break;
                chunk = ReadChunk(place, Math.Min(bytesMax - total, ReadBytes), active);
                (chunkPlace, known) = (place, 0);
            }

            var entry = Decode(chunk[known..], index, place);
            if (total > 0 && total + entry.Record.Length > bytesMax) break;
            entries.Add(entry);
            total += entry.Record.Length;
        }

        return total;
    }

    /// <summary>
    /// Reads the newest entries, the last one and as many before it as surely fit a number of bytes.
    /// </summary>
    public LogSlice ReadTail(int bytesMax, Segment active, int end)
    {
        var last = contents.Last.Index;
        if (last == contents.Base.Index) return LogSlice.Empty;

        var (first, bytes) = (last, 0L);
        var next = new EntryPlace(active.Number, end);
        for (var index = last; index > contents.Base.Index; index = index.Previous)
        {
            // Where another segment begins in between, the record's length is not known, but at most this.
            var place = contents.Locate(index);
            bytes += next.Segment == place.Segment && next.Offset > place.Offset
                ? next.Offset - place.Offset
                : RecordCodec.HeaderBytes + RecordCodec.PayloadBytesMax;
            if (bytes > bytesMax) break;
            (first, next) = (index, place);
        }

        var entries = new List<LogEntry>();
        while (first <= last)
        {
            Read(first, last, ReadBytes, active, entries);
            first = entries[^1].Index.Next;
        }

        return LogSlice.Of([.. entries]);
    }

    /// <summary>Lets go of a segment that is to be deleted.</summary>
    public void Close(long segment)
    {
        if (_olderNumber != segment) return;
        _older?.Dispose();
        _older = null;
    }

    public void Dispose() => _older?.Dispose();

    private byte[] ReadChunk(EntryPlace place, int bytes, Segment active)
    {
        var file = FileOf(place.Segment, active);
        var chunk = GC.AllocateUninitializedArray<byte>(Math.Max(bytes, RecordCodec.HeaderBytes));
        var count = file.Read(place.Offset, chunk);
        if (count < RecordCodec.HeaderBytes || HoldsRecord(chunk.AsSpan(0, count))) return chunk[..count];

        // The record is longer than what was asked for; a length that no record has shows when it is decoded.
        var length = BinaryPrimitives.ReadUInt32LittleEndian(chunk);
        if (length > RecordCodec.HeaderBytes + RecordCodec.PayloadBytesMax) return chunk[..count];
        chunk = GC.AllocateUninitializedArray<byte>((int)length);
        return chunk[..file.Read(place.Offset, chunk)];
    }

    private LogEntry Decode(ReadOnlyMemory<byte> bytes, LogIndex index, EntryPlace place)
    {
        if (LogEntry.TryDecode(bytes, out var entry) && entry.Index == index) return entry;
        throw faults.Damaged(SegmentHeader.NameOf(place.Segment), place.Offset,
            entry is null
                ? $"entry {index} is not sound"
                : $"entry {entry.Id} stands where entry {index} was",
            "The record was sound when it was written, or when the node started.");
    }

    private IDiskFile FileOf(long segment, Segment active)
    {
        if (segment == active.Number) return active.File;
        if (_older is not null && _olderNumber == segment) return _older;

        _older?.Dispose();
        _older = null;
        _older = disk.Open(SegmentHeader.NameOf(segment));
        _olderNumber = segment;
        return _older;
    }

    private static bool HoldsRecord(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= RecordCodec.HeaderBytes
            && BinaryPrimitives.ReadUInt32LittleEndian(bytes) <= bytes.Length;
}
