namespace RaftAkka.Protocol;

/// <summary>How entries from a leader fit a follower's log (§5.3, the receiver's steps 2 to 4 in figure 2).</summary>
public static class LogMatching
{
    /// <summary>Compares entries that a leader sent with the follower's log.</summary>
    public static LogMatch Compare(LogTerms log, EntryId previous, LogSlice entries)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(entries);

        // What is up to the base is committed, so every leader that may send here has it (Leader Completeness,
        // §5.4): it matches, although its terms are gone, and what matches through the base may be said at once.
        if (previous.Index < log.Base.Index)
        {
            var known = (int)long.Min(entries.Count, log.Base.Index - previous.Index);
            if (known == entries.Count) return new LogMatch.Known(log.Base.Index);
            (previous, entries) = (entries[known - 1].Id, entries.From(known));
        }

        if (!log.Holds(previous)) return new LogMatch.Gap(ConflictAt(log, previous.Index));

        // Only from the first entry that differs: one that is there already may be an acknowledged one, and an
        // older message, late on its way, must not cut off what a newer one brought.
        for (var i = 0; i < entries.Count; i++)
            if (!log.Holds(entries[i].Id)) return new LogMatch.News(entries.From(i));

        return new LogMatch.Known(previous.Index + entries.Count);
    }

    /// <summary>
    /// Where the leader goes on after a rejection, skipping all entries of a term at once (the end of §5.3):
    /// after its own last entry that may be in the follower's log, which has no term later than the conflicting one
    /// before the conflict.
    /// </summary>
    /// <param name="log">The leader's log.</param>
    /// <param name="conflict">What the follower said: <see cref="AppendRejected.Conflict"/>.</param>
    /// <returns>
    /// The next index to send. At or below the base of <paramref name="log"/> where the leader has no longer what
    /// the follower lacks: a snapshot has to bring it.
    /// </returns>
    public static LogIndex NextAfter(LogTerms log, EntryId conflict)
    {
        ArgumentNullException.ThrowIfNull(log);

        // The follower's log was shorter: go on at its end.
        if (conflict.Term == Term.Zero) return LogIndex.Min(conflict.Index, log.Last.Index.Next);

        // Up to the conflict the follower has no later term, so of ours only what comes up to `common` can be there:
        // of the conflicting term perhaps all of it, of an earlier one nothing that stands where that term does.
        var common = log.LastOfTermAtMost(conflict.Term);
        return common.Term == conflict.Term
            ? common.Index.Next
            : LogIndex.Min(conflict.Index, common.Index.Next);
    }

    private static EntryId ConflictAt(LogTerms log, LogIndex index) =>
        index > log.Last.Index || index <= log.Base.Index ? new EntryId(Term.Zero, log.Last.Index.Next) : log.RunAt(index);
}

/// <summary>What <see cref="LogMatching.Compare"/> found.</summary>
public abstract record LogMatch
{
    private LogMatch()
    {
    }

    /// <summary>The entry before those sent is not there.</summary>
    /// <param name="Conflict">What to tell the leader: see <see cref="AppendRejected.Conflict"/>.</param>
    public sealed record Gap(EntryId Conflict) : LogMatch;

    /// <summary>Everything that was sent is there.</summary>
    /// <param name="Through">The last index that surely agrees.</param>
    public sealed record Known(LogIndex Through) : LogMatch;

    /// <summary>Some entries are new; they replace whatever is at their places and behind them.</summary>
    /// <param name="Entries">Those to append.</param>
    public sealed record News(LogSlice Entries) : LogMatch;
}
