using System.Globalization;
using RaftAkka.Tool.Output;

namespace RaftAkka.Tool.Bench;

/// <summary>A run's result for people.</summary>
internal static class BenchText
{
    public static void Write(BenchResult result, TextWriter output)
    {
        output.WriteLine(What(result.Settings));
        output.WriteLine(Invariant(
            $"{result.Operations:N0} operations in {result.Elapsed.TotalSeconds:F1} s: {result.OperationsPerSecond:N0}/s"));
        output.WriteLine(Invariant(
            $"latency ms: p50 {result.Milliseconds(50):F2}, p90 {result.Milliseconds(90):F2}, ")
            + Invariant($"p99 {result.Milliseconds(99):F2}, p99.9 {result.Milliseconds(99.9):F2}, ")
            + Invariant($"max {result.MaxMilliseconds:F1}, mean {result.MeanMilliseconds:F2}"));
        WriteFailures(result, output);

        output.WriteLine();
        foreach (var row in LatencyChart.Rows(result.Latencies)) output.WriteLine(row);
        if (result.Seconds.Count > 1)
            output.WriteLine($"{"per second",13}  {LatencyChart.Sparkline(result.Seconds.Select(second => second.PerSecond))}");

        output.WriteLine();
        WriteCpu(result, output);
        output.WriteLine(Kept(result));
    }

    private static string What(BenchSettings settings)
    {
        var operation = settings.Operation switch
        {
            BenchOperation.Put => Invariant($"puts of {settings.ValueBytes} bytes"),
            BenchOperation.Get => "linearizable gets",
            _ => Invariant($"{settings.ReadsPercent} % linearizable gets, puts of {settings.ValueBytes} bytes"),
        };
        var loop = settings.Rate is { } rate
            ? Invariant($"{rate:N0} per second from their intended time on, {settings.InFlight} in flight at most")
            : Invariant($"{settings.InFlight} in flight");
        var clients = settings.Clients == 1 ? "1 client" : $"{settings.Clients} clients";
        var keys = Invariant($"{settings.Keys:N0} keys ({Word(settings.Distribution)})");
        return $"{operation}, {loop}, {clients}, {keys}";
    }

    private static void WriteFailures(BenchResult result, TextWriter output)
    {
        foreach (var (kind, count) in result.Failures.Where(failure => failure.Value > 0))
            output.WriteLine(Invariant($"{count:N0} {Words(kind)}; the first: {result.Reasons[kind]}"));
        if (result.NeverBegun > 0)
            output.WriteLine(Invariant($"{result.NeverBegun:N0} operations were never begun: all callers were waiting. ")
                + "The cluster did not keep up, or --in-flight is too small.");
        if (result.WrongReads > 0)
            output.WriteLine(Invariant($"{result.WrongReads:N0} READS DID NOT SHOW WHAT WAS ACKNOWLEDGED BEFORE THEM."));
    }

    private static void WriteCpu(BenchResult result, TextWriter output)
    {
        var table = new Table("CPU", "SECONDS", "US/OPERATION");
        table.Add(null, "client", Seconds(result.Cpu.Client), Each(result, result.Cpu.Client));
        foreach (var (name, used) in result.Cpu.Nodes) table.Add(null, name, Seconds(used), Each(result, used));
        if (result.CpuOfAll is { } all) table.Add(null, "all", Seconds(all), Each(result, all));
        table.Write(output, colours: false);
        if (result.UnseenNodes.Count > 0)
            output.WriteLine(
                $"The CPU time of {string.Join(", ", result.UnseenNodes)} is not known: they do not run on this machine, "
                + "or this user may not see their processes.");
    }

    private static string Kept(BenchResult result) => result.ReadBack switch
    {
        null => "Not read back.",
        { Lost: 0, Wrong: 0, Unread: 0 } kept =>
            Invariant($"Read back {kept.Checked:N0} of {kept.Keys:N0} written keys: all acknowledged writes are there")
            + (kept.Later == 0 ? "." : Invariant($"; {kept.Later:N0} hold a later one.")),
        var broken =>
            Invariant($"READ BACK {broken.Checked:N0} of {broken.Keys:N0} written keys: {broken.Lost:N0} LOST, ")
            + Invariant($"{broken.Wrong:N0} WRONG, {broken.Unread:N0} not answered."),
    };

    private static string Words(BenchFailure kind) => kind switch
    {
        BenchFailure.NotApplied => "writes were not applied",
        BenchFailure.Unknown => "writes have an unknown outcome",
        BenchFailure.Busy => "operations were turned away as too many",
        _ => "reads were not answered",
    };

    private static string Word(KeyDistribution distribution) => distribution switch
    {
        KeyDistribution.Uniform => "uniform",
        KeyDistribution.Zipf => "zipf",
        _ => "sequential",
    };

    private static string Seconds(TimeSpan? used) =>
        used?.TotalSeconds.ToString("F2", CultureInfo.InvariantCulture) ?? "ended";

    private static string Each(BenchResult result, TimeSpan? used) =>
        result.MicrosecondsEach(used)?.ToString("F1", CultureInfo.InvariantCulture) ?? "-";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
