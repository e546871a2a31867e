using System.Buffers;
using System.Buffers.Binary;

namespace RaftAkka.Tcp;

/// <summary>
/// Frames that wait to be sent, in chunks from the array pool: a queue that is empty holds no memory, and a long one
/// no large array. Not thread-safe.
/// </summary>
internal sealed class SendQueue
{
    /// <summary>The size of a full chunk: what one call to the socket takes at most.</summary>
    public const int ChunkBytes = 64 * 1024;

    private const int FirstChunkBytes = 4 * 1024;

    private readonly Queue<Chunk> _full = new();
    private byte[] _tail = [];
    private int _tailCount;

    /// <summary>The bytes that wait.</summary>
    public long Count { get; private set; }

    /// <summary>Adds a frame: its length in four bytes, then the payload.</summary>
    public void Add(ReadOnlySpan<byte> payload, bool littleEndian)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        if (littleEndian) BinaryPrimitives.WriteInt32LittleEndian(length, payload.Length);
        else BinaryPrimitives.WriteInt32BigEndian(length, payload.Length);

        GrowTailFor(length.Length + payload.Length);
        Append(length);
        Append(payload);
        Count += length.Length + payload.Length;
    }

    /// <summary>Takes the oldest bytes; false where none wait. The taker gives them back with <see cref="Return"/>.</summary>
    public bool TryTake(out Chunk chunk)
    {
        if (!_full.TryDequeue(out chunk))
        {
            if (_tailCount == 0) return false;

            chunk = new Chunk(_tail, _tailCount);
            (_tail, _tailCount) = ([], 0);
        }

        Count -= chunk.Count;
        return true;
    }

    /// <summary>Gives a chunk back to the pool, once nobody reads or writes it.</summary>
    public static void Return(Chunk chunk) => ArrayPool<byte>.Shared.Return(chunk.Bytes);

    /// <summary>Drops everything that waits.</summary>
    public void Clear()
    {
        while (TryTake(out var chunk)) Return(chunk);
        if (_tail.Length > 0) ArrayPool<byte>.Shared.Return(_tail);
        _tail = [];
        _full.TrimExcess();
    }

    private void GrowTailFor(int bytes)
    {
        var wanted = Math.Min(_tailCount + bytes, ChunkBytes);
        if (wanted <= _tail.Length) return;

        var old = _tail;
        _tail = ArrayPool<byte>.Shared.Rent(Math.Min(ChunkBytes, Math.Max(wanted, Math.Max(2 * old.Length, FirstChunkBytes))));
        old.AsSpan(0, _tailCount).CopyTo(_tail);
        if (old.Length > 0) ArrayPool<byte>.Shared.Return(old);
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            if (_tail.Length == 0) _tail = ArrayPool<byte>.Shared.Rent(ChunkBytes);
            var some = Math.Min(bytes.Length, _tail.Length - _tailCount);
            bytes[..some].CopyTo(_tail.AsSpan(_tailCount));
            _tailCount += some;
            bytes = bytes[some..];
            if (_tailCount < _tail.Length || _tail.Length < ChunkBytes) continue;

            _full.Enqueue(new Chunk(_tail, _tailCount));
            (_tail, _tailCount) = ([], 0);
        }
    }

    /// <summary>Bytes of an array from the pool.</summary>
    internal readonly record struct Chunk(byte[] Bytes, int Count);
}
