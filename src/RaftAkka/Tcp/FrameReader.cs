using System.Buffers.Binary;

namespace RaftAkka.Tcp;

/// <summary>What has arrived on a connection, cut into frames: four bytes of length, and a payload.</summary>
internal sealed class FrameReader(int frameBytesMax, bool littleEndian)
{
    public const int UsualBytes = 64 * 1024;

    private const int LengthBytes = sizeof(int);

    private byte[] _bytes = new byte[UsualBytes];
    private int _count;
    private int _taken;

    /// <summary>What there is of a frame.</summary>
    public enum Found
    {
        /// <summary>Not all of it yet.</summary>
        Part,

        /// <summary>All of it.</summary>
        Whole,

        /// <summary>A length that no frame has; what follows has no meaning.</summary>
        WrongLength,
    }

    /// <summary>Where to put what arrives next: never empty.</summary>
    public ArraySegment<byte> Free => new(_bytes, _count, _bytes.Length - _count);

    /// <summary>So many bytes were put at the beginning of <see cref="Free"/>.</summary>
    public void Add(int bytes) => _count += bytes;

    /// <summary>Forgets what arrived.</summary>
    public void Clear() => (_count, _taken) = (0, 0);

    /// <summary>The next frame. To be called until it finds a part only; that makes room for the rest.</summary>
    /// <param name="length">The payload's announced length, as far as that has arrived.</param>
    /// <param name="payload">The payload of a whole frame, until the next call.</param>
    public Found Next(out int length, out ReadOnlySpan<byte> payload)
    {
        payload = [];
        length = 0;
        var there = _count - _taken;
        if (there >= LengthBytes)
        {
            length = LengthAt(_taken);
            if (length < 0 || length > frameBytesMax) return Found.WrongLength;

            if (there - LengthBytes >= length)
            {
                payload = _bytes.AsSpan(_taken + LengthBytes, length);
                _taken += LengthBytes + length;
                return Found.Whole;
            }
        }

        MakeRoomFor(LengthBytes + length);
        return Found.Part;
    }

    private int LengthAt(int at)
    {
        var bytes = _bytes.AsSpan(at, LengthBytes);
        return littleEndian ? BinaryPrimitives.ReadInt32LittleEndian(bytes) : BinaryPrimitives.ReadInt32BigEndian(bytes);
    }

    // The part moves to the front. A large frame gets room as it arrives, not as it is announced, for anybody can announce
    // one; and its room is given back.
    private void MakeRoomFor(int frameBytes)
    {
        var old = _bytes;
        var rest = _count - _taken;
        var room = frameBytes <= UsualBytes ? UsualBytes
            : rest == old.Length ? Math.Min(frameBytes, 2 * old.Length)
            : old.Length;
        if (old.Length != room) _bytes = new byte[room];
        if (rest > 0 && (_taken > 0 || _bytes != old)) Buffer.BlockCopy(old, _taken, _bytes, 0, rest);
        (_count, _taken) = (rest, 0);
    }
}
