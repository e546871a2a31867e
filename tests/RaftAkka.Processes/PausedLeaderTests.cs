using RaftAkka.Client;
using RaftAkka.Processes.Support;
using RaftAkka.Protocol;
using RaftAkka.Simulation.Judging;
using Xunit;

namespace RaftAkka.Processes;

/// <summary>
/// A leader's process is stopped, as by a debugger or a machine that swaps, and goes on when another leads: what it
/// answers then must not be what was true before.
/// </summary>
public sealed class PausedLeaderTests
{
    private const string WithLeases = "reads = lease";

    // Enough that the cluster serves again, and not just answers what was under way.
    private const int Some = 200;

    // Several: the first of them may arrive with what deposes the leader.
    private const int Reads = 8;

    [Theory]
    [InlineData("")]
    [InlineData(WithLeases)]
    public async Task A_paused_leader_that_wakes_serves_no_stale_read(string settings)
    {
        using var cluster = await Cluster.StartWithAsync(settings);
        await using var client = new TestClient(cluster.ClientFile);
        await client.SettledAsync();
        var leader = await client.LeaderAsync();
        var reader = await client.AskAloneAsync(leader);
        await client.Keys.PutAsync("key", "old");
        reader.Ask("key");
        Assert.True(RawReader.Says(await reader.AnswerAsync(), "old"u8));

        cluster[leader].Signal(RunningTool.Stop);
        await client.Keys.PutAsync("key", "new");
        for (var read = 0; read < Reads; read++) reader.Ask("key");   // They wait in its sockets until it wakes.
        cluster[leader].Signal(RunningTool.Continue);

        for (var read = 0; read < Reads; read++)
        {
            var answer = await reader.AnswerAsync();
            Assert.False(RawReader.Says(answer, "old"u8), $"{leader} says what was true before: {answer}");
            Assert.True(answer is BatchRefused || RawReader.Says(answer, "new"u8), $"{answer}");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(WithLeases)]
    public async Task What_clients_see_while_leaders_pause_is_linearizable(string settings)
    {
        using var cluster = await Cluster.StartWithAsync(settings);
        await using var client = new TestClient(cluster.ClientFile, given => given with { ReadFrom = ReadFrom.Any });
        var recorder = new Recorder(client.Keys);

        var history = await recorder.DuringAsync(async () =>
        {
            for (var round = 0; round < 3; round++)
            {
                await recorder.MoreAcknowledgedAsync(Some);
                var leader = await client.LeaderAsync();
                cluster[leader].Signal(RunningTool.Stop);
                await recorder.MoreAcknowledgedAsync(Some);
                cluster[leader].Signal(RunningTool.Continue);
            }

            await recorder.MoreAcknowledgedAsync(Some);
        });

        Assert.Equal(Answer.Linearizable, Judge.Check(history, Budget.Steps(50_000_000)).Answer);
    }

    [Fact]
    public async Task Stale_reads_are_answered_where_there_is_no_majority_and_others_are_not()
    {
        using var cluster = await Cluster.StartAsync();
        await using var client = new TestClient(cluster.ClientFile);
        await client.Keys.PutAsync("key", "value");
        var survivor = cluster.Ids[0];
        await Within.Eventually("n1 has applied the write", async () =>
            await RunningTool.RunAsync(Get(cluster, "--consistency", "stale", "--from", "any")),
            ended => ended is { Status: 0, Out: "value" });

        foreach (var id in cluster.Ids.Skip(1)) await cluster.KillAsync(id);

        var stale = await RunningTool.RunAsync(Get(cluster, "--consistency", "stale"));
        Assert.Equal((0, "value"), (stale.Status, stale.Out));
        var linearizable = await RunningTool.RunAsync(Get(cluster, "--from", "any", "--timeout", "2s"));
        Assert.Equal((3, ""), (linearizable.Status, linearizable.Out));
        Assert.True(cluster[survivor].IsRunning);
    }

    [Fact]
    public async Task Any_server_answers_linearizable_reads()
    {
        using var cluster = await Cluster.StartAsync();
        await using var client = new TestClient(cluster.ClientFile, client => client with { ReadFrom = ReadFrom.Any });
        for (var number = 0; number < 100; number++)
        {
            await client.Keys.PutAsync("key", $"{number}");
            Assert.Equal($"{number}", (await client.Keys.GetAsync("key"))?.ValueText);
            Assert.NotNull(await client.Keys.WithReads(ReadConsistency.Stale).GetAsync("key"));
        }
    }

    private static string[] Get(Cluster cluster, params string[] options) =>
        ["get", "key", "--config", cluster.ClientFile, .. options];
}
