using System.Buffers.Binary;
using System.Text;
using RaftAkka.Protocol;

namespace RaftAkka.Log;

/// <summary>
/// The first 512 bytes of a segment, written once. Length, magic, version and checksum keep their place in
/// every version, so that an unknown version can be told from damage. All numbers are little-endian:
/// <code>
/// offset  0  8    "RaftAkka"
///         8  u32  version of the file format: 2; 1 has no mark key
///        12  u32  CRC-32C of everything else: bytes 0..11 and 16..511
///        16  i64  number of the segment, from 1
///        24  u32  length of the file
///        28  u32  where the records of the segment before this one end; 0 in the first
///        32  i64  term of the last entry before this segment; 0 if there is none
///        40  i64  index of that entry; 0 if there is none
///        48  u8   length of the cluster's name, then the name (64 bytes, filled with zeros)
///       113  u8   the same for the group
///       178  u8   the same for the server
///       243       zeros
///       248  i64  term of the log's base when the segment was created; 0 if nothing was compacted
///       256  i64  index of that base
///       264  i64  number of the disk that the log began on, the same in all of its segments
///       272  i64  mark key: a random number that every mark and the seal of the segment repeat; never 0
///       280       zeros
/// </code>
/// </summary>
internal sealed record SegmentHeader(
    LogIdentity Identity, long Number, int Length, int PreviousEnd, EntryId PreviousLast, EntryId Base, DiskId Disk,
    long MarkKey)
{
    public const int Bytes = 512;

    /// <summary>The newest version that this program knows; it reads all before it.</summary>
    public const uint Version = 2;

    private const uint VersionWithoutKey = 1;

    private const int NameBytes = 65;

    private static ReadOnlySpan<byte> Magic => "RaftAkka"u8;

    /// <summary>The file's name.</summary>
    public string Name => NameOf(Number);

    public static string NameOf(long number) => $"{number:00000000}.seg";

    /// <summary>A segment's name until it is complete; what has such a name at a start is removed.</summary>
    public static string UnfinishedNameOf(long number) => $"{number:00000000}.new";

    public static bool IsUnfinished(string name) =>
        NumberIn(name) is { } number && name == UnfinishedNameOf(number);

    public static bool TryParseName(string name, out long number)
    {
        number = NumberIn(name) ?? 0;
        return number > 0 && name == NameOf(number);
    }

    public byte[] Encode()
    {
        var bytes = new byte[Bytes];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), MarkKey == 0 ? VersionWithoutKey : Version);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), Number);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(24), Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(28), PreviousEnd);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(32), PreviousLast.Term.Value);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(40), PreviousLast.Index.Value);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(248), Base.Term.Value);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(256), Base.Index.Value);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(264), Disk.Value);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(272), MarkKey);
        WriteName(bytes.AsSpan(48), Identity.Cluster.Value);
        WriteName(bytes.AsSpan(48 + NameBytes), Identity.Group.Value);
        WriteName(bytes.AsSpan(48 + 2 * NameBytes), Identity.Server.Value);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), Checksum(bytes));
        return bytes;
    }

    /// <exception cref="UnusableLogException">
    /// These bytes are not a sound header of a known version.
    /// </exception>
    public static SegmentHeader Decode(ReadOnlySpan<byte> bytes, string file, LogFaults faults)
    {
        const string Evidence = "A segment's header is durable before the segment is used.";
        if (bytes.Length < Bytes)
            throw faults.Damaged(file, bytes.Length, $"it is only {bytes.Length} bytes long", Evidence);
        if (!bytes.StartsWith(Magic))
            throw faults.Damaged(file, 0, "it does not begin like a log segment", Evidence);

        var stated = BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]);
        var actual = Checksum(bytes[..Bytes]);
        if (stated != actual)
            throw faults.Damaged(
                file, 0, $"its header has checksum {actual:x8}, expected {stated:x8}", Evidence);

        var version = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        if (version is not (Version or VersionWithoutKey)) throw faults.UnknownVersion(file, version);

        try
        {
            return DecodeFields(bytes, hasKey: version == Version);
        }
        catch (ArgumentException e)
        {
            // A checksum that is right, over names or numbers that no program writes.
            throw faults.Damaged(file, 16, $"its header has a value that cannot be: {e.Message}", Evidence);
        }
    }

    private static SegmentHeader DecodeFields(ReadOnlySpan<byte> bytes, bool hasKey)
    {
        var identity = new LogIdentity(
            new ClusterId(ReadName(bytes[48..])),
            new GroupName(ReadName(bytes[(48 + NameBytes)..])),
            new ServerId(ReadName(bytes[(48 + 2 * NameBytes)..])));
        return new SegmentHeader(
            identity,
            BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[24..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[28..]),
            ReadEntry(bytes[32..]),
            ReadEntry(bytes[248..]),
            new DiskId(BinaryPrimitives.ReadInt64LittleEndian(bytes[264..])),
            hasKey ? BinaryPrimitives.ReadInt64LittleEndian(bytes[272..]) : 0);
    }

    private static EntryId ReadEntry(ReadOnlySpan<byte> place) => new(
        new Term(BinaryPrimitives.ReadInt64LittleEndian(place)),
        new LogIndex(BinaryPrimitives.ReadInt64LittleEndian(place[8..])));

    private static long? NumberIn(string name) =>
        name.IndexOf('.', StringComparison.Ordinal) is var dot and > 0
        && name.AsSpan(0, dot).IndexOfAnyExceptInRange('0', '9') < 0
        && long.TryParse(name.AsSpan(0, dot), out var number)
            ? number
            : null;

    private static void WriteName(Span<byte> place, string name) =>
        place[0] = (byte)Encoding.ASCII.GetBytes(name, place[1..]);

    private static string ReadName(ReadOnlySpan<byte> place) =>
        Encoding.ASCII.GetString(place.Slice(1, Math.Min((int)place[0], NameBytes - 1)));

    private static uint Checksum(ReadOnlySpan<byte> header) => Crc32C.Compute(header[..12], header[16..]);
}
