using System.Buffers;
using System.Globalization;
using RaftAkka.Protocol;

namespace RaftAkka.Wire;

/// <summary>
/// Checks what came in a message's fields. A refusal names the message and the field, never the value: it
/// comes from a stranger and goes into a log.
/// </summary>
internal static class Fields
{
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_");

    public static long Number(string manifest, string field, long value) =>
        value is >= 0 and <= WireLimits.NumberMax
            ? value
            : throw new WireFormatException(manifest, $"{field} is not between 0 and 2^60");

    public static int Count(string manifest, string field, int value) =>
        value >= 0 ? value : throw new WireFormatException(manifest, $"{field} is negative");

    public static Term Term(string manifest, string field, long value) => new(Number(manifest, field, value));

    public static LogIndex Index(string manifest, string field, long value) => new(Number(manifest, field, value));

    public static DiskId Disk(string manifest, long value) => new(Number(manifest, "the disk", value));

    public static MemberRole MemberRole(string manifest, string field, int value) =>
        Known((MemberRole)value, Protocol.MemberRole.Unknown) is var role and not Protocol.MemberRole.Unknown
            ? role
            : throw new WireFormatException(manifest, $"{field} is none that this version knows");

    /// <summary>
    /// A value of a later release becomes the one that stands for all such: a client makes the best of the rest of the message.
    /// </summary>
    public static T Known<T>(T value, T unknown) where T : struct, Enum => Enum.IsDefined(value) ? value : unknown;

    public static SessionId Session(string manifest, string field, long index, ulong tokenHigh, ulong tokenLow) =>
        new(Number(manifest, field, index), new SessionToken(tokenHigh, tokenLow));

    public static ReadRound Round(string manifest, long value) => new(Number(manifest, "the round", value));

    public static ReadId ReadId(string manifest, long value) => new(Number(manifest, "the id", value));

    public static EntryId EntryId(string manifest, string field, Proto.EntryId? value)
    {
        value = Present(manifest, field, value);
        return new EntryId(Term(manifest, field, value.Term), Index(manifest, field, value.Index));
    }

    public static ServerId Server(string manifest, string field, string value) => new(Name(manifest, field, value));

    public static ClusterId Cluster(string manifest, string field, string value) => new(Name(manifest, field, value));

    public static GroupName Group(string manifest, string field, string value) => new(Name(manifest, field, value));

    public static string Client(string manifest, string field, string value) =>
        Name(manifest, field, value, WireLimits.ClientNameLengthMax);

    // Checked before the name's constructor does so, because its refusal quotes the name.
    private static string Name(
        string manifest, string field, string value, int lengthMax = WireLimits.NameLengthMax) =>
        value.Length > 0 && value.Length <= lengthMax && !value.AsSpan().ContainsAnyExcept(NameCharacters)
            ? value
            : throw new WireFormatException(manifest,
                $"{field} is not a name of 1 to {lengthMax} letters, digits, dots, dashes or underscores");

    /// <summary>An address as <c>host:port</c>.</summary>
    public static string Address(string manifest, string field, string value)
    {
        var colon = value.LastIndexOf(':');
        if (value.Length > WireLimits.AddressLengthMax || colon < 1
            || value.AsSpan().ContainsAnyExceptInRange('!', '~')
            || !ushort.TryParse(value.AsSpan(colon + 1), NumberStyles.None, null, out _))
            throw new WireFormatException(manifest, $"{field} is not a host and a port");
        return value;
    }

    public static string Text(string manifest, string field, string value) =>
        value.Length <= WireLimits.TextLengthMax
            ? value
            : throw new WireFormatException(manifest, $"{field} is longer than {WireLimits.TextLengthMax} characters");

    public static IReadOnlyList<string> Texts(
        string manifest, string field, string fields, IReadOnlyCollection<string> values, int countMax) =>
        values.Count <= countMax
            ? [.. values.Select(value => Text(manifest, field, value))]
            : throw new WireFormatException(manifest, $"there are more than {countMax} {fields}");

    /// <summary>
    /// Cuts a text for a person to what a message takes: better a part than a message that nobody accepts.
    /// </summary>
    public static string CutText(string value) =>
        value.Length <= WireLimits.TextLengthMax ? value : value[..(WireLimits.TextLengthMax - 1)] + "…";

    public static CommandStatus Status(long value) => value is >= 0 and <= byte.MaxValue
        ? Known((CommandStatus)value, CommandStatus.Unknown)
        : CommandStatus.Unknown;

    public static ReadConsistency Consistency(string manifest, string field, long value) =>
        value is >= 0 and <= byte.MaxValue && Enum.IsDefined((ReadConsistency)value)
            ? (ReadConsistency)value
            : throw Unknown(manifest, field);

    public static RefusalReason Reason(Proto.RefusalReason value) => (int)value is >= 0 and <= byte.MaxValue
        ? Known((RefusalReason)value, RefusalReason.Unknown)
        : RefusalReason.Unknown;

    public static ServerRole Role(Proto.ServerRole value) => (int)value is >= 0 and <= byte.MaxValue
        ? Known((ServerRole)value, ServerRole.Unknown)
        : ServerRole.Unknown;

    /// <summary>A state that only a later release knows is not known here; the rest of the message is.</summary>
    public static DiskState Disk(Proto.DiskState value) =>
        (int)value is >= 0 and <= byte.MaxValue && Enum.IsDefined((DiskState)value) ? (DiskState)value : DiskState.Unknown;

    public static T Present<T>(string manifest, string field, T? value) where T : class =>
        value ?? throw new WireFormatException(manifest, $"{field} is missing");

    private static WireFormatException Unknown(string manifest, string field) =>
        new(manifest, $"{field} is a value that this release does not know");
}
