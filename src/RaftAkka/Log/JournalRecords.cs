using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using RaftAkka.Protocol;

namespace RaftAkka.Log;

/// <summary>
/// The records that only a log file holds, in the encoding of <see cref="RecordCodec"/>. Their kinds are 0x80
/// and above, are never on the wire, and are never reused.
/// </summary>
internal static class JournalRecords
{
    /// <summary>
    /// Stands where everything before it in the file has been synced. Its payload names its own place (i64
    /// segment, i64 offset), so that no copy of it elsewhere says anything; and, in segments of version 2, the segment's
    /// mark key (i64), so that no client can write a command that holds one.
    /// </summary>
    public const byte SyncMark = 0xF0;

    /// <summary>Term (in the header) and vote (the payload, ASCII; empty for nobody).</summary>
    public const byte HardState = 0xF1;

    /// <summary>
    /// Ends a segment whose successor exists; without the successor, entries are missing. Also proves what a
    /// <see cref="SyncMark"/> proves, and is built like one.
    /// </summary>
    public const byte Seal = 0xF2;

    /// <summary>
    /// The log begins behind the entry in the header: a snapshot took the place of that and all before it. The
    /// payload is the log's last entry from then on (i64 term, i64 index): the base itself where no entries stay
    /// behind it, else the last one so far, so that none is needed before it to know which.
    /// </summary>
    public const byte Base = 0xF3;

    /// <summary>The most bytes that a <see cref="SyncMark"/> or a <see cref="Seal"/> has.</summary>
    public const int PlaceBytesMax = RecordCodec.HeaderBytes + 24;

    /// <summary>The length of a <see cref="SyncMark"/> and of a <see cref="Seal"/> in a segment with this key.</summary>
    public static int PlaceBytes(long key) => RecordCodec.HeaderBytes + (key == 0 ? 16 : 24);

    /// <param name="kind">That of a mark or a seal.</param>
    /// <param name="segment">The segment's number.</param>
    /// <param name="offset">Where it will stand.</param>
    /// <param name="key">The segment's mark key; 0 in a segment of version 1, which has none.</param>
    public static byte[] EncodePlace(byte kind, long segment, long offset, long key)
    {
        Span<byte> payload = stackalloc byte[PlaceBytes(key) - RecordCodec.HeaderBytes];
        BinaryPrimitives.WriteInt64LittleEndian(payload, segment);
        BinaryPrimitives.WriteInt64LittleEndian(payload[8..], offset);
        if (key != 0) BinaryPrimitives.WriteInt64LittleEndian(payload[16..], key);
        return RecordCodec.Encode(EntryId.Zero, kind, payload);
    }

    /// <summary>
    /// Whether a sound record of the kind of a mark or seal stands at the place that it names.
    /// </summary>
    public static bool IsInPlace(ReadOnlySpan<byte> record, long segment, long offset, long key) =>
        record.Length == PlaceBytes(key)
        && BinaryPrimitives.ReadInt64LittleEndian(record[RecordCodec.HeaderBytes..]) == segment
        && BinaryPrimitives.ReadInt64LittleEndian(record[(RecordCodec.HeaderBytes + 8)..]) == offset
        && (key == 0 || BinaryPrimitives.ReadInt64LittleEndian(record[(RecordCodec.HeaderBytes + 16)..]) == key);

    /// <summary>
    /// The version of a whole record whose checksum is right, and whose version this program does not know; null for
    /// anything else. Length, checksum and version keep their places in every version.
    /// </summary>
    public static byte? UnknownVersionOf(ReadOnlySpan<byte> record) =>
        record.Length >= RecordCodec.HeaderBytes
        && !RecordCodec.TryReadHeader(record, out _)
        && record[VersionAt] > KnownVersion
        && BinaryPrimitives.ReadUInt32LittleEndian(record[4..]) == Crc32C.Compute(record[..4], record[8..])
            ? record[VersionAt]
            : null;

    /// <summary>The length of a <see cref="Base"/>.</summary>
    public const int BaseBytes = RecordCodec.HeaderBytes + 16;

    private const int VersionAt = 25;
    private const byte KnownVersion = 1;

    public static byte[] EncodeBase(EntryId @base, EntryId last)
    {
        Span<byte> payload = stackalloc byte[16];
        BinaryPrimitives.WriteInt64LittleEndian(payload, last.Term.Value);
        BinaryPrimitives.WriteInt64LittleEndian(payload[8..], last.Index.Value);
        return RecordCodec.Encode(@base, Base, payload);
    }

    public static bool TryDecodeBase(ReadOnlySpan<byte> record, out EntryId last)
    {
        last = default;
        if (record.Length != BaseBytes) return false;
        last = new EntryId(
            new Term(BinaryPrimitives.ReadInt64LittleEndian(record[RecordCodec.HeaderBytes..])),
            new LogIndex(BinaryPrimitives.ReadInt64LittleEndian(record[(RecordCodec.HeaderBytes + 8)..])));
        return true;
    }

    public static byte[] Encode(HardState state)
    {
        var vote = Encoding.ASCII.GetBytes(state.Vote?.Value ?? "");
        return RecordCodec.Encode(new EntryId(state.Term, LogIndex.Zero), HardState, vote);
    }

    public static bool TryDecodeHardState(
        ReadOnlySpan<byte> record, Term term, [NotNullWhen(true)] out HardState? state)
    {
        var vote = Encoding.ASCII.GetString(record[RecordCodec.HeaderBytes..]);
        try
        {
            state = new HardState(term, vote.Length == 0 ? null : new ServerId(vote));
            return true;
        }
        catch (ArgumentException)
        {
            state = null;   // A name that no server can have.
            return false;
        }
    }
}
