using System.Globalization;
using RaftAkka.Benchmarks.Watch;
using RaftAkka.Tool.Bench;
using RaftAkka.Tool.Cli;

namespace RaftAkka.Benchmarks.Counters;

/// <summary>
/// What one write makes the machine do, over all processes: the numbers to compare before a change and after it. They
/// depend on the machine's speed much less than rates and latencies do.
/// </summary>
internal static class CountersRun
{
    private static readonly int[] InFlights = [1, 100, 1000];

    public static async Task<int> ShowAsync(int seconds)
    {
        if (!OperatingSystem.IsLinux())
        {
            Console.Error.WriteLine("counters reads /proc: it runs on Linux only.");
            return 2;
        }

        using var signals = new StopSignals();
        if (!SyncCount.IsPossible)
            Console.Error.WriteLine("strace is not installed, so fsyncs are left out: 'apt-get install strace' installs it.");

        var columns = new List<Counted>();
        foreach (var inFlight in InFlights)
        {
            if (signals.Token.IsCancellationRequested) return signals.ExitStatus;
            columns.Add(await CountAsync(inFlight, seconds, signals.Token));
        }
        Write(columns, seconds);
        return 0;
    }

    private static async Task<Counted> CountAsync(int inFlight, int seconds, CancellationToken stop)
    {
        Console.Error.WriteLine($"{inFlight} in flight");
        var settings = new BenchSettings { InFlight = inFlight, WarmUp = TimeSpan.Zero, Verify = false };
        var counted = await CountFromOutsideAsync(settings, seconds, stop);
        if (!SyncCount.IsPossible || stop.IsCancellationRequested) return counted;
        return counted with { Syncs = await SyncCount.ForEachWriteAsync(settings, seconds, stop) };
    }

    private static async Task<Counted> CountFromOutsideAsync(BenchSettings settings, int seconds, CancellationToken stop)
    {
        using var nodes = await NodeFleet.StartAsync(count: 3);
        await using var target = nodes.StartClients(settings);
        int[] processes = [.. nodes.Processes.Select(node => node.Process), Environment.ProcessId];
        using var cpu = new CpuMeter();
        foreach (var (name, process) in nodes.Processes) cpu.Add(name, process);
        await RunAsync(TimeSpan.FromSeconds(3));

        var (start, loopback) = (ProcessReading.Of(processes), LoopbackReading.Now());
        var result = await RunAsync(TimeSpan.FromSeconds(seconds));
        var counted = new Counted(result, ProcessReading.Of(processes) - start, LoopbackReading.Now() - loopback);

        // In a run of its own: whoever listens to the collector's events is one more process that is at work.
        var allocated = await AllocatedAsync(nodes, () => RunAsync(TimeSpan.FromSeconds(Math.Max(3, seconds))), stop);
        return counted with { AllocatedBytes = allocated };

        Task<BenchResult> RunAsync(TimeSpan duration) => LoadGenerator.RunAsync(
            target, settings with { Duration = duration }, MachineClock.Instance, NoProgress.Instance, cpu, stop);
    }

    // The nodes tell once a second, so what they tell is a rate: over the whole seconds in which the load ran.
    private static async Task<(double Nodes, double Client)?> AllocatedAsync(
        NodeFleet nodes, Func<Task<BenchResult>> run, CancellationToken stop)
    {
        var watches = nodes.Processes.Select(node => GcWatch.On(node.Process)).ToArray();
        try
        {
            var running = run();
            await Task.Delay(TimeSpan.FromMilliseconds(1200), CancellationToken.None);
            foreach (var watch in watches) watch.Take();
            var client = GC.GetTotalAllocatedBytes();
            var result = await running;
            var perSecond = (GC.GetTotalAllocatedBytes() - client) / (result.Elapsed.TotalSeconds - 1.2);
            if (stop.IsCancellationRequested || result.Operations == 0) return null;

            var seen = watches.Select(watch => watch.Take()).ToArray();
            var nodesPerSecond = seen.Sum(one => one.Reports == 0 ? 0 : one.AllocatedBytes / one.Reports);
            return (nodesPerSecond / result.OperationsPerSecond, perSecond / result.OperationsPerSecond);
        }
        finally
        {
            foreach (var watch in watches) watch.Dispose();
        }
    }

    private static void Write(IReadOnlyList<Counted> columns, int seconds)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"for each write of 256 bytes, all of three nodes and the client together, {seconds} s"));
        Console.WriteLine();
        Console.WriteLine($"| | {string.Join(" | ", InFlights.Select(number => $"{number} in flight"))} |");
        Console.WriteLine($"|---|{string.Concat(InFlights.Select(_ => "---:|"))}");
        Row("writes per second", one => one.Result.OperationsPerSecond, "N0");
        Row("CPU µs", one => one.Result.MicrosecondsEach(one.Result.CpuOfAll));
        Row("context switches, voluntary", one => one.Each(one.Processes.Voluntary));
        Row("context switches, involuntary", one => one.Each(one.Processes.Involuntary));
        Row("read calls (no sockets)", one => one.Each(one.Processes.Reads));
        Row("write calls (no sockets)", one => one.Each(one.Processes.Writes));
        Row("fsyncs and fdatasyncs (a run of their own)", one => one.Syncs, "0.####");
        Row("packets over loopback", one => one.Each(one.Loopback.Packets));
        Row("bytes over loopback", one => one.Each(one.Loopback.Bytes), "N0");
        Row("bytes allocated by the nodes (a run of its own)", one => one.AllocatedBytes?.Nodes, "N0");
        Row("bytes allocated by the client (likewise)", one => one.AllocatedBytes?.Client, "N0");

        void Row(string what, Func<Counted, double?> number, string format = "0.###") => Console.WriteLine(
            $"| {what} | "
            + string.Join(" | ", columns.Select(one => number(one)?.ToString(format, CultureInfo.InvariantCulture) ?? "-"))
            + " |");
    }

    private sealed record Counted(BenchResult Result, ProcessReading Processes, LoopbackReading Loopback)
    {
        public double? Syncs { get; init; }

        public (double Nodes, double Client)? AllocatedBytes { get; init; }

        public double? Each(long count) => Result.Operations == 0 ? null : (double)count / Result.Operations;
    }
}
