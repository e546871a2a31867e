using RaftAkka.Processes.Support;
using RaftAkka.Simulation.Judging;
using Xunit;

namespace RaftAkka.Processes;

/// <summary>What an operator does with a cluster of node processes that serves meanwhile.</summary>
public sealed class OperatingTests
{
    private const int Some = 50;

    [Fact]
    public async Task Leadership_is_handed_from_server_to_server_under_load()
    {
        using var cluster = await Cluster.StartAsync();
        await using var client = new TestClient(cluster.ClientFile);
        var recorder = new Recorder(client.Keys);
        await client.SettledAsync();

        var history = await recorder.DuringAsync(async () =>
        {
            foreach (var id in cluster.Ids)
            {
                await DoneAsync(cluster, "transfer", id);   // It fails where another server leads then.
                await recorder.MoreAcknowledgedAsync(Some);
            }
        });

        Assert.Equal(Answer.Linearizable, Judge.Check(history, Budget.Steps(50_000_000)).Answer);
    }

    [Fact]
    public async Task A_leader_that_is_stopped_hands_over_first()
    {
        using var cluster = await Cluster.StartWithAsync("", "akka.loglevel = INFO");
        await using var client = new TestClient(cluster.ClientFile);
        var recorder = new Recorder(client.Keys);
        await client.SettledAsync();

        var history = await recorder.DuringAsync(async () =>
        {
            await recorder.MoreAcknowledgedAsync(Some);
            var before = await client.SettledAsync();
            await cluster.StopAsync(before.Leader!.Value.Value);
            await recorder.MoreAcknowledgedAsync(Some);

            // One election, by a server that the leader chose; had it just gone, others would have missed it first.
            Assert.Contains("hands leadership over to", cluster[before.Leader.Value.Value].Error, StringComparison.Ordinal);
        });

        Assert.Equal(Answer.Linearizable, Judge.Check(history, Budget.Steps(50_000_000)).Answer);
    }

    [Fact]
    public async Task A_server_that_moves_to_another_port_is_found_there_by_servers_and_clients()
    {
        using var cluster = await Cluster.StartAsync();
        await using var client = new TestClient(cluster.ClientFile);
        await client.Keys.PutAsync("key", "value");
        var before = await client.SettledAsync();
        var leader = before.Leader!.Value.Value;
        var moves = cluster.Ids.First(id => id != leader);

        await cluster.StopAsync(moves);
        var address = $"127.0.0.1:{FreePorts.Find(1)[0]}";
        await DoneAsync(cluster, "member", "update", moves, address);
        var members = before.Servers.Select(server =>
            $$"""{ id = {{server.Server}}, address = "{{(server.Server?.Value == moves ? address : server.Address)}}" }""");
        File.AppendAllText(cluster.FileOf(moves), $"raft.members = [ {string.Join(", ", members)} ]\n");
        await cluster.StartAsync(moves);

        var status = await client.SettledAsync();
        Assert.Contains(status.Servers, server => server.Server?.Value == moves && server.Address == address);
        await DoneAsync(cluster, "transfer", moves);
        Assert.Equal("value", (await client.Keys.GetAsync("key"))?.ValueText);
        Assert.Equal(moves, await client.LeaderAsync());
    }

    [Fact]
    public async Task A_survivor_is_made_a_cluster_of_its_own_when_the_majority_is_lost_for_good()
    {
        using var cluster = await Cluster.StartAsync();
        await using var client = new TestClient(cluster.ClientFile);
        await client.Keys.PutAsync("key", "value");
        var survivor = (await client.SettledAsync()).Leader!.Value.Value;
        foreach (var id in cluster.Ids.Where(id => id != survivor)) await cluster.KillAsync(id);

        var lost = await RunningTool.RunAsync("status", "--config", cluster.ClientFile);
        Assert.Equal(3, lost.Status);
        Assert.Contains("no quorum", lost.Out + lost.Error, StringComparison.OrdinalIgnoreCase);
        await cluster.KillAsync(survivor);
        var asked = await RunningTool.RunAsync("recover", "--data", cluster.DataOf(survivor));
        Assert.Equal(2, asked.Status);   // Nobody confirmed.
        var recovered = await RunningTool.RunAsync("recover", "--data", cluster.DataOf(survivor), "--yes");
        Assert.Equal(0, recovered.Status);
        await cluster.StartAsync(survivor);

        Assert.Equal("value", (await client.Keys.GetAsync("key"))?.ValueText);
        Assert.Equal(survivor, (await client.LeaderAsync()));
        var back = cluster.Ids.First(id => id != survivor);
        await cluster.StartAsync(back);
        await cluster[back].ComplainsAsync("has left the cluster");
        await client.Keys.PutAsync("key", "more");
        Assert.Equal([survivor], (await client.Raft.StatusAsync()).Servers.Select(server => server.Server?.Value));
    }

    private static async Task DoneAsync(Cluster cluster, params string[] called)
    {
        var ended = await RunningTool.RunAsync([.. called, "--config", cluster.ClientFile]);
        Assert.True(ended.Status == 0, ended.Out + ended.Error);
    }
}
