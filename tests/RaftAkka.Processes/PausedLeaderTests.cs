using RaftAkka.Client;
using RaftAkka.KeyValue;
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

    // Twice as many as there are servers, each to the one that has waited longest: the paused one gets some.
    private const int Reads = 10;

    [Theory]
    [InlineData("")]
    [InlineData(WithLeases)]
    public async Task A_paused_leader_that_wakes_serves_no_stale_read(string settings)
    {
        using var cluster = await Cluster.StartWithAsync(settings);
        await using var writer = new TestClient(cluster.ClientFile);
        await using var reader = new TestClient(cluster.ClientFile, given => given with
        {
            // It reads from the paused one, too, and waits for its answer, however long that takes.
            ReadFrom = ReadFrom.Any, Timeout = TimeSpan.FromMinutes(1), ServerTimeout = TimeSpan.FromSeconds(50),
        });
        await writer.SettledAsync();
        var leader = await writer.LeaderAsync();
        await writer.Keys.PutAsync("key", "old");
        for (var warm = 0; warm < Reads; warm++) Assert.Equal("old", (await reader.Keys.GetAsync("key"))?.ValueText);

        cluster[leader].Signal(RunningTool.Stop);
        await writer.Keys.PutAsync("key", "new");
        var reads = new List<Task<KeyValueEntry?>>();
        for (var read = 0; read < Reads; read++)
        {
            reads.Add(reader.Keys.GetAsync("key"));
            await writer.Keys.GetAsync("key");   // Meanwhile the read has left, and the next one travels alone.
        }

        await Within.Eventually("the other servers answer", () => Answered(reads) > 0);
        Assert.True(Answered(reads) < Reads, "no read waits for the paused server: this test proves nothing");
        cluster[leader].Signal(RunningTool.Continue);

        Assert.All(await Task.WhenAll(reads), entry => Assert.Equal("new", entry?.ValueText));
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

    private static int Answered(IEnumerable<Task> reads) => reads.Count(read => read.IsCompleted);

    private static string[] Get(Cluster cluster, params string[] options) =>
        ["get", "key", "--config", cluster.ClientFile, .. options];
}
