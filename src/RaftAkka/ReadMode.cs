namespace RaftAkka;

/// <summary>How a leader learns, before it answers a linearizable read, that nobody else leads.</summary>
public enum ReadMode
{
    /// <summary>
    /// It asks the others, once for everything that queued (ReadIndex, dissertation §6.4). Relies on no clock.
    /// </summary>
    ReadIndex,

    /// <summary>
    /// It counts on what the others promised when they last answered (dissertation §6.4.1), and asks only where that
    /// has run out. Saves the round trip, and relies on the clocks: see
    /// <see cref="RaftNodeSettings.ClockDrift"/>. A machine whose monotonic clock stands still while the others' go
    /// on, as one that is suspended or moved to another host, may serve stale reads when it wakes.
    /// </summary>
    Lease,
}
