using System.Diagnostics.CodeAnalysis;

namespace RaftAkka.Protocol;

/// <summary>
/// One entry of the replicated log, with the bytes of its record: encoded once, where the entry is made, and
/// the same on the wire and on every server's disk, checksum included (see <see cref="RecordCodec"/>).
/// </summary>
public sealed class LogEntry
{
    private LogEntry(EntryId id, EntryKind kind, ReadOnlyMemory<byte> record) =>
        (Id, Kind, Record) = (id, kind, record);

    /// <summary>The entry's term and index.</summary>
    public EntryId Id { get; }

    /// <summary>The term in which a leader created the entry.</summary>
    public Term Term => Id.Term;

    /// <summary>The entry's position in the log.</summary>
    public LogIndex Index => Id.Index;

    /// <summary>What the entry asks of those who apply it.</summary>
    public EntryKind Kind { get; }

    /// <summary>The entry's content, whose meaning depends on <see cref="Kind"/>.</summary>
    public ReadOnlyMemory<byte> Payload => Record[RecordCodec.HeaderBytes..];

    /// <summary>The whole record: header, checksum and payload.</summary>
    public ReadOnlyMemory<byte> Record { get; }

    /// <summary>Makes an entry and encodes its record.</summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The payload is larger than <see cref="RecordCodec.PayloadBytesMax"/>.
    /// </exception>
    public static LogEntry Create(EntryId id, EntryKind kind, ReadOnlySpan<byte> payload) =>
        new(id, kind, RecordCodec.Encode(id, (byte)kind, payload));

    /// <summary>Reads the entry at the start of <paramref name="bytes"/>, checksum and kind included.</summary>
    /// <returns>Whether a sound entry of a known kind was there.</returns>
    public static bool TryDecode(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out LogEntry? entry)
    {
        entry = null;
        if (!RecordCodec.TryReadHeader(bytes.Span, out var header)) return false;
        if (!Enum.IsDefined((EntryKind)header.Kind) || header.Id.Index < new LogIndex(1)) return false;

        entry = new LogEntry(header.Id, (EntryKind)header.Kind, bytes[..header.RecordBytes]);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Id} {Kind}";
}
