using System.Text.Json;
using RaftAkka.Processes.Support;
using RaftAkka.Simulation.Judging;
using Xunit;

namespace RaftAkka.Processes;

/// <summary>Servers come and go while a cluster of real processes serves.</summary>
public sealed class MembershipTests : IDisposable
{
    // Enough that the cluster serves, and not just answers what was under way.
    private const int Some = 50;

    private readonly TempFolder _folder = new();
    private int _steps;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_cluster_grows_from_one_server_to_five_and_shrinks_to_one_under_load()
    {
        using var up = await UpAsync(nodes: 1);
        await using var client = new TestClient(_folder["client.conf"]);
        var recorder = new Recorder(client.Keys);

        var history = await recorder.DuringAsync(async () =>
        {
            for (var server = 2; server <= 5; server++) await DoneAsync(up, recorder, "add");
            Assert.Equal(["n1", "n2", "n3", "n4", "n5"], await VotersAsync());
            for (var server = 1; server <= 4; server++) await DoneAsync(up, recorder, $"remove n{server}");
        });

        Assert.Equal(["n5"], await VotersAsync());
        Assert.Equal(Answer.Linearizable, Judge.Check(history, Budget.Steps(50_000_000)).Answer);
        await EndedAsync(up);
    }

    [Fact]
    public async Task All_five_servers_are_replaced_under_load_and_those_that_left_do_no_harm_when_they_come_back()
    {
        using var up = await UpAsync(nodes: 5);
        await using var client = new TestClient(_folder["client.conf"]);
        var recorder = new Recorder(client.Keys);
        for (var server = 1; server <= 5; server++) KeepFile($"n{server}");

        var history = await recorder.DuringAsync(async () =>
        {
            for (var server = 1; server <= 5; server++)
            {
                await DoneAsync(up, recorder, "add");
                await DoneAsync(up, recorder, $"remove n{server}");
            }

            for (var server = 1; server <= 5; server++)
            {
                using var left = RunningTool.Start("node", _folder[$"n{server}-left.conf"]);
                await left.ComplainsAsync("has left the cluster");
                await recorder.MoreAcknowledgedAsync(Some);
            }
        });

        Assert.Equal(["n10", "n6", "n7", "n8", "n9"], await VotersAsync());
        Assert.Equal(Answer.Linearizable, Judge.Check(history, Budget.Steps(50_000_000)).Answer);
        await EndedAsync(up);
    }

    [Fact]
    public async Task A_server_that_left_does_no_harm_when_it_is_started_again_and_learns_that_it_has_left()
    {
        using var up = await UpAsync(nodes: 3);
        await using var client = new TestClient(_folder["client.conf"]);
        KeepFile("n1");
        up.Type("kill n1", "remove n1", "get done");   // It is not there to hear of it.
        await up.ComplainsAsync("done: no such key");
        var before = await client.SettledAsync();

        using var left = RunningTool.Start("node", _folder["n1-left.conf"]);
        await left.ComplainsAsync("has left the cluster");

        await client.Keys.PutAsync("key", "value");
        var after = await client.SettledAsync();
        Assert.Equal((before.Leader, before.Term), (after.Leader, after.Term));
        Assert.DoesNotContain(after.Servers, server => server.Server?.Value == "n1");
        await EndedAsync(up);
    }

    [Fact]
    public async Task A_server_that_lost_its_data_is_refused_until_it_is_replaced()
    {
        using var up = await UpAsync(nodes: 3);
        await using var client = new TestClient(_folder["client.conf"]);
        await client.Keys.PutAsync("key", "value");
        up.Type("kill n2", "get done");
        await up.ComplainsAsync("done: no such key");
        Directory.Delete(_folder["n2"], recursive: true);

        using (var wiped = RunningTool.Start("node", _folder["n2.conf"]))
        {
            await wiped.ComplainsAsync("knows this server by another disk than its own");
            Assert.Equal("value", (await client.Keys.GetAsync("key"))?.ValueText);
            await wiped.KillAsync();
        }

        up.Type("remove n2", "add", "get again");
        await up.ComplainsAsync("again: no such key");
        Assert.Equal(["n1", "n3", "n4"], await VotersAsync());
        await EndedAsync(up);
    }

    // As an operator's files are, which nobody changes when the server has left.
    private void KeepFile(string id) => File.WriteAllText(
        _folder[$"{id}-left.conf"], File.ReadAllText(_folder["cluster.conf"]) + $"raft {{ id = {id}, data-directory = {id} }}\n");

    private async Task<RunningTool> UpAsync(int nodes)
    {
        var up = RunningTool.Start("up", "--nodes", $"{nodes}", "--dir", _folder[""]);
        await up.ComplainsAsync("other terminals reach it");
        return up;
    }

    /// <summary>A line is carried out, and the cluster serves on.</summary>
    private async Task DoneAsync(RunningTool up, Recorder recorder, string line)
    {
        var step = $"step-{++_steps}";
        up.Type(line, $"get {step}");
        await up.ComplainsAsync($"{step}: no such key");
        await recorder.MoreAcknowledgedAsync(Some);
    }

    private async Task<IReadOnlyList<string>> VotersAsync()
    {
        var ended = await RunningTool.RunAsync("member", "list", "--json", "--config", _folder["client.conf"]);
        Assert.Equal(0, ended.Status);
        return [.. JsonDocument.Parse(ended.Out).RootElement.GetProperty("members").EnumerateArray()
            .Where(member => member.GetProperty("role").GetString() == "voter")
            .Select(member => member.GetProperty("id").GetString()!)];
    }

    private static async Task EndedAsync(RunningTool up)
    {
        up.EndInput();
        await up.EndedAsync();
    }
}
