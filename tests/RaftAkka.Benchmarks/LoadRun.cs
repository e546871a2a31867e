using System.Diagnostics;
using RaftAkka.KeyValue;

namespace RaftAkka.Benchmarks;

/// <summary>What one run measured.</summary>
internal sealed record LoadResult(int InFlight, long Operations, double PerSecond, double P50Ms, double P99Ms, double MaxMs,
    long Failures, double CpuMicrosPerOperation);

/// <summary>A closed loop: a number of callers, each with one operation under way at any time.</summary>
internal static class LoadRun
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);

    public static async Task<LoadResult> RunAsync(
        NodeFleet fleet, KeyValueClient client, bool reads, int inFlight, TimeSpan duration, int valueBytes)
    {
        var value = new byte[valueBytes];
        new Random(1).NextBytes(value);

        using var stop = new CancellationTokenSource();
        var counting = new StrongBox();
        var callers = Enumerable.Range(0, inFlight).Select(n => CallerAsync(client, reads, n, value, counting, stop.Token)).ToArray();
        await Task.Delay(WarmUp, CancellationToken.None);

        using var self = Process.GetCurrentProcess();
        var cpu = fleet.CpuTime() + self.TotalProcessorTime;
        counting.IsOn = true;
        var watch = Stopwatch.StartNew();
        await Task.Delay(duration, CancellationToken.None);
        counting.IsOn = false;
        var elapsed = watch.Elapsed;
        self.Refresh();
        cpu = fleet.CpuTime() + self.TotalProcessorTime - cpu;

        await stop.CancelAsync();
        var calls = await Task.WhenAll(callers);
        var latencies = calls.SelectMany(call => call.Latencies).Order().ToArray();
        return new LoadResult(inFlight, latencies.Length, latencies.Length / elapsed.TotalSeconds,
            Percentile(latencies, 0.50), Percentile(latencies, 0.99), Percentile(latencies, 1),
            calls.Sum(call => call.Failures), cpu.TotalMicroseconds / Math.Max(1, latencies.Length));
    }

    private static async Task<(List<double> Latencies, long Failures)> CallerAsync(
        KeyValueClient client, bool reads, int caller, byte[] value, StrongBox counting, CancellationToken stop)
    {
        var latencies = new List<double>();
        var failures = 0L;
        for (var n = 0; !stop.IsCancellationRequested; n++)
        {
            var key = $"k{caller % 1000:D4}-{n % 1000:D6}";
            var start = Stopwatch.GetTimestamp();
            try
            {
                if (reads) await client.GetAsync(key, cancellationToken: CancellationToken.None);
                else await client.PutAsync(System.Text.Encoding.UTF8.GetBytes(key), value, cancellationToken: CancellationToken.None);
                if (counting.IsOn) latencies.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
            catch (Client.RaftClientException)
            {
                failures++;
            }
        }

        return (latencies, failures);
    }

    private static double Percentile(double[] sorted, double fraction) =>
        sorted.Length == 0 ? double.NaN : sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * fraction))];

    private sealed class StrongBox
    {
        public volatile bool IsOn;
    }
}
