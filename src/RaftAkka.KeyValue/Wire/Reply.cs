using RaftAkka.KeyValue.Storage;

namespace RaftAkka.KeyValue.Wire;

/// <summary>
/// How a request ended. The numbers are part of the format; one is never used for something else.
/// </summary>
internal enum ReplyStatus : byte
{
    Done = 0,

    /// <summary>
    /// The bytes were no request, or a query where a command belongs, or the other way round.
    /// </summary>
    Malformed = 1,

    KeyOutOfLimits = 2,
    ValueOutOfLimits = 3,
}

/// <summary>
/// The machine's results, with the numbers, keys, values and flags of <see cref="Request"/>. Three i64 are a
/// key's create revision, mod revision and version:
/// <code>
/// u8 version of this format, 1
/// u8 status; unless it is Done, nothing follows
/// Put     three i64; the mod revision is the store's
/// Delete  flag (deleted), i64 revision of the store
/// Swap…   flag (swapped), i64 revision of the store, flag (present), if so three i64,
///         flag (value follows), if so the value
/// Get     i64 revision of the store, flag (present), if so three i64 and the value
/// List    i64 revision of the store, u32 entries: for each key, three i64, value;
///         then the key that the next page begins with, empty on the last one
/// </code>
/// </summary>
internal static class Reply
{
    public const byte FormatVersion = 1;

    private const int HeaderBytes = 2;
    private const int VersionBytes = 3 * sizeof(long);

    public static byte[] Refused(ReplyStatus status) => [FormatVersion, (byte)status];

    public static byte[] Put(KeyVersion version)
    {
        var writer = Begin(VersionBytes);
        Write(ref writer, version);
        return writer.Done();
    }

    public static byte[] Delete(bool deleted, long revision)
    {
        var writer = Begin(1 + sizeof(long));
        writer.Flag(deleted);
        writer.I64(revision);
        return writer.Done();
    }

    public static byte[] Swapped(long revision, KeyVersion version) =>
        Swap(swapped: true, revision, version, value: null);

    public static byte[] NotSwapped(long revision, StoredEntry? current) =>
        Swap(swapped: false, revision, current?.Version,
            current?.Value is { Length: <= KeyValueLimits.ResultValueBytesMax } value ? value : null);

    private static byte[] Swap(bool swapped, long revision, KeyVersion? version, byte[]? value)
    {
        var writer = Begin(
            1 + sizeof(long)
            + 1 + (version is null ? 0 : VersionBytes)
            + 1 + (value is null ? 0 : sizeof(uint) + value.Length));
        writer.Flag(swapped);
        writer.I64(revision);
        writer.Flag(version is not null);
        if (version is not null) Write(ref writer, version.Value);
        writer.Flag(value is not null);
        if (value is not null) writer.Value(value);
        return writer.Done();
    }

    public static byte[] Get(long revision, StoredEntry? entry)
    {
        var writer = Begin(
            sizeof(long) + 1 + (entry is null ? 0 : VersionBytes + sizeof(uint) + entry.Value.Length));
        writer.I64(revision);
        writer.Flag(entry is not null);
        if (entry is not null)
        {
            Write(ref writer, entry.Version);
            writer.Value(entry.Value);
        }

        return writer.Done();
    }

    public static byte[] List(long revision, IReadOnlyList<StoredEntry> entries, ReadOnlySpan<byte> next)
    {
        var bytes = sizeof(long) + sizeof(uint) + sizeof(ushort) + next.Length;
        foreach (var entry in entries) bytes += BytesInList(entry);

        var writer = Begin(bytes);
        writer.I64(revision);
        writer.U32(entries.Count);
        foreach (var entry in entries)
        {
            writer.Key(entry.Key);
            Write(ref writer, entry.Version);
            writer.Value(entry.Value);
        }

        writer.Key(next);
        return writer.Done();
    }

    /// <summary>How much of a page an entry takes.</summary>
    public static int BytesInList(StoredEntry entry) =>
        sizeof(ushort) + entry.Key.Length + VersionBytes + sizeof(uint) + entry.Value.Length;

    private static ByteWriter Begin(int bodyBytes)
    {
        var writer = new ByteWriter(HeaderBytes + bodyBytes);
        writer.U8(FormatVersion);
        writer.U8((byte)ReplyStatus.Done);
        return writer;
    }

    private static void Write(ref ByteWriter writer, KeyVersion version)
    {
        writer.I64(version.CreateRevision);
        writer.I64(version.ModRevision);
        writer.I64(version.Version);
    }
}
