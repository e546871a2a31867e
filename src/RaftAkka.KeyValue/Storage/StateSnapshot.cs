using System.Buffers.Binary;
using RaftAkka.Protocol;

namespace RaftAkka.KeyValue.Storage;

/// <summary>
/// The store in a snapshot: equal stores are equal bytes. All numbers are little-endian:
/// <code>
/// offset  0  u8   version of this format, 1
///         1  i64  revision of the store
///         9  u32  count of entries; for each of them, in the order of the keys' bytes:
///                 i64  revision that created it
///                 i64  revision that last changed it
///                 i64  version
///                 u16  length of the key
///                 u32  length of the value
///                      key
///                      value
/// </code>
/// </summary>
internal sealed class StateSnapshot(long revision, EntryTree entries) : ISnapshotSource
{
    private const byte FormatVersion = 1;
    private const int HeadBytes = 13;
    private const int EntryHeadBytes = 30;

    // What is taken from the stream at once, so that a length that lies costs no more memory than there are bytes.
    private const int PieceBytes = 64 * 1024;

    /// <inheritdoc/>
    public void WriteTo(Stream destination)
    {
        Span<byte> head = stackalloc byte[EntryHeadBytes];
        head[0] = FormatVersion;
        BinaryPrimitives.WriteInt64LittleEndian(head[1..], revision);
        BinaryPrimitives.WriteInt32LittleEndian(head[9..], entries.Count);
        destination.Write(head[..HeadBytes]);

        foreach (var entry in entries.From(ReadOnlyMemory<byte>.Empty))
        {
            BinaryPrimitives.WriteInt64LittleEndian(head, entry.Version.CreateRevision);
            BinaryPrimitives.WriteInt64LittleEndian(head[8..], entry.Version.ModRevision);
            BinaryPrimitives.WriteInt64LittleEndian(head[16..], entry.Version.Version);
            BinaryPrimitives.WriteUInt16LittleEndian(head[24..], (ushort)entry.Key.Length);
            BinaryPrimitives.WriteInt32LittleEndian(head[26..], entry.Value.Length);
            destination.Write(head);
            destination.Write(entry.Key);
            destination.Write(entry.Value);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    /// <summary>Reads what <see cref="WriteTo"/> wrote, to the stream's end.</summary>
    /// <exception cref="InvalidDataException">The bytes are no store, or one of an unknown version.</exception>
    public static (long Revision, EntryTree Entries) Read(Stream snapshot)
    {
        try
        {
            return new Reader(snapshot).Read();
        }
        catch (EndOfStreamException e)
        {
            throw new InvalidDataException("The key-value snapshot ends before all that it announces.", e);
        }
    }

    private sealed class Reader(Stream snapshot)
    {
        private readonly byte[] _head = new byte[EntryHeadBytes];
        private long _revision;
        private byte[] _lastKey = [];

        public (long Revision, EntryTree Entries) Read()
        {
            var version = snapshot.ReadByte();
            Require(version == FormatVersion,
                $"has format version {version}; this program knows version {FormatVersion}");
            snapshot.ReadExactly(_head, 0, HeadBytes - 1);
            _revision = BinaryPrimitives.ReadInt64LittleEndian(_head);
            var count = BinaryPrimitives.ReadUInt32LittleEndian(_head.AsSpan(8));
            Require(_revision >= (count > 0 ? 1 : 0) && count <= int.MaxValue,
                $"has revision {_revision} and {count} keys");

            var entries = EntryTree.FromSorted((int)count, ReadEntry);
            Require(snapshot.ReadByte() < 0, "goes on behind its end");
            return (_revision, entries);
        }

        private StoredEntry ReadEntry()
        {
            snapshot.ReadExactly(_head);
            var version = new KeyVersion(
                BinaryPrimitives.ReadInt64LittleEndian(_head),
                BinaryPrimitives.ReadInt64LittleEndian(_head.AsSpan(8)),
                BinaryPrimitives.ReadInt64LittleEndian(_head.AsSpan(16)));
            Require(version.CreateRevision >= 1 && version.ModRevision >= version.CreateRevision
                && version.ModRevision <= _revision && version.Version >= 1,
                $"has a key of {version} at revision {_revision}");

            var keyBytes = BinaryPrimitives.ReadUInt16LittleEndian(_head.AsSpan(24));
            var valueBytes = BinaryPrimitives.ReadUInt32LittleEndian(_head.AsSpan(26));
            Require(keyBytes is > 0 and <= KeyValueLimits.KeyBytesMax && valueBytes <= KeyValueLimits.ValueBytesMax,
                $"has a key of {keyBytes} bytes with a value of {valueBytes} bytes");

            var key = ReadBytes(keyBytes);
            Require(key.AsSpan().SequenceCompareTo(_lastKey) > 0, "has keys that are not in order");
            _lastKey = key;
            return new StoredEntry(key, ReadBytes((int)valueBytes), version);
        }

        private byte[] ReadBytes(int length)
        {
            var bytes = GC.AllocateUninitializedArray<byte>(Math.Min(length, PieceBytes));
            for (var at = 0; at < length; at = bytes.Length)
            {
                if (at > 0) Array.Resize(ref bytes, Math.Min(length, 2 * at));
                snapshot.ReadExactly(bytes, at, bytes.Length - at);
            }

            return bytes;
        }

        private static void Require(bool condition, string otherwise)
        {
            if (!condition) throw new InvalidDataException($"The key-value snapshot {otherwise}.");
        }
    }
}
