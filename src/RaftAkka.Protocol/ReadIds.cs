namespace RaftAkka.Protocol;

/// <summary>
/// A leader's question to its followers whether it still leads (dissertation §6.4), by its number: they count from
/// 1 in every term. An answer to a round proves that nobody led a later term when the round began.
/// </summary>
/// <param name="Value">The number; 0 before the first round, and in answers that confirm nothing.</param>
public readonly record struct ReadRound(long Value) : IComparable<ReadRound>
{
    /// <summary>No round.</summary>
    public static readonly ReadRound None;

    /// <summary>The round after this one.</summary>
    public ReadRound Next => new(Value + 1);

    /// <inheritdoc/>
    public int CompareTo(ReadRound other) => Value.CompareTo(other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Whether the left round began before the right one.</summary>
    public static bool operator <(ReadRound left, ReadRound right) => left.Value < right.Value;

    /// <summary>Whether the left round began after the right one.</summary>
    public static bool operator >(ReadRound left, ReadRound right) => left.Value > right.Value;

    /// <summary>Whether the left round is the right one, or began before it.</summary>
    public static bool operator <=(ReadRound left, ReadRound right) => left.Value <= right.Value;

    /// <summary>Whether the left round is the right one, or began after it.</summary>
    public static bool operator >=(ReadRound left, ReadRound right) => left.Value >= right.Value;
}

/// <summary>
/// A follower's question for a read index, by its number. No two questions of a server ever have the same one, not
/// even before and after a restart: a late answer to an old question must not answer a new one.
/// </summary>
/// <param name="Value">The number.</param>
public readonly record struct ReadId(long Value)
{
    /// <summary>The question after this one.</summary>
    public ReadId Next => new(Value + 1);

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
