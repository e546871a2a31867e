using System.Buffers.Binary;

namespace RaftAkka.KeyValue.Wire;

/// <summary>
/// Reads bytes that anybody may have made up. The first thing that is not there fails the reader for good;
/// from then on it hands out zeros, so that a decoder reads to its end and asks once.
/// </summary>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;
    private bool _failed;

    /// <summary>Whether everything asked for was there, and nothing else.</summary>
    public readonly bool EndsHere => !_failed && _rest.IsEmpty;

    public byte U8() => Take(1) is [var value] ? value : (byte)0;

    public ushort U16() =>
        Take(2) is { Length: 2 } taken ? BinaryPrimitives.ReadUInt16LittleEndian(taken) : (ushort)0;

    public uint U32() =>
        Take(4) is { Length: 4 } taken ? BinaryPrimitives.ReadUInt32LittleEndian(taken) : 0;

    public long I64() =>
        Take(8) is { Length: 8 } taken ? BinaryPrimitives.ReadInt64LittleEndian(taken) : 0;

    /// <summary>A truth value; anything but 0 and 1 fails, so that one content has one encoding.</summary>
    public bool Flag()
    {
        var value = U8();
        if (value > 1) _failed = true;
        return value == 1;
    }

    public ReadOnlySpan<byte> Key() => Take(U16());

    public ReadOnlySpan<byte> Value() => Take(U32());

    private ReadOnlySpan<byte> Take(uint length)
    {
        if (_failed || length > _rest.Length)
        {
            _failed = true;
            return default;
        }

        var taken = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return taken;
    }
}
