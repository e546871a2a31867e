namespace RaftAkka.KeyValue.Wire;

/// <summary>
/// What a request asks for. The numbers are part of the format; one is never used for something else.
/// </summary>
internal enum Operation : byte
{
    None = 0,
    Put = 1,
    Delete = 2,
    SwapIfValue = 3,
    SwapIfRevision = 4,
    Get = 16,
    List = 17,
}

/// <summary>
/// A command or a query. All numbers are little-endian; a key is a u16 length and its bytes, a value a u32
/// length and its bytes, a flag a byte 0 or 1:
/// <code>
/// u8 version of this format, 1
/// u8 operation
/// Put             key, value
/// Delete          key
/// SwapIfValue     key, flag (whether a value is expected), if so the expected value, the new value
/// SwapIfRevision  key, i64 expected mod revision (0: the key is to be absent), the new value
/// Get             key
/// List            prefix (a key, may be empty), key to begin with (empty: the first), u32 most entries
/// </code>
/// </summary>
internal readonly ref struct Request
{
    private const byte FormatVersion = 1;
    private const int HeaderBytes = 2;

    public Operation Operation { get; private init; }

    /// <summary>The key, or the prefix of a list.</summary>
    public ReadOnlySpan<byte> Key { get; private init; }

    /// <summary>The value to put.</summary>
    public ReadOnlySpan<byte> Value { get; private init; }

    /// <summary>Whether a swap by value expects a value, rather than that the key is absent.</summary>
    public bool ExpectsValue { get; private init; }

    public ReadOnlySpan<byte> ExpectedValue { get; private init; }

    public long ExpectedModRevision { get; private init; }

    /// <summary>The key that a page begins with.</summary>
    public ReadOnlySpan<byte> From { get; private init; }

    /// <summary>The most entries of a page.</summary>
    public uint Limit { get; private init; }

    public static byte[] Put(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        var writer = Begin(Operation.Put, KeyBytes(key) + ValueBytes(value));
        writer.Key(key);
        writer.Value(value);
        return writer.Done();
    }

    public static byte[] Delete(ReadOnlySpan<byte> key)
    {
        var writer = Begin(Operation.Delete, KeyBytes(key));
        writer.Key(key);
        return writer.Done();
    }

    public static byte[] SwapIfValue(
        ReadOnlySpan<byte> key, ReadOnlySpan<byte> expected, ReadOnlySpan<byte> value)
    {
        var writer = Begin(
            Operation.SwapIfValue, KeyBytes(key) + 1 + ValueBytes(expected) + ValueBytes(value));
        writer.Key(key);
        writer.Flag(true);
        writer.Value(expected);
        writer.Value(value);
        return writer.Done();
    }

    public static byte[] SwapIfAbsent(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        var writer = Begin(Operation.SwapIfValue, KeyBytes(key) + 1 + ValueBytes(value));
        writer.Key(key);
        writer.Flag(false);
        writer.Value(value);
        return writer.Done();
    }

    public static byte[] SwapIfRevision(
        ReadOnlySpan<byte> key, long expectedModRevision, ReadOnlySpan<byte> value)
    {
        var writer = Begin(Operation.SwapIfRevision, KeyBytes(key) + sizeof(long) + ValueBytes(value));
        writer.Key(key);
        writer.I64(expectedModRevision);
        writer.Value(value);
        return writer.Done();
    }

    public static byte[] Get(ReadOnlySpan<byte> key)
    {
        var writer = Begin(Operation.Get, KeyBytes(key));
        writer.Key(key);
        return writer.Done();
    }

    /// <summary>The key in what <see cref="Get"/> has written.</summary>
    public static ReadOnlyMemory<byte> KeyOfGet(byte[] query) => query.AsMemory(HeaderBytes + sizeof(ushort));

    public static byte[] List(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> from, int limit)
    {
        var writer = Begin(Operation.List, KeyBytes(prefix) + KeyBytes(from) + sizeof(uint));
        writer.Key(prefix);
        writer.Key(from);
        writer.U32(limit);
        return writer.Done();
    }

    /// <summary>
    /// Reads a request; it keeps views of <paramref name="bytes"/>. Limits are the machine's to check.
    /// </summary>
    /// <returns>Whether the bytes were exactly one request.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out Request request)
    {
        request = default;
        var reader = new ByteReader(bytes);
        if (reader.U8() != FormatVersion) return false;

        var decoded = (Operation)reader.U8() switch
        {
            Operation.Put => new Request
            {
                Operation = Operation.Put, Key = reader.Key(), Value = reader.Value(),
            },
            Operation.Delete => new Request { Operation = Operation.Delete, Key = reader.Key() },
            Operation.SwapIfValue => ReadSwapIfValue(ref reader),
            Operation.SwapIfRevision => ReadSwapIfRevision(ref reader),
            Operation.Get => new Request { Operation = Operation.Get, Key = reader.Key() },
            Operation.List => ReadList(ref reader),
            _ => default,
        };
        if (decoded.Operation == Operation.None || !reader.EndsHere) return false;

        request = decoded;
        return true;
    }

    /// <summary>Reads a put, the most frequent request, without making room for what only others have.</summary>
    /// <returns>Whether the bytes were exactly one put.</returns>
    public static bool TryDecodePut(
        ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value)
    {
        var reader = new ByteReader(bytes);
        var isPut = reader.U8() == FormatVersion && reader.U8() == (byte)Operation.Put;
        key = reader.Key();
        value = reader.Value();
        return isPut && reader.EndsHere;
    }

    // Initializers run in the order in which they stand, which is the order of the fields on the wire.
    private static Request ReadSwapIfValue(scoped ref ByteReader reader)
    {
        var key = reader.Key();
        var expectsValue = reader.Flag();
        return new Request
        {
            Operation = Operation.SwapIfValue,
            Key = key,
            ExpectsValue = expectsValue,
            ExpectedValue = expectsValue ? reader.Value() : default,
            Value = reader.Value(),
        };
    }

    private static Request ReadSwapIfRevision(scoped ref ByteReader reader) => new()
    {
        Operation = Operation.SwapIfRevision,
        Key = reader.Key(),
        ExpectedModRevision = reader.I64(),
        Value = reader.Value(),
    };

    private static Request ReadList(scoped ref ByteReader reader) => new()
    {
        Operation = Operation.List,
        Key = reader.Key(),
        From = reader.Key(),
        Limit = reader.U32(),
    };

    private static ByteWriter Begin(Operation operation, int bodyBytes)
    {
        var writer = new ByteWriter(HeaderBytes + bodyBytes);
        writer.U8(FormatVersion);
        writer.U8((byte)operation);
        return writer;
    }

    private static int KeyBytes(ReadOnlySpan<byte> key) => sizeof(ushort) + key.Length;

    private static int ValueBytes(ReadOnlySpan<byte> value) => sizeof(uint) + value.Length;
}
