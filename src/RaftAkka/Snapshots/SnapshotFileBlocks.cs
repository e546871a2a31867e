using System.Buffers.Binary;
using RaftAkka.Log;
using RaftAkka.Protocol;

namespace RaftAkka.Snapshots;

/// <summary>The parts of a snapshot, in the order in which they stand in the file.</summary>
internal enum SnapshotSection : uint
{
    /// <summary>The session table.</summary>
    Sessions = 1,

    /// <summary>The state machine's state.</summary>
    Machine = 2,

    /// <summary>How long the other two are; the last block.</summary>
    Totals = 3,
}

/// <summary>The first bytes of a block; see <see cref="SnapshotFileHeader"/> for the format.</summary>
internal readonly record struct SnapshotBlockHeader(uint Number, SnapshotSection Section, int Length)
{
    public const int Bytes = 16;
    public const int ContentBytesMax = 64 * 1024 - Bytes;
    public const int TotalsBytes = 16;

    /// <summary>Fills in the header of a block whose content is in its place already.</summary>
    public void WriteTo(Span<byte> block)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(block[4..], Number);
        BinaryPrimitives.WriteUInt32LittleEndian(block[8..], (uint)Section);
        BinaryPrimitives.WriteInt32LittleEndian(block[12..], Length);
        BinaryPrimitives.WriteUInt32LittleEndian(block, Crc32C.Compute(block[4..(Bytes + Length)]));
    }
}

/// <summary>
/// Reads a snapshot file block by block, from its start to its end, and hands out nothing that it has not verified.
/// </summary>
internal sealed class SnapshotFileBlocks
{
    public const int ChecksumBytes = sizeof(uint);

    private readonly IDiskFile _file;
    private readonly SnapshotFileFaults _faults;
    private readonly long _length;
    private readonly byte[] _block = new byte[SnapshotBlockHeader.Bytes + SnapshotBlockHeader.ContentBytesMax];
    private readonly long[] _sectionBytes = new long[4];
    private SnapshotSection _section = SnapshotSection.Sessions;
    private uint _nextNumber;
    private uint _checksum;

    /// <exception cref="DamagedSnapshotException">The header is not sound.</exception>
    /// <exception cref="UnusableLogException">The file is of another format, cluster or group.</exception>
    public SnapshotFileBlocks(IDiskFile file, LogIdentity identity, SnapshotFileFaults faults)
    {
        (_file, _faults, _length) = (file, faults, file.Length);
        Header = SnapshotFileHeader.Read(file, faults);
        if (Header.Cluster != identity.Cluster || Header.Group != identity.Group) throw faults.Foreign(Header);

        Position = Header.Bytes;
        _checksum = Crc32C.Compute(Header.Encode());
    }

    public SnapshotFileHeader Header { get; }

    /// <summary>Where the next block begins: all before it is sound.</summary>
    public long Position { get; private set; }

    /// <summary>The section of the block that was read last.</summary>
    public SnapshotSection Section => _section;

    /// <summary>The content of the block that was read last, until the next is read.</summary>
    public ReadOnlyMemory<byte> Content { get; private set; }

    /// <summary>The checksum of the whole file, once its end was read.</summary>
    public uint Checksum => _checksum;

    /// <summary>Whether the file was read to its end, and is sound.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>Reads the next block of the sessions or the machine.</summary>
    /// <returns>Whether there was one; if not, the file has ended as it should.</returns>
    /// <exception cref="DamagedSnapshotException">The bytes are not those that were written.</exception>
    public bool ReadNext()
    {
        if (IsAtEnd) return false;

        var header = ReadHeader();
        var block = _block.AsSpan(0, SnapshotBlockHeader.Bytes + header.Length);
        if (_file.Read(Position, block) < block.Length) throw _faults.Damaged(Position, "it ends within a block");

        var stated = BinaryPrimitives.ReadUInt32LittleEndian(block);
        var actual = Crc32C.Compute(block[4..]);
        if (stated != actual)
            throw _faults.Damaged(Position, $"a block has checksum {actual:x8}, expected {stated:x8}");
        if (header.Number != _nextNumber || header.Section < _section)
            throw _faults.Damaged(Position, $"block {header.Number} stands in the place of block {_nextNumber}");

        (_section, Content) = (header.Section, _block.AsMemory(SnapshotBlockHeader.Bytes, header.Length));
        _nextNumber++;
        _sectionBytes[(int)_section] += header.Length;
        _checksum = Crc32C.Continue(_checksum, block);
        Position += block.Length;
        if (_section == SnapshotSection.Totals) ReadEnd();
        return !IsAtEnd;
    }

    // Only what the checksum cannot wait for: nothing is read, or kept, by a length that was not compared.
    private SnapshotBlockHeader ReadHeader()
    {
        Span<byte> bytes = stackalloc byte[SnapshotBlockHeader.Bytes];
        if (_file.Read(Position, bytes) < bytes.Length) throw _faults.Damaged(Position, "it ends before its last block");

        var section = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]);
        if (section is < (uint)SnapshotSection.Sessions or > (uint)SnapshotSection.Totals)
            throw _faults.Damaged(Position, $"a block is of section {section}");
        if (length is 0 or > SnapshotBlockHeader.ContentBytesMax
            || length > _length - Position - SnapshotBlockHeader.Bytes - ChecksumBytes)
            throw _faults.Damaged(Position, $"a block has {length} bytes, and {_length - Position} are left in the file");
        return new SnapshotBlockHeader(
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]), (SnapshotSection)section, (int)length);
    }

    private void ReadEnd()
    {
        var totals = Content.Span;
        if (totals.Length != SnapshotBlockHeader.TotalsBytes
            || BinaryPrimitives.ReadInt64LittleEndian(totals) != _sectionBytes[(int)SnapshotSection.Sessions]
            || BinaryPrimitives.ReadInt64LittleEndian(totals[8..]) != _sectionBytes[(int)SnapshotSection.Machine])
            throw _faults.Damaged(Position, "its sections are not as long as its last block says");

        Span<byte> last = stackalloc byte[ChecksumBytes];
        if (_file.Read(Position, last) < last.Length) throw _faults.Damaged(Position, "it ends before its checksum");
        var stated = BinaryPrimitives.ReadUInt32LittleEndian(last);
        if (stated != _checksum)
            throw _faults.Damaged(Position, $"all of it has checksum {_checksum:x8}, expected {stated:x8}");
        if (Position + ChecksumBytes != _length)
            throw _faults.Damaged(Position, $"it goes on for {_length - Position - ChecksumBytes} bytes behind its end");
        IsAtEnd = true;
    }
}
