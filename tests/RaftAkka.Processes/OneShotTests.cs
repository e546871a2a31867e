using System.Text.Json;
using RaftAkka.Processes.Support;
using Xunit;

namespace RaftAkka.Processes;

/// <summary>The client verbs against real servers, each in a process of its own.</summary>
public sealed class OneShotTests
{
    [Fact]
    public async Task The_verbs_do_what_they_say_and_their_status_tells_how_it_went()
    {
        using var server = new OneServer();
        using var node = await server.StartAsync();
        string[] at = ["--seed", server.Address];

        await AssertEnds(0, "", ["put", "colour", "blue", .. at]);
        await AssertEnds(0, "blue", ["get", "colour", .. at]);
        await AssertEnds(1, "", ["cas", "colour", "red", "green", .. at]);
        await AssertEnds(0, "", ["cas", "colour", "blue", "green", .. at]);
        await AssertEnds(0, "colour\tgreen\n", ["list", "col", "--config", server.ClientFile]);
        await AssertEnds(0, "green", ["get", "colour", "--config", server.ClientFile, .. at]);
        await AssertEnds(0, "", ["del", "colour", .. at]);
        await AssertEnds(1, "", ["del", "colour", .. at]);
        await AssertEnds(1, "", ["get", "colour", .. at]);
        await AssertEnds(2, "", ["get", "", .. at]);
        await AssertEnds(2, "", ["get", "colour"]);
    }

    [Fact]
    public async Task Bytes_go_through_standard_input_and_output_unchanged()
    {
        using var server = new OneServer();
        using var node = await server.StartAsync();
        using (var put = RunningTool.Start("put", "k", "-", "--seed", server.Address))
        {
            put.Type("two", "lines");
            put.EndInput();
            Assert.Equal(0, (await put.EndedAsync()).Status);
        }

        await AssertEnds(0, "two\nlines\n", ["get", "k", "--seed", server.Address]);
    }

    [Fact]
    public async Task Status_is_json_for_scripts()
    {
        using var server = new OneServer();
        using var node = await server.StartAsync();

        var ended = await RunningTool.RunAsync("status", "--seed", server.Address, "--json");

        var status = JsonDocument.Parse(ended.Out).RootElement;
        Assert.Equal(0, ended.Status);
        Assert.Equal("n1", status.GetProperty("leader").GetString());
        Assert.True(status.GetProperty("quorum").GetBoolean());
        var only = Assert.Single(status.GetProperty("servers").EnumerateArray());
        Assert.Equal(server.Address, only.GetProperty("address").GetString());
        Assert.Equal("leader", only.GetProperty("role").GetString());
    }

    [Fact]
    public async Task Without_a_server_everything_ends_as_unknown_in_time()
    {
        using var server = new OneServer();
        string[] at = ["--seed", server.Address, "--timeout", "1s"];

        foreach (var call in new string[][] { ["put", "k", "v"], ["get", "k"], ["list"], ["status"] })
        {
            var ended = await RunningTool.RunAsync([.. call, .. at]);
            Assert.Equal(3, ended.Status);
            Assert.DoesNotContain("   at ", ended.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Without_a_majority_status_shows_who_is_left_and_that_there_is_no_quorum()
    {
        using var cluster = await Cluster.StartAsync();
        foreach (var id in new[] { "n1", "n2", "n3" }) await cluster.KillAsync(id);

        var ended = await Within.Eventually(
            "the rest knows that it is no quorum",
            () => RunningTool.RunAsync("status", "--config", cluster.ClientFile, "--timeout", "1s"),
            ended => ended.Status == 3 && ended.Out.Contains("2 of 5 servers answer", StringComparison.Ordinal));

        Assert.StartsWith("NO QUORUM", ended.Out, StringComparison.Ordinal);
        Assert.Equal(3, ended.Out.Split('\n').Count(line => line.Contains(" unreachable ", StringComparison.Ordinal)));
        Assert.Equal(
            3, (await RunningTool.RunAsync("put", "k", "v", "--config", cluster.ClientFile, "--timeout", "1s")).Status);
    }

    private static async Task AssertEnds(int status, string output, params string[] arguments)
    {
        var ended = await RunningTool.RunAsync(arguments);

        Assert.Equal((status, output), (ended.Status, ended.Out));
        Assert.DoesNotContain("   at ", ended.Error, StringComparison.Ordinal);
    }
}
