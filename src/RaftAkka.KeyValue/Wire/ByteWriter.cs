using System.Buffers.Binary;

namespace RaftAkka.KeyValue.Wire;

/// <summary>
/// Fills an array of a size that its caller has counted; <see cref="Done"/> holds that it counted right.
/// </summary>
internal ref struct ByteWriter(int length)
{
    private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(length);
    private int _at;

    public void U8(byte value) => Next(1)[0] = value;

    public void U16(int value) => BinaryPrimitives.WriteUInt16LittleEndian(Next(2), (ushort)value);

    public void U32(int value) => BinaryPrimitives.WriteInt32LittleEndian(Next(4), value);

    public void I64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Next(8), value);

    public void Flag(bool value) => U8(value ? (byte)1 : (byte)0);

    public void Key(ReadOnlySpan<byte> key)
    {
        U16(key.Length);
        key.CopyTo(Next(key.Length));
    }

    public void Value(ReadOnlySpan<byte> value)
    {
        U32(value.Length);
        value.CopyTo(Next(value.Length));
    }

    public readonly byte[] Done() =>
        _at == _bytes.Length
            ? _bytes
            : throw new InvalidOperationException($"Wrote {_at} of {_bytes.Length} bytes that were counted.");

    private Span<byte> Next(int count)
    {
        var span = _bytes.AsSpan(_at, count);
        _at += count;
        return span;
    }
}
