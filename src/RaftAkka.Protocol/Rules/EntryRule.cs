namespace RaftAkka.Protocol;

/// <summary>
/// Which payloads an entry of a kind can hold. A server asks before it appends entries of another one: what is in the log
/// is applied by every server, also after a restart, so that an entry that cannot be applied would stop all of them.
/// </summary>
public static class EntryRule
{
    /// <summary>
    /// What is wrong with an entry, or null. Costs a look at each command's header. The decoded form could be kept with the
    /// entry, so that applying it does not decode it again.
    /// </summary>
    public static string? Problem(LogEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return IsSound(entry) ? null : $"entry {entry.Id} is of kind {entry.Kind}, and its payload is none of that kind";
    }

    private static bool IsSound(LogEntry entry) => entry.Kind switch
    {
        EntryKind.Commands => CommandBatch.TryDecode(entry.Payload, out _),
        EntryKind.Configuration =>
            ConfigurationCodec.TryDecode(entry.Payload.Span, out var members) && !members.IsEmpty,
        EntryKind.Clock => ClockTick.TryDecode(entry.Payload.Span, out _),
        EntryKind.OpenSession => SessionOpening.TryDecode(entry.Payload.Span, out _),
        EntryKind.CloseSession => SessionClosing.TryDecode(entry.Payload.Span, out _),
        EntryKind.NoOp => entry.Payload.IsEmpty,

        // Applying them does not read their payload.
        EntryKind.RegisterSession or EntryKind.Queries => true,
        _ => false,
    };
}
