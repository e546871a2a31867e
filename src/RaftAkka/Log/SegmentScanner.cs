using System.Buffers.Binary;
using RaftAkka.Protocol;

namespace RaftAkka.Log;

/// <summary>Looks through a segment's bytes, up to an end that is not its business to cross.</summary>
internal sealed class SegmentScanner(Segment segment, int end)
{
    private const int Step = 4096;

    // Holds the largest record, so that each is looked at in one piece.
    private readonly byte[] _window = GC.AllocateUninitializedArray<byte>(
        Math.Min(end, RecordCodec.HeaderBytes + RecordCodec.PayloadBytesMax));

    private int _start;
    private int _count;

    /// <summary>Reads the sound record at an offset.</summary>
    public bool TryRead(int offset, out RecordHeader header, out ReadOnlySpan<byte> record)
    {
        header = default;
        record = default;
        var first = Peek(offset, RecordCodec.HeaderBytes);
        if (first.Length < RecordCodec.HeaderBytes) return false;

        var length = BinaryPrimitives.ReadUInt32LittleEndian(first);
        if (length < RecordCodec.HeaderBytes || length > end - offset || length > _window.Length)
            return false;

        record = Peek(offset, (int)length);
        return RecordCodec.TryReadHeader(record, out header);
    }

    /// <summary>
    /// Where the first mark or seal at or behind an offset stands in its place; null if nowhere.
    /// </summary>
    public int? FindProof(int from)
    {
        // All begin with their length, which is cheap to look for.
        Span<byte> pattern = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(pattern, segment.PlaceBytes);

        for (var offset = from; end - offset >= segment.PlaceBytes;)
        {
            var window = Peek(offset, Step);
            var hit = window.IndexOf(pattern);
            if (hit < 0)
            {
                offset += window.Length - (pattern.Length - 1);
                continue;
            }

            offset += hit;
            if (IsProof(offset)) return offset;
            offset++;
        }

        return null;
    }

    /// <summary>
    /// The next stretch at or behind an offset that is not zero, in steps of some size; null if there is
    /// none.
    /// </summary>
    public (int Offset, int Length)? FindBytes(int from)
    {
        for (var offset = from; offset < end; offset += Step)
        {
            var bytes = Peek(offset, Step);
            if (bytes.ContainsAnyExcept((byte)0)) return (offset, bytes.Length);
        }

        return null;
    }

    /// <summary>The bytes at an offset, which are overwritten at the next call.</summary>
    public ReadOnlySpan<byte> Peek(int offset, int length)
    {
        length = Math.Min(length, end - offset);
        if (offset < _start || offset + length > _start + _count)
        {
            _start = offset;
            _count = segment.File.Read(offset, _window.AsSpan(0, Math.Min(_window.Length, end - offset)));
            length = Math.Min(length, _count);
        }

        return _window.AsSpan(offset - _start, length);
    }

    /// <summary>
    /// The version of the record at an offset, where the record is whole and only its version is unknown.
    /// </summary>
    public byte? UnknownVersionAt(int offset)
    {
        var first = Peek(offset, RecordCodec.HeaderBytes);
        if (first.Length < RecordCodec.HeaderBytes) return null;
        var length = BinaryPrimitives.ReadUInt32LittleEndian(first);
        return length >= RecordCodec.HeaderBytes && length <= end - offset && length <= _window.Length
            ? JournalRecords.UnknownVersionOf(Peek(offset, (int)length))
            : null;
    }

    private bool IsProof(int offset) =>
        TryRead(offset, out var header, out var record)
        && header.Kind is JournalRecords.SyncMark or JournalRecords.Seal
        && segment.IsInPlace(record, offset);
}
