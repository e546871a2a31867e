using System.Buffers.Binary;

namespace RaftAkka.Inbound;

/// <summary>
/// Reads the fields of a protobuf message where they are, without copying. It is stricter than protobuf: each field comes
/// at most once. Protobuf merges a second one into the first, so what was checked would not be what is read.
/// </summary>
internal ref struct ProtoFields(ReadOnlySpan<byte> message)
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int LengthDelimited = 2;
    private const int Fixed32 = 5;

    private ReadOnlySpan<byte> _rest = message;
    private ulong _seen;

    /// <summary>The number of the current field.</summary>
    public int Field { get; private set; }

    /// <summary>The current field's number, where it is one.</summary>
    public ulong Number { get; private set; }

    /// <summary>The current field's bytes, where it has a length.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>Whether the bytes are no message, or have a field twice.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>The field that may come more than once; 0 for none.</summary>
    public int Repeated { get; init; }

    /// <summary>Moves to the next field; false at the end, and where the message is malformed.</summary>
    public bool Next()
    {
        if (_rest.Length == 0) return false;

        IsMalformed = !TryNext();
        return !IsMalformed;
    }

    private bool TryNext()
    {
        if (!TryVarint(out var tag) || tag > uint.MaxValue || tag >> 3 == 0) return false;

        Field = (int)(tag >> 3);
        if (Field < 64 && Field != Repeated)
        {
            if ((_seen & (1UL << Field)) != 0) return false;
            _seen |= 1UL << Field;
        }

        Number = 0;
        Bytes = default;
        switch ((int)(tag & 7))
        {
            case Varint:
                if (!TryVarint(out var number)) return false;
                Number = number;
                return true;

            case Fixed64:
                if (_rest.Length < sizeof(ulong)) return false;
                Number = BinaryPrimitives.ReadUInt64LittleEndian(_rest);
                _rest = _rest[sizeof(ulong)..];
                return true;

            case LengthDelimited:
                if (!TryVarint(out var length) || length > (ulong)_rest.Length) return false;
                Bytes = _rest[..(int)length];
                _rest = _rest[(int)length..];
                return true;

            case Fixed32:
                if (_rest.Length < sizeof(uint)) return false;
                Number = BinaryPrimitives.ReadUInt32LittleEndian(_rest);
                _rest = _rest[sizeof(uint)..];
                return true;

            default:
                return false;   // Groups: nothing here has them.
        }
    }

    private bool TryVarint(out ulong value)
    {
        value = 0;
        for (var at = 0; at < _rest.Length && at < 10; at++)
        {
            value |= (ulong)(_rest[at] & 0x7f) << (7 * at);
            if (_rest[at] < 0x80)
            {
                _rest = _rest[(at + 1)..];
                return true;
            }
        }

        return false;
    }
}
