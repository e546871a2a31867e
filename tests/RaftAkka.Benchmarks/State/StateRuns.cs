using System.Diagnostics;
using System.Globalization;
using RaftAkka.Client;
using RaftAkka.Protocol;

namespace RaftAkka.Benchmarks.State;

/// <summary>What a large state costs: to send it, to start with it, and on the disk.</summary>
internal static class StateRuns
{
    private const int ValueBytes = 10_000;
    private const int Clients = 100;

    // No snapshots but those that a run asks for.
    private const string NoSnapshots =
        "snapshots { every-entries = 1000000000, every-bytes = 2047 MiB, keep-entries = 100, keep = 1 }";

    /// <summary>A server joins with an empty disk while 100 clients write.</summary>
    public static async Task InstallAsync(int megabytes)
    {
        await using var fleet = await StateFleet.StartAsync(NoSnapshots, nodes: 2);
        var keys = megabytes * 1_000_000 / ValueBytes;
        await fleet.WriteAsync(keys, keys, ValueBytes);
        var leader = await fleet.LeaderAsync();
        for (var node = 0; node < fleet.Nodes.Count; node++) await fleet.SnapshotAsync(node);
        var joins = fleet.Nodes.Join();
        await fleet.Admin.AddAsync(new ServerId(NodeFleet.IdOf(joins)), fleet.Nodes.Addresses[joins]);

        using var stop = new CancellationTokenSource();
        var written = 0L;
        var writers = Enumerable.Range(0, Clients)
            .Select(n => WriteUntilAsync(fleet, n, () => Interlocked.Increment(ref written), stop.Token)).ToArray();
        await Task.Delay(TimeSpan.FromSeconds(3), CancellationToken.None);
        var before = fleet.Nodes.ResidentBytes(leader);
        using var meter = new PeakMeter(() => fleet.Nodes.ResidentBytes(leader));
        var (watch, start) = (Stopwatch.StartNew(), Interlocked.Read(ref written));
        var (_, caughtUp) = await fleet.StartAndCatchUpAsync(joins);
        var rate = (Interlocked.Read(ref written) - start) / watch.Elapsed.TotalSeconds;
        await stop.CancelAsync();
        await Task.WhenAll(writers);

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{megabytes} MB to a server that joins: {caughtUp:F1} s from its start until it has applied all; meanwhile "
            + $"{rate:N0} writes/s of {Clients} clients; the leader's memory {StateFleet.Mb(before)} MB before, "
            + $"{StateFleet.Mb(meter.Peak)} MB at most"));
    }

    /// <summary>A start from a large snapshot, and one from a log of many entries.</summary>
    public static async Task StartsAsync(int megabytes, int entries)
    {
        await using (var fleet = await StateFleet.StartAsync(NoSnapshots))
        {
            var keys = megabytes * 1_000_000 / ValueBytes;
            await fleet.WriteAsync(keys, keys, ValueBytes);
            await ReportAsync(fleet, $"a snapshot of {megabytes} MB", withSnapshot: true);
        }

        await using (var fleet = await StateFleet.StartAsync(NoSnapshots))
        {
            await fleet.WriteAsync(entries, 1000, 100);
            await ReportAsync(fleet, $"{entries:N0} writes in the log", withSnapshot: false);
        }
    }

    /// <summary>The disk after many writes to few keys, with the snapshots that servers take by themselves.</summary>
    public static async Task DiskAsync(long writes, int keys)
    {
        await using var fleet = await StateFleet.StartAsync("");
        await fleet.WriteAsync(writes, keys, 256);
        for (var node = 0; node < fleet.Nodes.Count; node++)
            Console.WriteLine($"{NodeFleet.IdOf(node)} after {writes:N0} writes of 256 bytes to {keys:N0} keys: "
                + $"{StateFleet.Mb(fleet.Nodes.DiskBytes(node))} MB on disk, "
                + $"{StateFleet.Mb(fleet.Nodes.ResidentBytes(node))} MB of memory");
    }

    /// <summary>Writes in a loop; fails where a disk grows beyond a bound that has nothing to do with the time.</summary>
    public static async Task<int> SoakAsync(double minutes)
    {
        const int Keys = 1_000;
        const long BytesMax = 64_000_000;
        await using var fleet = await StateFleet.StartAsync(
            "segment-bytes = 1 MiB, snapshots { every-entries = 5000, every-bytes = 4 MiB, keep-entries = 500, keep = 2 }");
        var (watch, rounds, most) = (Stopwatch.StartNew(), 0L, 0L);
        while (watch.Elapsed.TotalMinutes < minutes)
        {
            await fleet.WriteAsync(2_000, Keys, 2_000);
            rounds++;
            for (var node = 0; node < fleet.Nodes.Count; node++)
                most = Math.Max(most, fleet.Nodes.DiskBytes(node));
            if (most <= BytesMax) continue;
            Console.WriteLine($"a disk holds {StateFleet.Mb(most)} MB after {rounds * 2_000:N0} writes: more than "
                + $"{StateFleet.Mb(BytesMax)} MB, whatever the time");
            return 1;
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{rounds * 2_000:N0} writes of 2,000 bytes in {watch.Elapsed.TotalMinutes:F1} minutes, "
            + $"{StateFleet.Mb(rounds * 2_000 * 2_000)} MB in all: no disk held more than {StateFleet.Mb(most)} MB"));
        return 0;
    }

    private static async Task ReportAsync(StateFleet fleet, string what, bool withSnapshot)
    {
        var node = (await fleet.LeaderAsync() + 1) % fleet.Nodes.Count;
        if (withSnapshot) await fleet.SnapshotAsync(node);
        fleet.Nodes.Kill(node);
        var (ready, caughtUp) = await fleet.StartAndCatchUpAsync(node);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"a start from {what}: ready after {ready:F1} s, all applied after {caughtUp:F1} s; "
            + $"{StateFleet.Mb(fleet.Nodes.DiskBytes(node))} MB on disk, "
            + $"{StateFleet.Mb(fleet.Nodes.ResidentBytes(node))} MB of memory"));
    }

    private static async Task WriteUntilAsync(StateFleet fleet, int client, Action onWritten, CancellationToken stop)
    {
        for (var n = 0; !stop.IsCancellationRequested; n++)
        {
            try
            {
                await fleet.Keys.PutAsync(
                    $"load-{client}-{n % 100}", new string('y', 256), cancellationToken: CancellationToken.None);
                onWritten();
            }
            catch (RaftClientException failed)
            {
                Console.Error.WriteLine($"client {client}: {failed.Message}");
            }
        }
    }
}

/// <summary>The greatest value that something had, looked at ten times a second.</summary>
internal sealed class PeakMeter : IDisposable
{
    private readonly Timer _timer;
    private long _peak;

    public PeakMeter(Func<long> read) => _timer = new Timer(
        _ => _peak = Math.Max(_peak, read()), null, TimeSpan.Zero, TimeSpan.FromMilliseconds(100));

    public long Peak => _peak;

    public void Dispose() => _timer.Dispose();
}
