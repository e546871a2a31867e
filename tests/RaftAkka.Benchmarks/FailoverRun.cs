using System.Globalization;
using RaftAkka.Client;
using RaftAkka.KeyValue;
using RaftAkka.Protocol;
using RaftAkka.Tool.Cluster;

namespace RaftAkka.Benchmarks;

/// <summary>kill −9 of the leader under writes, again and again: the longest gap between two acknowledged writes.</summary>
internal static class FailoverRun
{
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
            using var writers = new Writers(client);
            await Task.Delay(Settling, CancellationToken.None);

            var status = await raft.StatusAsync();
            var leader = int.Parse(status.Leader!.Value.Value[1..], CultureInfo.InvariantCulture) - 1;
            fleet.Kill(leader);
            await Task.Delay(Watched, CancellationToken.None);
            gaps.Add(await writers.LongestGapAsync());

            await fleet.StartNodeAsync(leader);
            Console.Error.WriteLine(
                $"run {run + 1} of {runs}: {NodeFleet.IdOf(leader)} killed, "
                + $"{gaps[^1]:F0} ms without an acknowledged write");
        }

        return gaps;
    }
}
