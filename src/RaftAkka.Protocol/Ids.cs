using System.Text.Json.Serialization;

namespace RaftAkka.Protocol;

/// <summary>A term: Raft's logical clock (§5.1). It starts at 0, before the first election, and never goes back.</summary>
/// <param name="Value">The term's number, 0 or greater.</param>
[JsonConverter(typeof(TermConverter))]
public readonly record struct Term(long Value) : IComparable<Term>
{
    /// <summary>The term before the first election.</summary>
    public static readonly Term Zero;

    /// <summary>The term that a candidate of this term campaigns for.</summary>
    public Term Next => new(Value + 1);

    /// <inheritdoc/>
    public int CompareTo(Term other) => Value.CompareTo(other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Whether <paramref name="left"/> is the earlier term.</summary>
    public static bool operator <(Term left, Term right) => left.Value < right.Value;

    /// <summary>Whether <paramref name="left"/> is the later term.</summary>
    public static bool operator >(Term left, Term right) => left.Value > right.Value;

    /// <summary>Whether <paramref name="left"/> is not the later term.</summary>
    public static bool operator <=(Term left, Term right) => left.Value <= right.Value;

    /// <summary>Whether <paramref name="left"/> is not the earlier term.</summary>
    public static bool operator >=(Term left, Term right) => left.Value >= right.Value;
}

/// <summary>A position in the log. The first entry has index 1; 0 is the position before it (§5.3).</summary>
/// <param name="Value">The position, 0 or greater.</param>
[JsonConverter(typeof(LogIndexConverter))]
public readonly record struct LogIndex(long Value) : IComparable<LogIndex>
{
    /// <summary>The position before the first entry.</summary>
    public static readonly LogIndex Zero;

    /// <summary>The position after this one.</summary>
    public LogIndex Next => new(Value + 1);

    /// <summary>The position before this one.</summary>
    public LogIndex Previous => new(Value - 1);

    /// <inheritdoc/>
    public int CompareTo(LogIndex other) => Value.CompareTo(other.Value);

    /// <summary>The earlier of two positions.</summary>
    public static LogIndex Min(LogIndex left, LogIndex right) => left < right ? left : right;

    /// <summary>The later of two positions.</summary>
    public static LogIndex Max(LogIndex left, LogIndex right) => left > right ? left : right;

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The position <paramref name="count"/> entries later.</summary>
    public static LogIndex operator +(LogIndex index, long count) => new(index.Value + count);

    /// <summary>How many entries lie between two positions.</summary>
    public static long operator -(LogIndex left, LogIndex right) => left.Value - right.Value;

    /// <summary>Whether <paramref name="left"/> is the earlier position.</summary>
    public static bool operator <(LogIndex left, LogIndex right) => left.Value < right.Value;

    /// <summary>Whether <paramref name="left"/> is the later position.</summary>
    public static bool operator >(LogIndex left, LogIndex right) => left.Value > right.Value;

    /// <summary>Whether <paramref name="left"/> is not the later position.</summary>
    public static bool operator <=(LogIndex left, LogIndex right) => left.Value <= right.Value;

    /// <summary>Whether <paramref name="left"/> is not the earlier position.</summary>
    public static bool operator >=(LogIndex left, LogIndex right) => left.Value >= right.Value;
}

/// <summary>
/// What names an entry beyond doubt: two logs that hold an entry with the same term and index hold the same
/// entry, and agree on all before it (Log Matching, §5.3). Ordered by how up to date a log is that ends with
/// it: first by term, then by index (§5.4.1).
/// </summary>
/// <param name="Term">The term in which a leader created the entry.</param>
/// <param name="Index">The entry's position.</param>
public readonly record struct EntryId(Term Term, LogIndex Index) : IComparable<EntryId>
{
    /// <summary>The place before the first entry: the last entry of an empty log.</summary>
    public static readonly EntryId Zero;

    /// <inheritdoc/>
    public int CompareTo(EntryId other)
    {
        var byTerm = Term.CompareTo(other.Term);
        return byTerm != 0 ? byTerm : Index.CompareTo(other.Index);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Index}@{Term}";

    /// <summary>Whether a log that ends with <paramref name="left"/> is less up to date.</summary>
    public static bool operator <(EntryId left, EntryId right) => left.CompareTo(right) < 0;

    /// <summary>Whether a log that ends with <paramref name="left"/> is more up to date.</summary>
    public static bool operator >(EntryId left, EntryId right) => left.CompareTo(right) > 0;

    /// <summary>Whether a log that ends with <paramref name="left"/> is at most as up to date.</summary>
    public static bool operator <=(EntryId left, EntryId right) => left.CompareTo(right) <= 0;

    /// <summary>Whether a log that ends with <paramref name="left"/> is at least as up to date.</summary>
    public static bool operator >=(EntryId left, EntryId right) => left.CompareTo(right) >= 0;
}

/// <summary>
/// A client's session with the cluster (dissertation §6.3): the index of the log entry that registered it, and the token
/// that its client drew. The index says which session is meant, and the token proves that it is the client's own: a
/// cluster that was set up anew uses the same indexes again, and anybody can guess one.
/// </summary>
/// <param name="Value">The entry's index; 0 is no session.</param>
/// <param name="Token">The client's token; none in logs from before clients drew them.</param>
public readonly record struct SessionId(long Value, SessionToken Token = default)
{
    /// <summary>No session: what a client says that has not registered yet.</summary>
    public static readonly SessionId None;

    /// <summary>The index's: no two sessions of a log share it, and no client chooses it.</summary>
    public override int GetHashCode() => Value.GetHashCode();

    /// <summary>The index alone: the token is the client's secret, and comes into no log and no report.</summary>
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>
/// 128 bits that a client draws at random for one session. Only the client and the servers know them: whoever knows the
/// token of a session can acknowledge, read and end what is the client's. So nothing prints it.
/// </summary>
/// <param name="High">The upper half.</param>
/// <param name="Low">The lower half.</param>
public readonly record struct SessionToken(ulong High, ulong Low)
{
    /// <summary>No token.</summary>
    public static readonly SessionToken None;

    /// <summary>A fixed text.</summary>
    public override string ToString() => "(secret)";
}

/// <summary>The number that a client gives a command within its session; a retry keeps it (dissertation §6.3).</summary>
/// <param name="Value">1 for the session's first command.</param>
[JsonConverter(typeof(SequenceNumberConverter))]
public readonly record struct SequenceNumber(long Value) : IComparable<SequenceNumber>
{
    /// <summary>The number of the command after this one.</summary>
    public SequenceNumber Next => new(Value + 1);

    /// <inheritdoc/>
    public int CompareTo(SequenceNumber other) => Value.CompareTo(other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Whether <paramref name="left"/> is the earlier command.</summary>
    public static bool operator <(SequenceNumber left, SequenceNumber right) => left.Value < right.Value;

    /// <summary>Whether <paramref name="left"/> is the later command.</summary>
    public static bool operator >(SequenceNumber left, SequenceNumber right) => left.Value > right.Value;

    /// <summary>Whether <paramref name="left"/> is not the later command.</summary>
    public static bool operator <=(SequenceNumber left, SequenceNumber right) => left.Value <= right.Value;

    /// <summary>Whether <paramref name="left"/> is not the earlier command.</summary>
    public static bool operator >=(SequenceNumber left, SequenceNumber right) => left.Value >= right.Value;
}
