using System.Globalization;
using RaftAkka.Tool.Bench;

namespace RaftAkka.Benchmarks.Counters;

/// <summary>
/// How many fsyncs and fdatasyncs the nodes make for a write. strace follows them from their start, and by a filter in the
/// kernel it stops them at these calls only: an attached one would stop them at every call, and so at another speed.
/// </summary>
internal static class SyncCount
{
    private static readonly TimeSpan SummaryMax = TimeSpan.FromSeconds(5);

    public static bool IsPossible =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "strace")));

    /// <summary>From the first write of a fresh cluster to its last one, so that no call is without its write.</summary>
    public static async Task<double?> ForEachWriteAsync(BenchSettings settings, int seconds, CancellationToken stop)
    {
        var folder = Directory.CreateTempSubdirectory("raftakka-syncs-").FullName;
        try
        {
            string FileOf(int node) => Path.Combine(folder, NodeFleet.IdOf(node));

            // -D: strace is the grandchild, so that the process which was started is the node itself.
            var places = Places.Here with
            {
                PrefixOf = node => ["strace", "-D", "-f", "-q", "--seccomp-bpf", "-c", "-e", "trace=fsync,fdatasync", "-o", FileOf(node)],
            };
            using var nodes = await NodeFleet.StartAsync(count: 3, places: places);
            await using var target = nodes.StartClients(settings);
            using var cpu = new CpuMeter();
            var result = await LoadGenerator.RunAsync(
                target, settings with { Duration = TimeSpan.FromSeconds(seconds) },
                MachineClock.Instance, NoProgress.Instance, cpu, stop);

            var calls = 0L;
            for (var node = 0; node < nodes.Count; node++)
            {
                await nodes.StopAsync(node);
                calls += await CallsInAsync(FileOf(node));
            }
            return result.Operations == 0 ? null : (double)calls / result.Operations;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // % time     seconds  usecs/call     calls    errors syscall
    private static async Task<long> CallsInAsync(string file)
    {
        for (var waited = TimeSpan.Zero; waited < SummaryMax; waited += TimeSpan.FromMilliseconds(50))
        {
            var rows = File.Exists(file) ? await File.ReadAllLinesAsync(file) : [];
            if (rows.Any(row => row.EndsWith("total", StringComparison.Ordinal)))
                return rows.Select(row => row.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                    .Where(fields => fields is [.., "fsync" or "fdatasync"])
                    .Sum(fields => long.Parse(fields[3], CultureInfo.InvariantCulture));
            await Task.Delay(50);
        }
        throw new InvalidOperationException($"strace left no summary in {file}: may it trace processes here?");
    }
}
