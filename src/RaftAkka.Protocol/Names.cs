using System.Text.Json.Serialization;

namespace RaftAkka.Protocol;

/// <summary>Names one server of a cluster, for ever: a name is not used again for another server or another disk.</summary>
[JsonConverter(typeof(ServerIdConverter))]
public readonly record struct ServerId : IComparable<ServerId>
{
    private readonly string? _value;

    /// <summary>Takes a name of 1 to 64 letters, digits, dots, dashes or underscores.</summary>
    /// <exception cref="ArgumentException">The name is empty, too long, or holds another character.</exception>
    public ServerId(string value) => _value = Names.Checked(value, "a server id");

    /// <summary>The name; empty for a value that was never set.</summary>
    public string Value => _value ?? "";

    /// <summary>Orders names by their characters' codes, the same everywhere.</summary>
    public int CompareTo(ServerId other) => string.CompareOrdinal(Value, other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value;

    /// <summary>Whether <paramref name="left"/> comes first.</summary>
    public static bool operator <(ServerId left, ServerId right) => left.CompareTo(right) < 0;

    /// <summary>Whether <paramref name="left"/> comes last.</summary>
    public static bool operator >(ServerId left, ServerId right) => left.CompareTo(right) > 0;

    /// <summary>Whether <paramref name="left"/> does not come last.</summary>
    public static bool operator <=(ServerId left, ServerId right) => left.CompareTo(right) <= 0;

    /// <summary>Whether <paramref name="left"/> does not come first.</summary>
    public static bool operator >=(ServerId left, ServerId right) => left.CompareTo(right) >= 0;
}

/// <summary>Names a cluster, so that servers and clients of two clusters never take each other's messages.</summary>
[JsonConverter(typeof(ClusterIdConverter))]
public readonly record struct ClusterId
{
    private readonly string? _value;

    /// <summary>Takes a name of 1 to 64 letters, digits, dots, dashes or underscores.</summary>
    /// <exception cref="ArgumentException">The name is empty, too long, or holds another character.</exception>
    public ClusterId(string value) => _value = Names.Checked(value, "a cluster id");

    /// <summary>The name; empty for a value that was never set.</summary>
    public string Value => _value ?? "";

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>Names a Raft group within its nodes: the name of its actor below <c>/user</c>.</summary>
[JsonConverter(typeof(GroupNameConverter))]
public readonly record struct GroupName
{
    private readonly string? _value;

    /// <summary>Takes a name of 1 to 64 letters, digits, dots, dashes or underscores.</summary>
    /// <exception cref="ArgumentException">The name is empty, too long, or holds another character.</exception>
    public GroupName(string value) => _value = Names.Checked(value, "a group name");

    /// <summary>The name; empty for a value that was never set.</summary>
    public string Value => _value ?? "";

    /// <inheritdoc/>
    public override string ToString() => Value;
}

internal static class Names
{
    private const int LengthMax = 64;

    public static string Checked(string value, string what)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.Length is 0 or > LengthMax || !value.All(IsAllowed))
            throw new ArgumentException(
                $"'{value}' cannot be {what}: it takes 1 to {LengthMax} letters, digits, dots, dashes or underscores.",
                nameof(value));
        return value;
    }

    private static bool IsAllowed(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_';
}
