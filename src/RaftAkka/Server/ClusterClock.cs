using RaftAkka.Protocol;

namespace RaftAkka.Server;

/// <summary>
/// The cluster's time while this server leads: it goes on from what the log says by what the leader counts, and comes
/// into the log as one <see cref="ClockTick"/> for every quarter of the session timeout. It forgets with the leadership:
/// the next leader counts from its own beginning, so that time without a leader does not count, and no session expires
/// before its client had the time to find that leader and to renew it.
/// </summary>
/// <param name="sessionTimeout">After how long a session expires.</param>
/// <param name="beatMax">How much counts between two beats at most.</param>
/// <param name="now">When the leadership began, on the monotonic clock.</param>
internal sealed class ClusterClock(TimeSpan sessionTimeout, TimeSpan beatMax, TimeSpan now)
{
    private const int TicksPerTimeout = 4;

    private readonly HashSet<LogIndex> _renewed = [];
    private TimeSpan _lastBeat = now;
    private TimeSpan _elapsed;
    private TimeSpan _proposed;

    /// <summary>
    /// A client wants to keep its session, which there is. Once there are as many as there can be sessions, no more are noted.
    /// </summary>
    /// <param name="session">The index of the entry that registered it.</param>
    public void Renew(LogIndex session)
    {
        if (_renewed.Count < SessionTable.SessionsMax) _renewed.Add(session);
    }

    /// <summary>
    /// Counts the time since the last beat. A leader whose beat comes very late was stopped or starved: its clients may
    /// have spoken meanwhile, and what they said waits in its mailbox. So that time does not count.
    /// </summary>
    public void Beat(TimeSpan now)
    {
        var beat = now - _lastBeat;
        _elapsed += beat < beatMax ? beat : beatMax;
        _lastBeat = now;
    }

    /// <summary>The next tick, where one is due. One at a time is on its way through the log.</summary>
    /// <param name="applied">What the machine has applied; at least the leader's first entry.</param>
    public byte[]? TakeDue(SessionsNow applied)
    {
        if (applied.Count == 0)
        {
            // Nothing can expire. The first session gets a whole interval, and an idle cluster's log does not grow.
            _elapsed = TimeSpan.Zero;
            _renewed.Clear();
            return null;
        }

        if (_elapsed < sessionTimeout / TicksPerTimeout || applied.Time < _proposed) return null;

        _proposed = WholeMilliseconds(applied.Time + _elapsed);
        var tick = ClockTick.Encode(_proposed, sessionTimeout, _renewed);
        _elapsed = TimeSpan.Zero;
        _renewed.Clear();
        return tick;
    }

    // As it will be applied: that is how the leader knows that it was.
    private static TimeSpan WholeMilliseconds(TimeSpan time) => time - new TimeSpan(time.Ticks % TimeSpan.TicksPerMillisecond);
}

/// <summary>The sessions as of what the machine has applied.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="Time">Cluster time.</param>
internal readonly record struct SessionsNow(int Count, TimeSpan Time);
