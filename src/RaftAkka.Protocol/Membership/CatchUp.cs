namespace RaftAkka.Protocol;

/// <summary>
/// Whether a learner has caught up (dissertation §4.2.1). The leader sends its log in rounds: each is what the log
/// held when the round began. While rounds take long, the leader's log grows faster than the learner's; once one
/// takes less than an election timeout, promoting it holds up commits for no longer than that.
/// </summary>
/// <param name="last">The leader's last entry now.</param>
/// <param name="now">The time.</param>
/// <param name="electionTimeout">The shortest election timeout.</param>
public sealed class CatchUp(LogIndex last, TimeSpan now, TimeSpan electionTimeout)
{
    private LogIndex _end = last;
    private TimeSpan _began = now;

    /// <summary>The round, from 1.</summary>
    public int Round { get; private set; } = 1;

    /// <summary>Whether the latest round that ended was short enough.</summary>
    public bool HasCaughtUp { get; private set; }

    /// <summary>The learner has acknowledged entries up to an index.</summary>
    /// <param name="matched">The index.</param>
    /// <param name="last">The leader's last entry now: the end of the next round.</param>
    /// <param name="now">The time.</param>
    public void OnMatched(LogIndex matched, LogIndex last, TimeSpan now)
    {
        if (matched < _end) return;

        HasCaughtUp = now - _began < electionTimeout;
        (_end, _began) = (last, now);
        Round++;
    }
}
