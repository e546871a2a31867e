using RaftAkka.KeyValue;
using RaftAkka.Processes.Support;
using RaftAkka.Protocol;
using Xunit;

namespace RaftAkka.Processes;

public sealed class FiveServersTests
{
    [Fact]
    public async Task Five_servers_elect_one_leader_and_serve_also_when_it_is_closed()
    {
        using var cluster = await Cluster.StartAsync();
        await using var client = new TestClient(cluster.ClientFile);

        var status = await client.SettledAsync();
        var leader = Assert.Single(status.Servers, server => server.Status?.Role == ServerRole.Leader);
        Assert.Equal(5, status.Servers.Count);
        await SetGetAndDeleteFiveKeys(client.Keys);

        await cluster.StopAsync(leader.Server!.Value.Value);
        var successor = await Within.Eventually(
            "a leader in place of the one that was closed", client.LeaderAsync, id => id != leader.Server.Value.Value);
        await SetGetAndDeleteFiveKeys(client.Keys);

        foreach (var id in cluster.Ids.Where(id => cluster[id].IsRunning)) await cluster.StopAsync(id);
        Assert.All(cluster.Ids, id => Assert.Single(cluster[id].Out.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
        Assert.Contains(successor, cluster.Ids);
    }

    private static async Task SetGetAndDeleteFiveKeys(KeyValueClient keys)
    {
        foreach (var number in Enumerable.Range(1, 5)) await keys.PutAsync($"key {number}", $"value {number}");

        foreach (var number in Enumerable.Range(1, 5))
            Assert.Equal($"value {number}", (await keys.GetAsync($"key {number}"))?.ValueText);

        foreach (var number in Enumerable.Range(1, 5))
        {
            Assert.True((await keys.DeleteAsync($"key {number}")).Deleted);
            Assert.Null(await keys.GetAsync($"key {number}"));
        }
    }
}
