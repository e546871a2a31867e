using System.Text;

namespace RaftAkka.Wire;

/// <summary>
/// Reads the protobuf fields of a message that carries bulk, as views of the bytes that came: nothing is
/// copied, and every length is compared with what is there before it is used. Fields that it is not asked for
/// are skipped, so that a later release can add some.
/// </summary>
internal ref struct ProtoReader(string manifest, ReadOnlyMemory<byte> message)
{
    public const int Varint = 0;
    public const int Fixed64 = 1;
    public const int Bytes = 2;
    public const int Fixed32 = 5;

    private const int VarintBytesMax = 10;

    private readonly ReadOnlySpan<byte> _span = message.Span;
    private int _at;

    /// <summary>Goes to the next field; false at the message's end.</summary>
    public bool Next(out int tag)
    {
        tag = 0;
        if (_at == _span.Length) return false;

        var number = ReadVarint();
        if (number is < 8 or > int.MaxValue) throw Malformed("a field has no valid number");
        tag = (int)number;
        return true;
    }

    public ulong ReadVarint()
    {
        ulong value = 0;
        for (var i = 0; i < VarintBytesMax; i++)
        {
            if (_at == _span.Length) throw Malformed("it ends within a number");
            var b = _span[_at++];
            value |= (ulong)(b & 0x7f) << (7 * i);
            if (b < 0x80) return value;
        }

        throw Malformed("a number is longer than 64 bits");
    }

    /// <summary>A number that counts up from zero: a term, an index, a sequence number.</summary>
    public long ReadNumber(string name) => Fields.Number(manifest, name, (long)ReadVarint());

    public ReadOnlyMemory<byte> ReadBytes()
    {
        var length = ReadVarint();
        if (length > (ulong)(_span.Length - _at)) throw Malformed("a field is longer than the message");
        var bytes = message.Slice(_at, (int)length);
        _at += (int)length;
        return bytes;
    }

    /// <summary>A name: a text of a few characters, or it is refused before it is made.</summary>
    public string ReadName()
    {
        var bytes = ReadBytes().Span;
        if (bytes.Length > WireLimits.NameLengthMax) throw Malformed("a name is too long");
        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>Passes over the value of a field.</summary>
    public void Skip(int tag)
    {
        switch (tag & 7)
        {
            case Varint:  ReadVarint();     break;
            case Bytes:   ReadBytes();      break;
            case Fixed64: SkipFixed(8);     break;
            case Fixed32: SkipFixed(4);     break;
            default: throw Malformed("a field has an unknown wire type");
        }
    }

    private void SkipFixed(int bytes)
    {
        if (bytes > _span.Length - _at) throw Malformed("it ends within a number");
        _at += bytes;
    }

    private readonly WireFormatException Malformed(string facts) => new(manifest, facts);
}
