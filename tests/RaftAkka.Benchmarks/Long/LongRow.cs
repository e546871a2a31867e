using RaftAkka.Benchmarks.Compare;
using RaftAkka.Benchmarks.Watch;

namespace RaftAkka.Benchmarks.Long;

/// <summary>A stretch of a long run.</summary>
internal sealed record LongRow
{
    public required TimeSpan End { get; init; }

    public required long Operations { get; init; }

    public required double PerSecond { get; init; }

    public required double P50Ms { get; init; }

    public required double P99Ms { get; init; }

    public required double MaxMs { get; init; }

    /// <summary>By node.</summary>
    public required IReadOnlyList<double> ResidentMb { get; init; }

    public required double ClientMb { get; init; }

    /// <summary>By node.</summary>
    public required IReadOnlyList<double> DiskMb { get; init; }

    /// <summary>By node; empty where nobody looked.</summary>
    public required IReadOnlyList<GcSeen> Collections { get; init; }

    public required string Leader { get; init; }

    public required long Elections { get; init; }
}

/// <summary>Whether something stayed as it was: the median of the first third of a run, and that of the last third.</summary>
internal readonly record struct Thirds(double First, double Last)
{
    public static Thirds Of(IReadOnlyList<LongRow> rows, Func<LongRow, double> number)
    {
        var third = Math.Max(1, rows.Count / 3);
        return new Thirds(
            Spread.Of(rows.Take(third).Select(number)).Median, Spread.Of(rows.TakeLast(third).Select(number)).Median);
    }

    /// <summary>Whether it grew by no more than this share of itself, or no more than so much.</summary>
    public bool IsFlat(double share, double atLeast) => Last <= First + Math.Max(First * share, atLeast);
}
