namespace RaftAkka.Simulation.Engine;

/// <summary>
/// All chance in a simulation. Its own generator (SplitMix64), so that a seed means the same on every runtime.
/// Each concern takes its own <see cref="Fork"/>: what one of them draws never shifts what another one gets.
/// </summary>
internal sealed class Dice(ulong seed)
{
    private const ulong FnvOffset = 14695981039346656037;
    private const ulong FnvPrime = 1099511628211;

    private readonly ulong _seed = seed;
    private ulong _state = seed;

    /// <summary>Dice that depend on the seed and a name only, not on what was drawn before.</summary>
    public Dice Fork(string name)
    {
        var hash = FnvOffset ^ _seed;
        foreach (var c in name) hash = (hash ^ c) * FnvPrime;
        return new Dice(new Dice(hash).Next());
    }

    public ulong Next()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>A number from 0 up to, and without, <paramref name="limit"/>.</summary>
    public int Below(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        return (int)((UInt128)Next() * (ulong)limit >> 64);
    }

    /// <summary>A number between the two, both included.</summary>
    public int Between(int low, int high) => low + Below(high - low + 1);

    public TimeSpan Between(TimeSpan low, TimeSpan high) =>
        low + TimeSpan.FromTicks((long)(Fraction() * (high - low).Ticks));

    public bool Chance(double probability) => Fraction() < probability;

    public T Pick<T>(IReadOnlyList<T> from) => from[Below(from.Count)];

    /// <summary>A wait of this mean, as between independent events.</summary>
    public TimeSpan Exponential(TimeSpan mean) => mean * -Math.Log(1 - Fraction());

    public void Shuffle<T>(IList<T> items)
    {
        for (var last = items.Count - 1; last > 0; last--)
        {
            var other = Below(last + 1);
            (items[last], items[other]) = (items[other], items[last]);
        }
    }

    private double Fraction() => (Next() >> 11) * (1.0 / (1UL << 53));
}
