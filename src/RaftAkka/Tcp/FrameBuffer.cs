using System.Buffers.Binary;

namespace RaftAkka.Tcp;

/// <summary>Frames that are to be sent together.</summary>
internal sealed class FrameBuffer
{
    private const int KeptBytesMax = 256 * 1024;

    /// <summary>The frames' bytes, as far as <see cref="Count"/> says.</summary>
    public byte[] Bytes { get; private set; } = [];

    public int Count { get; private set; }

    public void Add(ReadOnlySpan<byte> payload, bool littleEndian)
    {
        var needed = Count + sizeof(int) + payload.Length;
        if (needed > Bytes.Length)
        {
            var larger = new byte[Math.Max(needed, Math.Max(2 * Bytes.Length, 4096))];
            Buffer.BlockCopy(Bytes, 0, larger, 0, Count);
            Bytes = larger;
        }

        var free = Bytes.AsSpan(Count);
        if (littleEndian) BinaryPrimitives.WriteInt32LittleEndian(free, payload.Length);
        else BinaryPrimitives.WriteInt32BigEndian(free, payload.Length);
        payload.CopyTo(free[sizeof(int)..]);
        Count = needed;
    }

    /// <summary>Empties it. After a flood it gives back what it took.</summary>
    public void Clear()
    {
        Count = 0;
        if (Bytes.Length > KeptBytesMax) Bytes = [];
    }
}
