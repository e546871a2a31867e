namespace RaftAkka.KeyValue;

/// <summary>The limits, as the client checks them before anything is sent.</summary>
internal static class Check
{
    public static void Key(ReadOnlyMemory<byte> key)
    {
        if (key.IsEmpty)
            throw new ArgumentException("A key has at least one byte; this one is empty.", nameof(key));
        LengthOf(key, "A key", nameof(key));
    }

    public static void Prefix(ReadOnlyMemory<byte> prefix) => LengthOf(prefix, "A prefix", nameof(prefix));

    public static void From(ReadOnlyMemory<byte> from) => LengthOf(from, "A key to begin with", nameof(from));

    public static void Value(ReadOnlyMemory<byte> value)
    {
        if (value.Length > KeyValueLimits.ValueBytesMax)
            throw new ArgumentException(
                $"A value may have {KeyValueLimits.ValueBytesMax} bytes; this one has {value.Length}. " +
                "Nothing was sent. Store it in pieces, or elsewhere under a name that you store here.",
                nameof(value));
    }

    public static void Values(byte[]? expected, ReadOnlyMemory<byte> value)
    {
        var both = (expected?.Length ?? 0) + (long)value.Length;
        if (both > KeyValueLimits.ValueBytesMax)
            throw new ArgumentException(
                $"The expected and the new value may have {KeyValueLimits.ValueBytesMax} bytes together; " +
                $"these have {both}. Nothing was sent. Compare by the key's mod revision instead.",
                nameof(value));
    }

    private static void LengthOf(ReadOnlyMemory<byte> key, string what, string parameter)
    {
        if (key.Length > KeyValueLimits.KeyBytesMax)
            throw new ArgumentException(
                $"{what} may have {KeyValueLimits.KeyBytesMax} bytes; this one has {key.Length}. " +
                "Nothing was sent.",
                parameter);
    }
}
