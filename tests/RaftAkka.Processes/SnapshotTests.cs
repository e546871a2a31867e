using RaftAkka.Client;
using RaftAkka.Processes.Support;
using Xunit;

namespace RaftAkka.Processes;

/// <summary>Snapshots every few dozen entries, on real disks and between real processes.</summary>
public sealed class SnapshotTests
{
    private const string Often =
        "segment-bytes = 64 KiB, snapshots { every-entries = 60, every-bytes = 128 KiB, keep-entries = 10, keep = 1 }";

    private const int Some = 150;

    [Fact]
    public async Task A_long_loop_of_writes_keeps_the_disk_bounded_and_a_start_reads_little()
    {
        using var cluster = await Cluster.StartWithAsync(Often);
        await using var client = new TestClient(cluster.ClientFile);

        // 40 MB of log where nothing is let go of; the state is 20 KB.
        for (var round = 0; round < 200; round++)
            await Task.WhenAll(Enumerable.Range(0, 20).Select(key =>
                client.Keys.PutAsync($"key {key}", $"{round} {new string('x', 10_000)}")));

        // Some segments and snapshots, and what is on its way from one to the other.
        foreach (var id in cluster.Ids)
            await Within.Eventually($"{id} keeps less than 4 MB", () => cluster.BytesOf(id) < 4_000_000);

        await Task.WhenAll(cluster.Ids.Select(cluster.KillAsync));
        await Task.WhenAll(cluster.Ids.Select(cluster.StartAsync));
        Assert.StartsWith("199 ", (await client.Keys.GetAsync("key 7"))!.ValueText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_was_away_for_long_gets_a_snapshot_and_follows_from_there()
    {
        using var cluster = await Cluster.StartWithAsync(Often);
        await using var client = new TestClient(cluster.ClientFile);
        await client.Keys.PutAsync("before", "1");
        var away = (await NotLeading(cluster, client)).First();
        await cluster.KillAsync(away);
        for (var number = 0; number < 400; number++) await client.Keys.PutAsync($"key {number}", new string('x', 2_000));

        await cluster.StartAsync(away);

        await AllHaveTheSame(client);
        var status = (await client.Raft.StatusAsync()).Servers.Single(server => server.Server?.Value == away).Status!;
        Assert.True(status.FirstIndex.Value > 300, $"its log begins with {status.FirstIndex}, so it was not sent a snapshot");

        // It counts: a majority with it, and without two others, serves.
        foreach (var other in (await NotLeading(cluster, client)).Where(id => id != away).Take(2)) await cluster.KillAsync(other);
        await client.Keys.PutAsync("after", "2");
        Assert.Equal("1", (await client.Keys.GetAsync("before"))?.ValueText);
    }

    [Fact]
    public async Task Writes_outlive_kills_while_snapshots_are_taken()
    {
        using var cluster = await Cluster.StartWithAsync(Often);
        await using var client = new TestClient(cluster.ClientFile);
        var recorder = new Recorder(client.Keys);

        var history = await recorder.DuringAsync(async () =>
        {
            // A snapshot every 60 entries, so that some of the kills meet one.
            foreach (var id in cluster.Ids)
            {
                await recorder.MoreAcknowledgedAsync(Some);
                await cluster.KillAsync(id);
                await cluster.StartAsync(id);
            }
        });

        Kept.All(history);
        await AllHaveTheSame(client);
    }

    [Fact]
    public async Task Writes_outlive_kills_of_the_receiver_and_of_the_sender_of_a_snapshot()
    {
        using var cluster = await Cluster.StartWithAsync(Often);
        await using var client = new TestClient(cluster.ClientFile);
        for (var number = 0; number < 200; number++)   // 2 MB: a snapshot of some dozen parts.
            await client.Keys.PutAsync($"ballast {number}", new string('x', 10_000));
        var recorder = new Recorder(client.Keys);

        var history = await recorder.DuringAsync(async () =>
        {
            for (var round = 0; round < 3; round++)
            {
                var away = (await NotLeading(cluster, client)).First();
                await cluster.KillAsync(away);
                await recorder.MoreAcknowledgedAsync(2 * Some);

                // As soon as it says that it is ready, the leader finds out what it lacks.
                await cluster.StartAsync(away);
                await cluster.KillAsync(round % 2 == 0 ? away : await client.LeaderAsync());
                foreach (var id in cluster.Ids.Where(id => !cluster[id].IsRunning)) await cluster.StartAsync(id);
            }

            await recorder.MoreAcknowledgedAsync(Some);
        });

        Kept.All(history);
        await AllHaveTheSame(client);
    }

    private static async Task<IEnumerable<string>> NotLeading(Cluster cluster, TestClient client)
    {
        var leader = await client.LeaderAsync();
        return cluster.Ids.Where(id => id != leader && cluster[id].IsRunning);
    }

    private static Task<ClusterStatus> AllHaveTheSame(TestClient client) => Within.Eventually(
        "all servers have applied the same", () => client.Raft.StatusAsync(),
        status => status.HasQuorum
            && status.Servers.All(server => server.Status is not null)
            && status.Servers.Select(server => server.Status!.AppliedIndex).Distinct().Count() == 1);
}
