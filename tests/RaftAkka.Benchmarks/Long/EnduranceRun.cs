using System.Globalization;
using RaftAkka.Benchmarks.Watch;
using RaftAkka.Tool.Bench;
using RaftAkka.Tool.Cli;

namespace RaftAkka.Benchmarks.Long;

/// <summary>
/// Half of the greatest rate for half an hour, in an open loop: what creeps (latencies, memory, disks) shows in the
/// minutes, and what stalls shows in the latencies.
/// </summary>
internal static class EnduranceRun
{
    private const int InFlight = 1000;

    public static async Task<int> ShowAsync(Arguments arguments)
    {
        var minutes = arguments.Fraction("--minutes") ?? 30;
        var each = TimeSpan.FromSeconds(arguments.Fraction("--row") ?? 60);
        var settings = new BenchSettings { InFlight = InFlight, WarmUp = TimeSpan.FromSeconds(5) };

        using var signals = new StopSignals();
        using var nodes = await NodeFleet.StartAsync(count: 3);
        await using var target = nodes.StartClients(settings);
        var rate = arguments.Fraction("--rate") ?? await HalfOfMostAsync(target, settings, signals.Token);
        settings = settings with { Rate = rate, Duration = TimeSpan.FromMinutes(minutes) };
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"three servers, {rate:N0} writes of {settings.ValueBytes} bytes per second for {minutes:0.##} minutes"));
        Console.WriteLine();

        var collections = nodes.Processes.Select(node => GcWatch.On(node.Process)).ToArray();
        try
        {
            await using var leader = await LeaderWatch.StartAsync(target);
            var report = new LongReport(nodes, leader, collections, each);
            using var cpu = new CpuMeter();
            foreach (var (name, process) in nodes.Processes) cpu.Add(name, process);
            var result = await LoadGenerator.RunAsync(
                target, settings, MachineClock.Instance, report, cpu, signals.Token);
            report.Close();
            await leader.LookAsync();
            return Judge(result, report.Rows, leader) ? 0 : 1;
        }
        finally
        {
            foreach (var watch in collections) watch.Dispose();
        }
    }

    private static async Task<double> HalfOfMostAsync(RaftTarget target, BenchSettings settings, CancellationToken stop)
    {
        Console.Error.WriteLine("measuring the greatest rate");
        using var cpu = new CpuMeter();
        var most = await LoadGenerator.RunAsync(
            target, settings with { Duration = TimeSpan.FromSeconds(15), Verify = false },
            MachineClock.Instance, NoProgress.Instance, cpu, stop);
        return Math.Max(1, Math.Round(most.OperationsPerSecond / 2));
    }

    private static bool Judge(BenchResult result, IReadOnlyList<LongRow> rows, LeaderWatch leader)
    {
        Console.WriteLine();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{result.Operations:N0} writes in {result.Elapsed.TotalMinutes:F1} minutes: p50 {result.Milliseconds(50):F2}, "
            + $"p99 {result.Milliseconds(99):F2}, max {result.MaxMilliseconds:F1} ms; "
            + $"{result.MicrosecondsEach(result.CpuOfAll):F1} us of CPU each"));
        var checks = new Checks();
        if (rows.Count == 0) return false;

        checks.ExpectFlat("p50 ms", Thirds.Of(rows, row => row.P50Ms), share: 0.25, atLeast: 0.2);
        checks.ExpectFlat("p99 ms", Thirds.Of(rows, row => row.P99Ms), share: 0.5, atLeast: 2);
        for (var node = 0; node < rows[0].ResidentMb.Count; node++)
        {
            var at = node;
            checks.ExpectFlat(
                $"memory MB of {NodeFleet.IdOf(node)}", Thirds.Of(rows, row => row.ResidentMb[at]), share: 0.15, atLeast: 20);
        }
        checks.ExpectFlat("memory MB of the client", Thirds.Of(rows, row => row.ClientMb), share: 0.15, atLeast: 20);

        // A disk grows and shrinks with each snapshot, so its greatest size counts.
        var half = rows.Count / 2;
        var (before, after) = (MostDisk(rows.Take(half)), MostDisk(rows.Skip(half)));
        checks.Expect(after <= before * 1.25 + 20, $"disk bounded: {before:F0} MB at most in the first half, {after:F0} MB in the second");
        checks.ExpectNothingLost(result);
        checks.Expect(leader.Elections == 0 && leader.LeaderChanges == 0,
            $"no elections: {leader.Elections}, {leader.LeaderChanges} changes of leader");
        if (rows[0].Collections.Count > 0)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"GC: {rows.Sum(row => row.Collections.Sum(seen => seen.Collections)):N0} collections of all nodes, "
                + $"{rows.Sum(row => row.Collections.Sum(seen => seen.PauseMs)) / result.Elapsed.TotalMilliseconds / 3:P2} "
                + $"of their time in pauses, the longest {rows.Max(row => row.Collections.Max(seen => seen.LongestMs)):F1} ms"));
        return checks.AllHold;
    }

    private static double MostDisk(IEnumerable<LongRow> rows) => rows.Select(row => row.DiskMb.Max()).DefaultIfEmpty(0).Max();
}
