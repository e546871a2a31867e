using System.Numerics;
using System.Text;

namespace RaftAkka.Wire;

/// <summary>
/// Writes protobuf fields into bytes of a size computed before, for the messages that carry bulk. Like the
/// generated code it leaves out fields that have their default value, and takes field numbers in rising
/// order.
/// </summary>
internal ref struct ProtoWriter(Span<byte> destination)
{
    private Span<byte> _rest = destination;

    /// <summary>The bytes of a message, of exactly its size, as Akka wants them.</summary>
    /// <exception cref="WireFormatException">The message is larger than a frame takes.</exception>
    public static byte[] Allocate(string manifest, long size) =>
        size <= WireLimits.MessageBytesMax
            ? GC.AllocateUninitializedArray<byte>((int)size)
            : throw new WireFormatException(
                manifest, $"it has {size} bytes, and a message takes {WireLimits.MessageBytesMax} at most");

    public static int VarintBytes(ulong value) => (BitOperations.Log2(value | 1) + 7) / 7;

    public static int NumberFieldBytes(long value) => value == 0 ? 0 : 1 + VarintBytes((ulong)value);

    public static int BytesFieldBytes(int length) => length == 0 ? 0 : NestedFieldBytes(length);

    public static int TextFieldBytes(string text) => BytesFieldBytes(Encoding.UTF8.GetByteCount(text));

    /// <summary>Unlike other fields, a nested message is there even if it is empty.</summary>
    public static int NestedFieldBytes(int length) => 1 + VarintBytes((uint)length) + length;

    public void NumberField(int field, long value)
    {
        if (value == 0) return;
        Tag(field, ProtoReader.Varint);
        Varint((ulong)value);
    }

    public void TextField(int field, string text)
    {
        if (text.Length == 0) return;
        StartBytes(field, Encoding.UTF8.GetByteCount(text));
        _rest = _rest[Encoding.UTF8.GetBytes(text, _rest)..];
    }

    public void BytesField(int field, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return;
        StartBytes(field, bytes.Length);
        bytes.CopyTo(_rest);
        _rest = _rest[bytes.Length..];
    }

    /// <summary>Starts a field of some bytes, or a nested message; the caller writes them next.</summary>
    public void StartBytes(int field, int length)
    {
        Tag(field, ProtoReader.Bytes);
        Varint((uint)length);
    }

    /// <summary>The next <paramref name="length"/> bytes, for the caller to fill.</summary>
    public Span<byte> Take(int length)
    {
        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }

    /// <summary>The message is written. Its bytes were not zeroed, so none may be left over.</summary>
    public readonly void ExpectFull()
    {
        if (!_rest.IsEmpty) throw new InvalidOperationException("a message's size was computed wrongly");
    }

    // Field numbers up to 15 have tags of one byte; the messages that are written here have no others.
    private void Tag(int field, int wireType)
    {
        _rest[0] = (byte)(field << 3 | wireType);
        _rest = _rest[1..];
    }

    private void Varint(ulong value)
    {
        var at = 0;
        for (; value >= 0x80; value >>= 7) _rest[at++] = (byte)(value | 0x80);
        _rest[at++] = (byte)value;
        _rest = _rest[at..];
    }
}
