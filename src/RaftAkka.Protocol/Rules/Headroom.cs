namespace RaftAkka.Protocol;

/// <summary>
/// How great terms and indexes may become. Nobody gets there by counting: a greater number is forged, or damage. Below
/// these limits the next term and the next index can always be sent, so that no number that a server accepts makes its
/// own next message impossible.
/// </summary>
public static class Headroom
{
    /// <summary>The greatest term that a server accepts and campaigns for: 2^59.</summary>
    public const long TermMax = 1L << 59;

    /// <summary>
    /// By how much a term may exceed the receiver's: 2^32, a hundred elections a second for more than a year. A server
    /// whose term is 0 has heard of none yet, and accepts any.
    /// </summary>
    public const long TermJumpMax = 1L << 32;

    /// <summary>The greatest index of an entry: 2^56.</summary>
    public const long IndexMax = 1L << 56;

    /// <summary>
    /// The greatest index of a snapshot's last entry: 2^55. Behind a snapshot at this limit there is room for as many entries
    /// as before it.
    /// </summary>
    public const long SnapshotIndexMax = 1L << 55;

    /// <summary>Whether a cluster can be in this term.</summary>
    public static bool IsPossible(Term term) => term.Value is >= 0 and <= TermMax;

    /// <summary>Whether a log can have this last entry: both numbers are zero, or neither.</summary>
    public static bool IsPossible(EntryId last) =>
        IsPossible(last.Term) && last.Index.Value is >= 0 and <= IndexMax && (last.Term == Term.Zero) == (last.Index == LogIndex.Zero);

    /// <summary>Whether a server of one term can hear of another.</summary>
    /// <param name="current">The receiver's term.</param>
    /// <param name="heard">The term that a message carries.</param>
    public static bool IsPossibleAfter(Term current, Term heard) =>
        IsPossible(heard) && (current == Term.Zero || heard.Value - current.Value <= TermJumpMax);
}
