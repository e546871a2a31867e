using HdrHistogram;

namespace RaftAkka.Tool.Bench;

/// <summary>What a run measured.</summary>
internal sealed record BenchResult
{
    /// <summary>What was run.</summary>
    public required BenchSettings Settings { get; init; }

    /// <summary>How long was measured: less than was asked for where somebody stopped the run.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Latencies in microseconds of the operations that ended well.</summary>
    public required LongHistogram Latencies { get; init; }

    /// <summary>How many operations failed, by kind.</summary>
    public required IReadOnlyDictionary<BenchFailure, long> Failures { get; init; }

    /// <summary>The first reason that was heard for each of these kinds.</summary>
    public required IReadOnlyDictionary<BenchFailure, string> Reasons { get; init; }

    /// <summary>Reads that did not show what was acknowledged before they began.</summary>
    public required long WrongReads { get; init; }

    /// <summary>Open loop: operations whose time came, and which were never begun.</summary>
    public required long NeverBegun { get; init; }

    /// <summary>The run second by second.</summary>
    public required IReadOnlyList<BenchSecond> Seconds { get; init; }

    /// <summary>CPU time in the measured time; null where nothing was found to measure.</summary>
    public required CpuReading Cpu { get; init; }

    /// <summary>Nodes whose CPU time could not be seen.</summary>
    public required IReadOnlyList<string> UnseenNodes { get; init; }

    /// <summary>What was read back; null where that was not asked for.</summary>
    public required ReadBack? ReadBack { get; init; }

    public long Operations => Latencies.TotalCount;

    public double OperationsPerSecond => Operations / Elapsed.TotalSeconds;

    public long Unknown => Failures.GetValueOrDefault(BenchFailure.Unknown);

    /// <summary>Operations that surely did not happen.</summary>
    public long Errors => Failures.Values.Sum() - Unknown;

    /// <summary>Whether the cluster kept what it acknowledged, as far as was looked.</summary>
    public bool IsIntact => WrongReads == 0 && ReadBack is null or { Lost: 0, Wrong: 0 };

    public double Milliseconds(double percentile) =>
        Operations == 0 ? 0 : Latencies.GetValueAtPercentile(percentile) / 1000.0;

    public double MaxMilliseconds => Operations == 0 ? 0 : Latencies.GetMaxValue() / 1000.0;

    public double MeanMilliseconds => Operations == 0 ? 0 : Latencies.GetMean() / 1000.0;

    /// <summary>CPU time for each operation, in microseconds; null where it is not known.</summary>
    public double? MicrosecondsEach(TimeSpan? used) =>
        Operations == 0 ? null : used?.TotalMicroseconds / Operations;

    /// <summary>The CPU time of all nodes and the client; null where one of them is not known.</summary>
    public TimeSpan? CpuOfAll => UnseenNodes.Count > 0 || Cpu.Nodes.Count == 0
        ? null
        : Cpu.Nodes.Aggregate((TimeSpan?)Cpu.Client, (sum, node) => sum + node.Used);
}

/// <summary>About one second of a run.</summary>
/// <param name="End">When it ended, from the start of the measurement.</param>
/// <param name="PerSecond">Operations that ended well in it, for each second.</param>
/// <param name="P50Ms">Their median latency.</param>
/// <param name="P99Ms">What 99 of 100 of them did not exceed.</param>
/// <param name="MaxMs">Their longest.</param>
internal sealed record BenchSecond(TimeSpan End, double PerSecond, double P50Ms, double P99Ms, double MaxMs);

/// <summary>The acknowledged writes, read back after the load.</summary>
/// <param name="Keys">How many keys have one.</param>
/// <param name="Checked">How many of them were read.</param>
/// <param name="Later">Of these, how many hold a later write than the last one acknowledged.</param>
/// <param name="Lost">How many hold an earlier one, or nothing.</param>
/// <param name="Wrong">How many hold a value under a revision that was given to another.</param>
/// <param name="Unread">How many could not be read.</param>
internal sealed record ReadBack(int Keys, long Checked, long Later, long Lost, long Wrong, long Unread);
