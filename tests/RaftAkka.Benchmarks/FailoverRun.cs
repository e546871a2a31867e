using System.Diagnostics;
using System.Globalization;
using RaftAkka.Client;
using RaftAkka.KeyValue;
using RaftAkka.Protocol;
using RaftAkka.Tool.Cluster;

namespace RaftAkka.Benchmarks;

/// <summary>kill −9 of the leader under writes, again and again: the longest gap between two acknowledged writes.</summary>
internal static class FailoverRun
{
    private const int Writers = 4;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(3);

    public static async Task ShowAsync(int runs)
    {
        using var fleet = await NodeFleet.StartAsync(count: 3);
        var settings = new RaftClientSettings { Cluster = new ClusterId("bench"), Seeds = fleet.Addresses };
        using var system = RaftCommands.StartSystem(new ClientFile(settings, Akka.Configuration.Config.Empty));
        await using var raft = RaftClient.Start(system, settings);
        var gaps = (await RunAsync(fleet, raft, new KeyValueClient(raft), runs)).Order().ToArray();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{gaps.Length} runs: median {gaps[gaps.Length / 2]:F0} ms, best {gaps[0]:F0} ms, worst {gaps[^1]:F0} ms"));
    }

    private static async Task<List<double>> RunAsync(NodeFleet fleet, RaftClient raft, KeyValueClient client, int runs)
    {
        var gaps = new List<double>();
        for (var run = 0; run < runs; run++)
        {
            using var stop = new CancellationTokenSource();
            var writers = Enumerable.Range(0, Writers).Select(n => AcknowledgedAsync(client, n, stop.Token)).ToArray();
            await Task.Delay(Settling, CancellationToken.None);

            var status = await raft.StatusAsync();
            var leader = int.Parse(status.Leader!.Value.Value[1..], CultureInfo.InvariantCulture) - 1;
            fleet.Kill(leader);
            await Task.Delay(Watched, CancellationToken.None);
            await stop.CancelAsync();
            gaps.Add(LongestGap(await Task.WhenAll(writers)));

            await fleet.StartNodeAsync(leader);
            Console.Error.WriteLine(
                $"run {run + 1} of {runs}: {NodeFleet.IdOf(leader)} killed, "
                + $"{gaps[^1]:F0} ms without an acknowledged write");
        }

        return gaps;
    }

    // A write whose outcome nobody knows is no acknowledged one; the next one tells when writes go on.
    private static async Task<List<long>> AcknowledgedAsync(KeyValueClient client, int writer, CancellationToken stop)
    {
        var times = new List<long>();
        for (var n = 0; !stop.IsCancellationRequested; n++)
        {
            try
            {
                await client.PutAsync($"failover-{writer}", $"{n}", cancellationToken: CancellationToken.None);
                times.Add(Stopwatch.GetTimestamp());
            }
            catch (RaftClientException failed)
            {
                Console.Error.WriteLine($"writer {writer}: {failed.Message}");
            }
        }

        return times;
    }

    private static double LongestGap(IEnumerable<List<long>> acknowledged)
    {
        var times = acknowledged.SelectMany(list => list).Order().ToArray();
        return times.Zip(times.Skip(1), Stopwatch.GetElapsedTime).Max().TotalMilliseconds;
    }
}
