using System.Globalization;
using RaftAkka.Benchmarks.Peers;
using RaftAkka.Tool.Bench;

namespace RaftAkka.Benchmarks.Compare;

/// <summary>
/// The same work for several systems, in turn and again and again, so that a slow minute of the machine meets all of
/// them. Each turn is a fresh cluster on an empty directory.
/// </summary>
internal sealed class CompareRun(IReadOnlyList<PeerKind> peers, IReadOnlyList<Case> cases, BenchSettings settings)
{
    private readonly Dictionary<(string, Case), Measured> _measured = [];

    public async Task<IReadOnlyList<Measured>> RunAsync(int repeats)
    {
        for (var repeat = 1; repeat <= repeats; repeat++)
        {
            foreach (var kind in peers)
            {
                Console.Error.WriteLine($"{kind.Name}, {repeat} of {repeats}");
                await TurnAsync(kind);
            }
        }
        return [.. from one in cases from kind in peers select _measured[(kind.Name, one)]];
    }

    /// <summary>A row for each system and case, as Markdown.</summary>
    public static void Write(IReadOnlyList<Measured> measured, TextWriter output)
    {
        output.WriteLine("| operation | in flight | system | per second (least to most) | p50 ms | p99 ms | CPU µs each | failed |");
        output.WriteLine("|---|---:|---|---:|---:|---:|---:|---:|");
        foreach (var one in measured)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {one.Case.Operation} | {one.Case.InFlight} | {one.System} "
                + $"| {one.PerSecond.Median:N0} ({one.PerSecond.Least:N0} to {one.PerSecond.Most:N0}) "
                + $"| {one.P50Ms.Median:F2} | {one.P99Ms.Median:F2} | {one.CpuMicros.Median:F1} "
                + $"| {one.Failed:N0}{(one.IsIntact ? "" : ", WRITES LOST")} |"));
        }
    }

    private async Task TurnAsync(PeerKind kind)
    {
        await using var peer = await kind.Start();
        using var cpu = new CpuMeter();
        foreach (var (name, process) in peer.Processes) cpu.Add(name, process);
        foreach (var one in cases)
        {
            var result = await LoadGenerator.RunAsync(
                peer.Target,
                settings with { Operation = one.Reads ? BenchOperation.Get : BenchOperation.Put, InFlight = one.InFlight },
                MachineClock.Instance, NoProgress.Instance, cpu, CancellationToken.None);
            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {one.Operation}, {one.InFlight} in flight: {result.OperationsPerSecond:N0}/s, p50 {result.Milliseconds(50):F2} ms"));
            if (!_measured.TryGetValue((kind.Name, one), out var all))
                _measured.Add((kind.Name, one), all = new Measured(kind.Name, one));
            all.Add(result);
        }
    }
}
