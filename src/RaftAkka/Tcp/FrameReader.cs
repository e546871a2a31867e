using System.Buffers;
using System.Buffers.Binary;

namespace RaftAkka.Tcp;

/// <summary>
/// Cuts the bytes that arrive on a connection into frames: four bytes of length, and a payload. Its buffer is small while
/// little arrives, and has a frame's size only once so much of the frame has arrived.
/// </summary>
internal sealed class FrameReader(int frameBytesMax, bool littleEndian)
{
    /// <summary>The buffer of a connection on which little arrives.</summary>
    public const int IdleBytes = 4 * 1024;

    /// <summary>The buffer of a connection on which much arrives.</summary>
    public const int UsualBytes = 64 * 1024;

    private const int LengthBytes = sizeof(int);

    // So many small reads in a row say that the connection is idle: one says nothing, the end of a burst is small too.
    private const int SmallReadsBeforeIdle = 4;

    private byte[] _bytes = [];
    private int _count;
    private int _taken;
    private int _smallReads;

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

    /// <summary>The most bytes of a frame's payload from now on.</summary>
    public int FrameBytesMax { get; set; } = frameBytesMax;

    /// <summary>The buffer's size in bytes.</summary>
    public int Held => _bytes.Length;

    /// <summary>Where to put what arrives next: never empty.</summary>
    public ArraySegment<byte> Free
    {
        get
        {
            if (_bytes.Length == 0) _bytes = ArrayPool<byte>.Shared.Rent(IdleBytes);
            return new ArraySegment<byte>(_bytes, _count, _bytes.Length - _count);
        }
    }

    /// <summary>So many bytes were put at the beginning of <see cref="Free"/>.</summary>
    public void Add(int bytes)
    {
        _count += bytes;
        _smallReads = bytes < IdleBytes ? _smallReads + 1 : 0;
    }

    /// <summary>Forgets what arrived, and gives the buffer back. Nothing may write into it any more.</summary>
    public void Release()
    {
        Return(_bytes);
        (_bytes, _count, _taken) = ([], 0, 0);
    }

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
            if (length < 0 || length > FrameBytesMax) return Found.WrongLength;

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

    // The part moves to the front. A frame gets room as it arrives, not as it is announced, for anybody can announce
    // a large one; and its room is given back.
    private void MakeRoomFor(int frameBytes)
    {
        var old = _bytes;
        var rest = _count - _taken;
        var room = RoomFor(frameBytes, rest);
        if (old.Length != room) _bytes = Rent(room);
        if (rest > 0 && (_taken > 0 || _bytes != old)) Buffer.BlockCopy(old, _taken, _bytes, 0, rest);
        if (_bytes != old) Return(old);
        (_count, _taken) = (rest, 0);
    }

    private int RoomFor(int frameBytes, int rest)
    {
        if (_bytes.Length == 0) return 0;

        var isFull = _count == _bytes.Length;
        if (frameBytes > UsualBytes)
            return rest == _bytes.Length ? Math.Min(frameBytes, Math.Max(2 * _bytes.Length, UsualBytes)) : _bytes.Length;
        if (_bytes.Length > UsualBytes) return UsualBytes;
        if (_bytes.Length == UsualBytes)
            return _smallReads >= SmallReadsBeforeIdle && rest < IdleBytes ? IdleBytes : UsualBytes;
        return isFull ? UsualBytes : _bytes.Length;
    }

    // Only the usual sizes come from the pool: it would keep the larger ones.
    private static byte[] Rent(int bytes) => bytes switch
    {
        0 => [],
        <= UsualBytes => ArrayPool<byte>.Shared.Rent(bytes),
        _ => new byte[bytes],
    };

    private static void Return(byte[] bytes)
    {
        if (bytes.Length is > 0 and <= UsualBytes) ArrayPool<byte>.Shared.Return(bytes);
    }
}
