using System.Buffers.Binary;
using System.Runtime.ExceptionServices;
using RaftAkka.Log;
using RaftAkka.Protocol;

namespace RaftAkka.Snapshots;

/// <summary>
/// Writes one snapshot, section by section, a block at a time. It has its name only once <see cref="Commit"/> has
/// returned; disposed without that, it leaves nothing.
/// </summary>
internal sealed class SnapshotFileWriter : IDisposable
{
    // A sync of hundreds of megabytes at once would hold up the log's, which shares the disk.
    private const long SyncEveryBytes = 8 * 1024 * 1024;

    private readonly IDisk _disk;
    private readonly IDiskFile _file;
    private readonly SnapshotHead _head;
    private readonly string _name;
    private readonly string _unfinishedName;
    private readonly byte[] _block = new byte[SnapshotBlockHeader.Bytes + SnapshotBlockHeader.ContentBytesMax];
    private readonly long[] _sectionBytes = new long[4];
    private SnapshotSection _section = SnapshotSection.Sessions;
    private int _filled;
    private uint _nextNumber;
    private uint _checksum;
    private long _length;
    private long _synced;
    private bool _isCommitted;
    private DiskException? _refusal;

    public SnapshotFileWriter(IDisk disk, LogIdentity identity, SnapshotHead head, string name, string unfinishedName)
    {
        (_disk, _head, _name, _unfinishedName) = (disk, head, name, unfinishedName);
        _file = disk.Create(unfinishedName);
        try
        {
            Append(new SnapshotFileHeader(identity.Cluster, identity.Group, head).Encode());
        }
        catch (DiskException)
        {
            Dispose();   // Nobody has it yet who could.
            throw;
        }
    }

    /// <summary>Throws what the disk has refused by, also where someone who wrote has hidden it.</summary>
    public void ThrowIfRefused()
    {
        if (_refusal is not null) ExceptionDispatchInfo.Throw(_refusal);
    }

    /// <summary>
    /// Where a section's bytes go; each section once, in their order, before the next one is asked for.
    /// </summary>
    public Stream Begin(SnapshotSection section)
    {
        Invariant.Holds(section > _section || (section == _section && _nextNumber == 0 && _filled == 0),
            "a snapshot's sections are written once, and in order");
        WriteBlock();
        _section = section;
        return new SectionStream(this);
    }

    /// <summary>Makes the snapshot durable, and gives it its name.</summary>
    public StoredSnapshot Commit()
    {
        ThrowIfRefused();
        WriteBlock();
        _section = SnapshotSection.Totals;
        BinaryPrimitives.WriteInt64LittleEndian(Free, _sectionBytes[(int)SnapshotSection.Sessions]);
        BinaryPrimitives.WriteInt64LittleEndian(Free[8..], _sectionBytes[(int)SnapshotSection.Machine]);
        _filled = SnapshotBlockHeader.TotalsBytes;
        WriteBlock();

        var checksum = _checksum;
        Span<byte> last = stackalloc byte[SnapshotFileBlocks.ChecksumBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(last, checksum);
        Append(last);

        _file.Sync();
        _file.Dispose();
        _disk.Rename(_unfinishedName, _name);
        _isCommitted = true;
        _disk.SyncDirectory();
        return new StoredSnapshot(_head, _length, checksum);
    }

    /// <summary>Closes the file, and deletes it if it did not become a snapshot.</summary>
    public void Dispose()
    {
        _file.Dispose();
        if (!_isCommitted) _disk.Delete(_unfinishedName);
        _isCommitted = true;
    }

    private Span<byte> Free => _block.AsSpan(SnapshotBlockHeader.Bytes + _filled);

    private void Write(SnapshotSection section, ReadOnlySpan<byte> bytes)
    {
        Invariant.Holds(section == _section, "a snapshot's section is not written to once the next has begun");
        while (!bytes.IsEmpty)
        {
            if (Free.IsEmpty) WriteBlock();
            var count = Math.Min(bytes.Length, Free.Length);
            bytes[..count].CopyTo(Free);
            _filled += count;
            bytes = bytes[count..];
        }
    }

    private void WriteBlock()
    {
        if (_filled == 0) return;

        var header = new SnapshotBlockHeader(_nextNumber++, _section, _filled);
        header.WriteTo(_block);
        Append(_block.AsSpan(0, SnapshotBlockHeader.Bytes + _filled));
        _sectionBytes[(int)_section] += _filled;
        _filled = 0;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _file.Write(_length, bytes);
            _length += bytes.Length;
            _checksum = Crc32C.Continue(_checksum, bytes);
            if (_length - _synced < SyncEveryBytes) return;

            _file.Sync();
            _synced = _length;
        }
        catch (DiskException e)
        {
            _refusal = e;
            throw;
        }
    }

    /// <summary>One section, for someone who does not know of blocks.</summary>
    private sealed class SectionStream(SnapshotFileWriter writer) : Stream
    {
        private readonly SnapshotSection _section = writer._section;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(ReadOnlySpan<byte> buffer) => writer.Write(_section, buffer);

        public override void Write(byte[] buffer, int offset, int count) =>
            Write(buffer.AsSpan(offset, count));

        public override void WriteByte(byte value) => Write([value]);

        // Nothing is durable before the whole is, so there is no use in writing a block that is not full.
        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
