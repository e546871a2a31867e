namespace RaftAkka.Protocol;

/// <summary>When a leader may answer reads without an entry in the log (dissertation §6.4).</summary>
public static class ReadRule
{
    /// <summary>
    /// Whether the leader's commit index covers everything that was acknowledged before its term. Until an entry of
    /// its own term commits, entries of earlier leaders may be committed that it does not know to be.
    /// </summary>
    /// <param name="log">The leader's log.</param>
    /// <param name="committed">Its commit index.</param>
    /// <param name="currentTerm">Its term.</param>
    public static bool KnowsCommitted(LogTerms log, LogIndex committed, Term currentTerm)
    {
        ArgumentNullException.ThrowIfNull(log);
        return log.TermAt(committed) == currentTerm;
    }

    /// <summary>
    /// Whether a majority has answered a round, so that nobody led a later term when it began. The leader itself is
    /// one of those that have.
    /// </summary>
    /// <param name="members">The configuration in effect.</param>
    /// <param name="answered">Whether a voter answered this round or a later one, in this term.</param>
    public static bool Confirms(Configuration members, Func<ServerId, bool> answered)
    {
        ArgumentNullException.ThrowIfNull(members);
        return members.HasMajority(answered);
    }
}
