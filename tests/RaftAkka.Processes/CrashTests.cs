using RaftAkka.Processes.Support;
using Xunit;

namespace RaftAkka.Processes;

/// <summary>
/// An acknowledged write outlives what happens to the processes, and reads show it: a judge checks everything that
/// the clients saw.
/// </summary>
public sealed class CrashTests
{
    // Enough that the cluster serves again, and not just answers what was under way.
    private const int Some = 200;

    [Fact]
    public async Task Writes_outlive_the_leaders_being_killed()
    {
        using var cluster = await Cluster.StartAsync();
        await using var client = new TestClient(cluster.ClientFile);
        var recorder = new Recorder(client.Keys);

        var history = await recorder.DuringAsync(async () =>
        {
            for (var round = 0; round < 3; round++)
            {
                await recorder.MoreAcknowledgedAsync(Some);
                var leader = await client.LeaderAsync();
                await cluster.KillAsync(leader);
                await recorder.MoreAcknowledgedAsync(Some);
                await cluster.StartAsync(leader);
            }
        });

        Kept.All(history);
    }

    [Fact]
    public async Task Writes_outlive_the_restart_of_every_server_in_turn()
    {
        using var cluster = await Cluster.StartAsync();
        await using var client = new TestClient(cluster.ClientFile);
        var recorder = new Recorder(client.Keys);

        var history = await recorder.DuringAsync(async () =>
        {
            foreach (var id in cluster.Ids)
            {
                await recorder.MoreAcknowledgedAsync(Some);
                await cluster.StopAsync(id);
                await cluster.StartAsync(id);
            }
            await recorder.MoreAcknowledgedAsync(Some);
        });

        Kept.All(history);
    }

    [Fact]
    public async Task Writes_outlive_the_restart_of_all_servers_at_once()
    {
        using var cluster = await Cluster.StartAsync();
        await using var client = new TestClient(cluster.ClientFile);
        var recorder = new Recorder(client.Keys);

        var history = await recorder.DuringAsync(async () =>
        {
            for (var round = 0; round < 2; round++)
            {
                await recorder.MoreAcknowledgedAsync(Some);
                await Task.WhenAll(cluster.Ids.Select(cluster.KillAsync));
                await Task.WhenAll(cluster.Ids.Select(cluster.StartAsync));
            }
            await recorder.MoreAcknowledgedAsync(Some);
        });

        Kept.All(history);
    }
}
