namespace RaftAkka.Tool.Bench;

/// <summary>What a run of the load generator does.</summary>
internal sealed record BenchSettings
{
    /// <summary>What is called.</summary>
    public BenchOperation Operation { get; init; } = BenchOperation.Put;

    /// <summary>How many of a hundred operations are reads.</summary>
    public int ReadsPercent => Operation switch
    {
        BenchOperation.Put => 0,
        BenchOperation.Get => 100,
        _ => MixedReadsPercent,
    };

    /// <summary>The same where the operations are mixed.</summary>
    public int MixedReadsPercent { get; init; } = 50;

    /// <summary>
    /// Closed loop: how many operations are under way at any time. Open loop: the most that are.
    /// </summary>
    public int InFlight { get; init; } = 100;

    /// <summary>Operations per second, sent whether or not earlier ones have ended; null is a closed loop.</summary>
    public double? Rate { get; init; }

    /// <summary>The length of a value that is put.</summary>
    public int ValueBytes { get; init; } = 256;

    /// <summary>How many keys there are.</summary>
    public int Keys { get; init; } = 10_000;

    /// <summary>Which of them come next.</summary>
    public KeyDistribution Distribution { get; init; } = KeyDistribution.Uniform;

    /// <summary>How many clients, each in an actor system of its own with connections of its own.</summary>
    public int Clients { get; init; } = 1;

    /// <summary>How long the load runs before the measurement begins.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long is measured.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether to read back at the end what was acknowledged.</summary>
    public bool Verify { get; init; } = true;
}

/// <summary>What a run calls.</summary>
internal enum BenchOperation
{
    Put,
    Get,
    Mixed,
}

/// <summary>How a run chooses its keys.</summary>
internal enum KeyDistribution
{
    /// <summary>Each as often as any other.</summary>
    Uniform,

    /// <summary>A few of them very often: key n in proportion to 1 / n^0.99.</summary>
    Zipf,

    /// <summary>One after the other, and from the first again.</summary>
    Sequential,
}
