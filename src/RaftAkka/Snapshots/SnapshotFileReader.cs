using RaftAkka.Log;

namespace RaftAkka.Snapshots;

/// <summary>Reads one finished snapshot: raw, to send it, or section by section, to restore it. Holds one block.</summary>
internal sealed class SnapshotFileReader(
    IDiskFile file, LogIdentity identity, StoredSnapshot snapshot, SnapshotFileFaults faults) : IDisposable
{
    private SnapshotFileBlocks? _blocks;

    /// <summary>What it reads.</summary>
    public StoredSnapshot Snapshot { get; } = snapshot;

    /// <summary>Reads the file's bytes as they are, from any offset.</summary>
    /// <returns>How many bytes were read; fewer than asked for only at the file's end.</returns>
    public int Read(long offset, Span<byte> buffer) => file.Read(offset, buffer);

    /// <summary>
    /// A section's content, verified before it is handed out; read forward, until the next section is asked for.
    /// What was left unread of an earlier section is verified, and passed over.
    /// </summary>
    /// <exception cref="DamagedSnapshotException">Also by the stream: the bytes are not those that were written.</exception>
    public Stream Open(SnapshotSection section)
    {
        var isFirst = _blocks is null;
        _blocks ??= new SnapshotFileBlocks(file, identity, faults);
        if (isFirst) _blocks.ReadNext();
        while (!_blocks.IsAtEnd && _blocks.Section < section) _blocks.ReadNext();
        return new SectionStream(_blocks, section);
    }

    /// <summary>What the file says of itself; known once a section was opened.</summary>
    public SnapshotHead Head => _blocks?.Header.Head ?? Snapshot.Head;

    /// <summary>Reads what is left, so that all was verified.</summary>
    /// <exception cref="DamagedSnapshotException">It is not the snapshot that was stored.</exception>
    public void Finish()
    {
        Open(SnapshotSection.Totals).Dispose();
        if (_blocks!.Checksum != Snapshot.Checksum || _blocks.Header.Head.Last != Snapshot.Last)
            throw faults.Damaged(0, $"it is not the {Snapshot} any more");
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    private sealed class SectionStream(SnapshotFileBlocks blocks, SnapshotSection section) : Stream
    {
        private int _taken;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            if (buffer.IsEmpty || blocks.IsAtEnd || blocks.Section != section) return 0;
            if (_taken == blocks.Content.Length)
            {
                _taken = 0;
                if (!blocks.ReadNext() || blocks.Section != section) return 0;
            }

            var count = Math.Min(buffer.Length, blocks.Content.Length - _taken);
            blocks.Content.Span.Slice(_taken, count).CopyTo(buffer);
            _taken += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int ReadByte()
        {
            Span<byte> one = stackalloc byte[1];
            return Read(one) == 0 ? -1 : one[0];
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
