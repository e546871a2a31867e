namespace RaftAkka.Protocol;

/// <summary>Whether a server gives its vote (§5.2, §5.4.1).</summary>
public static class VoteRule
{
    /// <summary>Whether to vote for a candidate in the server's own current term.</summary>
    /// <param name="state">The server's current term and vote.</param>
    /// <param name="last">The server's last entry.</param>
    /// <param name="candidate">Who asks.</param>
    /// <param name="term">The term that the candidate campaigns for.</param>
    /// <param name="candidateLast">The candidate's last entry.</param>
    public static bool Grants(HardState state, EntryId last, ServerId candidate, Term term, EntryId candidateLast) =>
        term == state.Term
        && (state.Vote is null || state.Vote == candidate)   // One vote a term; a repeated question gets it again.
        && candidateLast >= last;                            // §5.4.1: who lacks a committed entry cannot win.

    /// <summary>Whether a server without a live leader would vote for the asker in a later term (dissertation §9.6).</summary>
    /// <param name="currentTerm">The server's current term.</param>
    /// <param name="last">The server's last entry.</param>
    /// <param name="proposed">The term that the asker would campaign for.</param>
    /// <param name="askerLast">The asker's last entry.</param>
    public static bool WouldGrant(Term currentTerm, EntryId last, Term proposed, EntryId askerLast) =>
        proposed > currentTerm && askerLast >= last;
}
