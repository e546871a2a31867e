using System.Buffers.Binary;
using System.Text;
using RaftAkka.Log;
using RaftAkka.Protocol;

namespace RaftAkka.Snapshots;

/// <summary>
/// A snapshot file, version 1. The first 192 bytes, and in them magic, version and checksum, keep their place in
/// every version, so that an unknown version can be told from damage. There is no server in it: the file travels.
/// All numbers are little-endian:
/// <code>
/// header
/// offset  0  8    "RaftSnap"
///         8  u32  version of the file format, 1
///        12  u32  CRC-32C of everything else in the first 192 bytes: 0..11 and 16..191
///        16  i64  term of the last entry whose effect is in here
///        24  i64  index of that entry
///        32  u32  length of the configuration
///        36  u32  CRC-32C of the configuration
///        40  u8   length of the cluster's name, then the name (64 bytes, filled with zeros)
///       105  u8   the same for the group
///       170       zeros
///       192       the configuration
///
/// blocks, all of the sessions' before all of the machine's; each
/// offset  0  u32  CRC-32C of everything else in the block
///         4  u32  number of the block in the file, from 0
///         8  u32  section: 1 sessions, 2 machine, 3 totals
///        12  u32  length of the content, 1 to 65520
///        16       content
///
/// end
///        one block of section 3, with the number of bytes in the sections 1 and 2: i64, i64
///        u32  CRC-32C of all before
/// </code>
/// </summary>
internal sealed record SnapshotFileHeader(ClusterId Cluster, GroupName Group, SnapshotHead Head)
{
    public const uint Version = 1;
    public const int FixedBytes = 192;

    private const int NameBytes = 65;

    private static ReadOnlySpan<byte> Magic => "RaftSnap"u8;

    /// <summary>How many bytes there are before the first block.</summary>
    public int Bytes => FixedBytes + Head.Configuration.Length;

    public byte[] Encode()
    {
        var bytes = new byte[Bytes];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), Version);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), Head.Last.Term.Value);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(24), Head.Last.Index.Value);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(32), Head.Configuration.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(36), Crc32C.Compute(Head.Configuration.Span));
        WriteName(bytes.AsSpan(40), Cluster.Value);
        WriteName(bytes.AsSpan(40 + NameBytes), Group.Value);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), Checksum(bytes));
        Head.Configuration.Span.CopyTo(bytes.AsSpan(FixedBytes));
        return bytes;
    }

    /// <summary>Reads the header of a file; every length in it is compared with the file's before it is used.</summary>
    /// <exception cref="DamagedSnapshotException">These bytes are not a sound header.</exception>
    /// <exception cref="UnusableLogException">They are one of another version.</exception>
    public static SnapshotFileHeader Read(IDiskFile file, SnapshotFileFaults faults)
    {
        var bytes = new byte[FixedBytes];
        if (file.Read(0, bytes) < FixedBytes) throw faults.Damaged(0, "it ends within its header");
        if (!bytes.AsSpan().StartsWith(Magic)) throw faults.Damaged(0, "it does not begin like a snapshot");
        Compare(BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(12)), Checksum(bytes), 0, "header");

        var version = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(8));
        if (version != Version) throw faults.UnknownVersion(version);

        var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(32));
        if (length > RecordCodec.PayloadBytesMax || length > file.Length - FixedBytes)
            throw faults.Damaged(32, $"its configuration has {length} bytes");
        var configuration = new byte[length];
        if (file.Read(FixedBytes, configuration) < length) throw faults.Damaged(32, "it ends within its configuration");
        Compare(BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(36)), Crc32C.Compute(configuration), FixedBytes,
            "configuration");

        try
        {
            return new SnapshotFileHeader(
                new ClusterId(ReadName(bytes.AsSpan(40))),
                new GroupName(ReadName(bytes.AsSpan(40 + NameBytes))),
                new SnapshotHead(
                    new EntryId(
                        new Term(BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(16))),
                        new LogIndex(BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(24)))),
                    configuration));
        }
        catch (ArgumentException e)
        {
            throw faults.Damaged(40, e.Message);   // A checksum that is right, over names that no program writes.
        }

        void Compare(uint stated, uint actual, long at, string what)
        {
            if (stated != actual) throw faults.Damaged(at, $"its {what} has checksum {actual:x8}, expected {stated:x8}");
        }
    }

    private static void WriteName(Span<byte> place, string name) =>
        place[0] = (byte)Encoding.ASCII.GetBytes(name, place[1..]);

    private static string ReadName(ReadOnlySpan<byte> place) => Encoding.ASCII.GetString(place.Slice(1, place[0]));

    private static uint Checksum(ReadOnlySpan<byte> header) => Crc32C.Compute(header[..12], header[16..FixedBytes]);
}
