namespace RaftAkka.Tool.Bench;

/// <summary>Chooses keys by number. Callers share one, and bring chance along.</summary>
internal abstract class KeyChooser
{
    /// <summary>The next key's number.</summary>
    /// <param name="random">The caller's chance.</param>
    public abstract int Next(ref Chance random);

    public static KeyChooser For(KeyDistribution distribution, int keys) => distribution switch
    {
        KeyDistribution.Uniform => new Uniform(keys),
        KeyDistribution.Zipf => new Zipf(keys),
        KeyDistribution.Sequential => new Sequential(keys),
        _ => throw new ArgumentOutOfRangeException(nameof(distribution)),
    };

    private sealed class Uniform(int keys) : KeyChooser
    {
        public override int Next(ref Chance random) => random.Below(keys);
    }

    private sealed class Sequential(int keys) : KeyChooser
    {
        private long _next = -1;

        public override int Next(ref Chance random) => (int)(Interlocked.Increment(ref _next) % keys);
    }

    private sealed class Zipf : KeyChooser
    {
        private const double Exponent = 0.99;

        // The share of all keys up to this one.
        private readonly double[] _upTo;

        public Zipf(int keys)
        {
            _upTo = new double[keys];
            var sum = 0.0;
            for (var key = 0; key < keys; key++) _upTo[key] = sum += Math.Pow(key + 1, -Exponent);
            for (var key = 0; key < keys; key++) _upTo[key] /= sum;
        }

        public override int Next(ref Chance random)
        {
            var at = Array.BinarySearch(_upTo, random.Fraction());
            return Math.Min(at < 0 ? ~at : at, _upTo.Length - 1);
        }
    }
}

/// <summary>A small generator of pseudo-random numbers (SplitMix64), one for each caller: nothing is shared.</summary>
internal struct Chance(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>From 0 to one less than this.</summary>
    public int Below(int limit) => (int)Math.BigMul(Next(), (ulong)limit, out _);

    /// <summary>From 0 to less than 1.</summary>
    public double Fraction() => (Next() >> 11) * (1.0 / (1UL << 53));
}
