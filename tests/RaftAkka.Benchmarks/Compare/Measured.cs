using RaftAkka.Tool.Bench;

namespace RaftAkka.Benchmarks.Compare;

/// <summary>One thing to measure.</summary>
/// <param name="Reads">Linearizable reads, or writes.</param>
/// <param name="InFlight">How many are under way at any time.</param>
internal readonly record struct Case(bool Reads, int InFlight)
{
    public static readonly IReadOnlyList<Case> All =
        [.. from reads in (bool[])[false, true] from inFlight in (int[])[1, 100, 1000] select new Case(reads, inFlight)];

    public string Operation => Reads ? "reads" : "writes";
}

/// <summary>What the repeats of a case came to for one system.</summary>
internal sealed class Measured(string system, Case @case)
{
    private readonly List<BenchResult> _runs = [];

    public string System { get; } = system;

    public Case Case { get; } = @case;

    public bool IsIntact => _runs.All(run => run.IsIntact);

    public long Failed => _runs.Sum(run => run.Errors + run.Unknown);

    public void Add(BenchResult run) => _runs.Add(run);

    public Spread PerSecond => Spread.Of(_runs.Select(run => run.OperationsPerSecond));

    public Spread P50Ms => Spread.Of(_runs.Select(run => run.Milliseconds(50)));

    public Spread P99Ms => Spread.Of(_runs.Select(run => run.Milliseconds(99)));

    public Spread CpuMicros => Spread.Of(_runs.Select(run => run.MicrosecondsEach(run.CpuOfAll) ?? double.NaN));
}

/// <summary>The median of some runs, and how far they lie apart.</summary>
internal readonly record struct Spread(double Median, double Least, double Most)
{
    public static Spread Of(IEnumerable<double> numbers)
    {
        var sorted = numbers.Order().ToArray();
        var middle = sorted.Length / 2;
        var median = sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(median, sorted[0], sorted[^1]);
    }
}
