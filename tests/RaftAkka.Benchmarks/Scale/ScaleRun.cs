using System.Globalization;
using RaftAkka.Tool.Bench;
using RaftAkka.Tool.Cli;

namespace RaftAkka.Benchmarks.Scale;

/// <summary>Writes by the number of servers, by the size of values, and by the number of client systems.</summary>
internal static class ScaleRun
{
    private const int InFlight = 1000;

    // More would measure how the machine's memory holds it, and not how the cluster writes it.
    private const long InFlightBytesMax = 64 * 1024 * 1024;

    // All servers keep all values in memory, and their snapshots hold them again.
    private const long StoredBytesMax = 128 * 1024 * 1024;
    private const int KeysMax = 10_000;

    // A thousand systems that connect at once are a storm of their own: it has to be over before the measurement.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan WarmUpForEachClient = TimeSpan.FromMilliseconds(30);

    public static async Task<int> ShowAsync(Arguments arguments)
    {
        var seconds = arguments.Number("--seconds", 10);
        var only = arguments.Option("--only")?.Split(',');
        using var signals = new StopSignals();
        var curves = new List<Curve>();
        foreach (var curve in All().Where(curve => only?.Contains(curve.Name) ?? true))
        {
            foreach (var point in curve.Points)
            {
                Console.Error.WriteLine($"{curve.Name}: {point.Label}");
                await MeasureAsync(point, seconds, signals.Token);
                if (signals.Token.IsCancellationRequested) return signals.ExitStatus;
            }
            curves.Add(curve);
            Write(curve);
        }

        var file = arguments.Option("--plot") ?? "scale.svg";
        var date = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        await File.WriteAllTextAsync(file, ScalePlot.Draw(
            curves,
            $"{date}, {Environment.ProcessorCount} cores, servers and clients on one machine, {InFlight} writes in flight, "
            + $"{seconds} s each; where not said otherwise: 3 servers, 256 bytes, 1 client system"));
        Console.WriteLine($"The plot is in {Path.GetFullPath(file)}.");
        return curves.SelectMany(curve => curve.Points).All(point => point.Result is { IsIntact: true, Operations: > 0 }) ? 0 : 1;
    }

    private static IEnumerable<Curve> All()
    {
        yield return new Curve(
            "servers", $"by the number of servers: {InFlight} writes of 256 bytes in flight, 1 client system",
            [.. new[] { 3, 5, 7 }.Select(servers => new ScalePoint($"{servers}", servers, 256, 1, InFlight))]);
        yield return new Curve(
            "values", $"by the size of values: 3 servers, {InFlight} in flight, but never more than "
                + $"{InFlightBytesMax >> 20} MiB of them; keys so that a server keeps {StoredBytesMax >> 20} MiB at most",
            [.. new[] { (16, "16 B"), (256, "256 B"), (4096, "4 KB"), (65536, "64 KB"), (1048576, "1 MB") }
                .Select(value => new ScalePoint(
                    value.Item2, 3, value.Item1, 1, (int)Math.Min(InFlight, InFlightBytesMax / value.Item1)))]);
        yield return new Curve(
            "clients", $"by the number of client systems, each with connections of its own, all in one process: "
                + $"3 servers, {InFlight} writes of 256 bytes in flight, shared among the systems",
            [.. new[] { 1, 10, 100, 1000 }.Select(clients => new ScalePoint($"{clients}", 3, 256, clients, InFlight))]);
    }

    private static async Task MeasureAsync(ScalePoint point, int seconds, CancellationToken stop)
    {
        var settings = new BenchSettings
        {
            InFlight = point.InFlight, ValueBytes = point.ValueBytes, Clients = point.Clients,
            Keys = (int)Math.Min(KeysMax, StoredBytesMax / point.ValueBytes),
            WarmUp = WarmUp + WarmUpForEachClient * point.Clients, Duration = TimeSpan.FromSeconds(seconds),
        };
        using var nodes = await NodeFleet.StartAsync(point.Servers);
        await using var target = nodes.StartClients(settings);
        using var cpu = new CpuMeter();
        foreach (var (name, process) in nodes.Processes) cpu.Add(name, process);
        point.Result = await LoadGenerator.RunAsync(
            target, settings, MachineClock.Instance, NoProgress.Instance, cpu, stop);
    }

    private static void Write(Curve curve)
    {
        Console.WriteLine($"Writes {curve.About}.");
        Console.WriteLine();
        Console.WriteLine($"| {curve.Name} | in flight | per second | MB per second | p50 ms | p99 ms | CPU µs each | failed |");
        Console.WriteLine("|---:|---:|---:|---:|---:|---:|---:|---:|");
        foreach (var point in curve.Points)
        {
            var result = point.Result!;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {point.Label} | {point.InFlight} | {result.OperationsPerSecond:N0} "
                + $"| {result.OperationsPerSecond * point.ValueBytes / 1e6:N1} | {result.Milliseconds(50):F2} "
                + $"| {result.Milliseconds(99):F2} | {result.MicrosecondsEach(result.CpuOfAll) ?? double.NaN:F1} "
                + $"| {result.Errors + result.Unknown:N0}{(result.IsIntact ? "" : ", WRITES LOST")} |"));
        }
        Console.WriteLine();
    }
}

/// <summary>What is measured along one of the things that vary.</summary>
/// <param name="Name">What varies.</param>
/// <param name="About">And what stays as it is.</param>
/// <param name="Points">From few to many.</param>
internal sealed record Curve(string Name, string About, IReadOnlyList<ScalePoint> Points);

/// <summary>One cluster and its load.</summary>
internal sealed record ScalePoint(string Label, int Servers, int ValueBytes, int Clients, int InFlight)
{
    public BenchResult? Result { get; set; }
}
