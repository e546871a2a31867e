namespace RaftAkka.KeyValue.Wire;

/// <summary>
/// Reads what <see cref="Reply"/> writes. Null is an answer that no key-value machine of this version gives
/// to that request. Keys and values are copies, so that keeping one does not keep the page it came with.
/// </summary>
internal static class ReplyReader
{
    public static ReplyStatus? Status(ReadOnlyMemory<byte> bytes) =>
        bytes.Span is [Reply.FormatVersion, <= (byte)ReplyStatus.ValueOutOfLimits and var status, ..]
            ? (ReplyStatus)status
            : null;

    public static KeyVersion? Put(ReadOnlyMemory<byte> bytes)
    {
        var reader = Body(bytes);
        var version = Version(ref reader);
        return reader.EndsHere ? version : null;
    }

    public static DeleteResult? Delete(ReadOnlyMemory<byte> bytes)
    {
        var reader = Body(bytes);
        var result = new DeleteResult(reader.Flag(), reader.I64());
        return reader.EndsHere ? result : null;
    }

    public static CompareAndSwapResult? Swap(ReadOnlyMemory<byte> bytes)
    {
        var reader = Body(bytes);
        var swapped = reader.Flag();
        var revision = reader.I64();
        KeyVersion? version = reader.Flag() ? Version(ref reader) : null;
        // Nullable by hand: a null array would become an empty value rather than none.
        var value = reader.Flag() ? (ReadOnlyMemory<byte>?)reader.Value().ToArray() : null;
        return reader.EndsHere ? new CompareAndSwapResult(swapped, revision, version, value) : null;
    }

    /// <summary>Whether it was an answer to a get; the entry is null where the key is absent.</summary>
    public static bool TryGet(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> bytes, out KeyValueEntry? entry)
    {
        entry = null;
        var reader = Body(bytes);
        _ = reader.I64();
        if (reader.Flag())
        {
            var version = Version(ref reader);
            entry = new KeyValueEntry(key, reader.Value().ToArray(), version);
        }

        return reader.EndsHere;
    }

    public static KeyValuePage? List(ReadOnlyMemory<byte> bytes)
    {
        var reader = Body(bytes);
        var revision = reader.I64();
        var count = reader.U32();
        if (count > KeyValueLimits.PageEntriesMax) return null;

        var entries = new KeyValueEntry[count];
        for (var i = 0; i < entries.Length; i++)
        {
            var key = reader.Key().ToArray();
            var version = Version(ref reader);
            entries[i] = new KeyValueEntry(key, reader.Value().ToArray(), version);
        }

        var next = reader.Key().ToArray();
        if (!reader.EndsHere) return null;
        return new KeyValuePage(revision, entries, next.Length == 0 ? null : (ReadOnlyMemory<byte>?)next);
    }

    private static ByteReader Body(ReadOnlyMemory<byte> bytes)
    {
        // Past version and status, which Status has read.
        var reader = new ByteReader(bytes.Span);
        _ = reader.U16();
        return reader;
    }

    private static KeyVersion Version(ref ByteReader reader) => new(reader.I64(), reader.I64(), reader.I64());
}
