namespace RaftAkka.Protocol;

/// <summary>How far a log is committed (§5.3, §5.4.2).</summary>
public static class CommitRule
{
    /// <summary>The leader's commit index.</summary>
    /// <param name="log">The leader's log.</param>
    /// <param name="onMajority">The highest index that is durable on a majority.</param>
    /// <param name="committed">The commit index so far.</param>
    /// <param name="currentTerm">The leader's term.</param>
    public static LogIndex Advance(LogTerms log, LogIndex onMajority, LogIndex committed, Term currentTerm)
    {
        ArgumentNullException.ThrowIfNull(log);
        if (onMajority <= committed) return committed;

        // §5.4.2, figure 8: an older term's entry can sit on a majority and still be overwritten. Only an entry
        // of our own term commits by counting; everything before it then commits too (Log Matching, §5.3).
        return log.TermAt(onMajority) == currentTerm ? onMajority : committed;
    }

    /// <summary>A follower's commit index.</summary>
    /// <param name="committed">The commit index so far.</param>
    /// <param name="leaderCommit">The leader's.</param>
    /// <param name="proven">
    /// The last index up to which the message at hand proves that the logs agree. What the follower has behind it
    /// may differ from the leader's log, so the leader's commit index says nothing about it.
    /// </param>
    public static LogIndex Follow(LogIndex committed, LogIndex leaderCommit, LogIndex proven) =>
        LogIndex.Max(committed, LogIndex.Min(leaderCommit, proven));
}
