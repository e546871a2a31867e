using System.Buffers.Binary;

namespace RaftAkka.Protocol;

/// <summary>
/// The one encoding of a record, on the wire and on disk. All numbers are little-endian:
/// <code>
/// offset  0  u32  length of the whole record, header included
///         4  u32  CRC-32C of everything else: bytes 0..3 and 8..length
///         8  i64  term
///        16  i64  index
///        24  u8   kind: an EntryKind, or 0x80 and above for records that only a log file holds
///        25  u8   version of this format, 1
///        26  u16  zero
///        28       payload
/// </code>
/// </summary>
public static class RecordCodec
{
    /// <summary>The bytes before a record's payload.</summary>
    public const int HeaderBytes = 28;

    /// <summary>The most bytes that a record's payload may have: 1 MiB, and 64 KiB for what wraps a command.</summary>
    public const int PayloadBytesMax = (1024 + 64) * 1024;

    private const byte Version = 1;

    /// <summary>Encodes a record into an array of its exact size.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The payload is larger than <see cref="PayloadBytesMax"/>.</exception>
    public static byte[] Encode(EntryId id, byte kind, ReadOnlySpan<byte> payload)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payload.Length, PayloadBytesMax);

        var record = GC.AllocateUninitializedArray<byte>(HeaderBytes + payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record, (uint)record.Length);
        BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(8), id.Term.Value);
        BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(16), id.Index.Value);
        record[24] = kind;
        record[25] = Version;
        record[26] = record[27] = 0;
        payload.CopyTo(record.AsSpan(HeaderBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(4), Checksum(record));
        return record;
    }

    /// <summary>
    /// Reads and verifies the record at the start of <paramref name="bytes"/>: its length is checked before
    /// anything is read by it, then its version, numbers and checksum.
    /// </summary>
    /// <returns>Whether a sound record was there.</returns>
    public static bool TryReadHeader(ReadOnlySpan<byte> bytes, out RecordHeader header)
    {
        header = default;
        if (bytes.Length < HeaderBytes) return false;

        var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        if (length < HeaderBytes || length > HeaderBytes + PayloadBytesMax || length > bytes.Length) return false;

        var record = bytes[..(int)length];
        var term = BinaryPrimitives.ReadInt64LittleEndian(record[8..]);
        var index = BinaryPrimitives.ReadInt64LittleEndian(record[16..]);
        if (record[25] != Version || record[26] != 0 || record[27] != 0 || term < 0 || index < 0) return false;
        if (BinaryPrimitives.ReadUInt32LittleEndian(record[4..]) != Checksum(record)) return false;

        header = new RecordHeader(new EntryId(new Term(term), new LogIndex(index)), record[24], (int)length);
        return true;
    }

    private static uint Checksum(ReadOnlySpan<byte> record) =>
        Crc32C.Compute(record[..4], record[8..]);
}

/// <summary>What a record's header says.</summary>
/// <param name="Id">Term and index.</param>
/// <param name="Kind">The kind's number.</param>
/// <param name="RecordBytes">The length of the whole record, header included.</param>
public readonly record struct RecordHeader(EntryId Id, byte Kind, int RecordBytes);
