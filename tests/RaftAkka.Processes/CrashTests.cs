using RaftAkka.Processes.Support;
using RaftAkka.Simulation.Judging;
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

        AssertKept(history);
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

        AssertKept(history);
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

        AssertKept(history);
    }

    private static void AssertKept(IReadOnlyList<Operation> history)
    {
        var verdict = Judge.Check(history, Budget.Steps(50_000_000));
        if (verdict.IsLinearizable) return;

        var file = Path.Combine(Path.GetTempPath(), $"raftakka-history-{Guid.NewGuid():N}.jsonl");
        HistoryFile.Write(file, history);
        Assert.Fail(
            $"{verdict.Answer} on key {verdict.Violation?.Key ?? string.Join(", ", verdict.UndecidedKeys)}:\n"
            + $"{string.Join('\n', verdict.Violation?.Window ?? [])}\nThe whole history is in {file}.");
    }
}
