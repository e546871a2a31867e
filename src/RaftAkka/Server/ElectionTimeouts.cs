namespace RaftAkka.Server;

/// <summary>
/// Draws the time that a server waits before it asks for an election, anew each time, so that two servers seldom
/// ask at once (§5.2). The source of randomness is injected: the same seed draws the same times.
/// </summary>
internal sealed class ElectionTimeouts(TimeSpan min, TimeSpan max, Random random)
{
    public TimeSpan Min { get; } = min;

    public TimeSpan Draw() => Min + (max - Min) * random.NextDouble();

    /// <summary>
    /// The wait before asking again when the connection to the leader is known to be broken: the others may learn
    /// of it a little later, and to wait out a whole election timeout would give away the head start.
    /// </summary>
    public TimeSpan DrawShort() => Min * (0.1 + 0.2 * random.NextDouble());
}
