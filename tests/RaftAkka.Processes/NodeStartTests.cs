using RaftAkka.Processes.Support;
using Xunit;

namespace RaftAkka.Processes;

/// <summary>How a node process starts and ends, and what it says when it cannot start.</summary>
public sealed class NodeStartTests
{
    [Fact]
    public async Task A_node_says_on_one_line_that_it_is_ready()
    {
        using var server = new OneServer();
        using var node = await server.StartAsync();

        node.Signal(RunningTool.Terminate);
        var ended = await node.EndedAsync(within: TimeSpan.FromSeconds(5));

        Assert.Equal(
            (0, $"raft node n1 is ready: cluster demo, {server.Address}, data {server.Data}\n", ""),
            (ended.Status, ended.Out, ended.Error));
    }

    [Fact]
    public async Task Ctrl_C_stops_a_node_cleanly()
    {
        using var server = new OneServer();
        using var node = await server.StartAsync();

        node.Signal(RunningTool.Interrupt);

        Assert.Equal(0, (await node.EndedAsync(within: TimeSpan.FromSeconds(5))).Status);
    }

    [Fact]
    public async Task A_terminal_that_is_closed_stops_a_node_cleanly()
    {
        using var server = new OneServer();
        using var node = await server.StartAsync();

        node.Signal(RunningTool.HangUp);

        var ended = await node.EndedAsync(within: TimeSpan.FromSeconds(5));
        Assert.Equal((0, ""), (ended.Status, ended.Error));
    }

    [Fact]
    public async Task Under_nohup_a_node_outlives_its_terminal()
    {
        using var server = new OneServer();
        using var node = RunningTool.StartProgram("nohup", Built.Executable, "node", server.NodeFile);
        await node.SaysAsync("raft node n1 is ready");

        node.Signal(RunningTool.HangUp);

        Assert.Equal(0, (await RunningTool.RunAsync("put", "k", "v", "--config", server.ClientFile)).Status);
        node.Signal(RunningTool.Terminate);
        Assert.Equal(0, (await node.EndedAsync(within: TimeSpan.FromSeconds(5))).Status);
    }

    [Fact]
    public async Task Options_stand_in_place_of_the_file()
    {
        using var server = new OneServer();
        using var folder = new TempFolder();
        var port = FreePorts.Find(1)[0];

        using var node = await server.StartAsync("--port", $"{port}", "--data", folder["elsewhere"], "--id", "n1");

        Assert.Contains($"127.0.0.1:{port}, data {folder["elsewhere"]}\n", node.Out, StringComparison.Ordinal);
        Assert.False(Directory.Exists(server.Data));
    }

    [Fact]
    public async Task The_end_of_standard_input_stops_a_node_that_was_told_so()
    {
        using var server = new OneServer();
        using var node = await server.StartAsync("--stop-on-stdin-eof");

        node.EndInput();

        Assert.Equal(0, (await node.EndedAsync(within: TimeSpan.FromSeconds(5))).Status);
    }

    [Fact]
    public async Task A_port_that_somebody_else_has_is_refused()
    {
        using var server = new OneServer();
        using var first = await server.StartAsync();
        using var folder = new TempFolder();

        var second = await RunningTool.RunAsync("node", server.NodeFile, "--data", folder["data"]);

        AssertRefused(second, $"Server n1 cannot listen on {server.Address}: Address already in use.");
        Assert.True(first.IsRunning);
    }

    [Fact]
    public async Task A_data_directory_that_another_node_uses_is_refused()
    {
        using var server = new OneServer();
        using var first = await server.StartAsync();
        var port = FreePorts.Find(1)[0];

        var second = await RunningTool.RunAsync("node", server.NodeFile, "--port", $"{port}");

        AssertRefused(second, "is in use by another node");
        Assert.True(first.IsRunning);
    }

    [Fact]
    public async Task The_data_directory_of_another_cluster_is_refused_and_left_as_it_is()
    {
        using var server = new OneServer();
        using (var node = await server.StartAsync())
        {
            node.Signal(RunningTool.Terminate);
            await node.EndedAsync();
        }
        using var stranger = new OneServer(clusterName: "another");

        AssertRefused(
            await RunningTool.RunAsync("node", stranger.NodeFile, "--data", server.Data),
            "holds the log of server n1 of group raft in cluster demo");

        using var again = await server.StartAsync();
        Assert.True(again.IsRunning);
    }

    [Fact]
    public async Task A_damaged_log_is_no_mistake_of_the_configuration()
    {
        using var server = new OneServer();
        using (var node = await server.StartAsync())
        {
            await RunningTool.RunAsync("put", "k", "v", "--config", server.ClientFile);
            node.Signal(RunningTool.Terminate);
            await node.EndedAsync();
        }
        var segment = Directory.GetFiles(server.Data).Order(StringComparer.Ordinal).First();
        await using (var file = File.OpenWrite(segment))
        {
            file.Position = 100;
            file.Write([0xde, 0xad, 0xbe, 0xef]);
        }

        var ended = await RunningTool.RunAsync("node", server.NodeFile);

        Assert.Equal((1, ""), (ended.Status, ended.Out));
        Assert.Contains("is damaged at byte", ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", ended.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("raft.nonsense = 1", "raft.nonsense is no setting")]
    [InlineData("raft.segment-bytes = many", "raft.segment-bytes is 'many'")]
    [InlineData("raft.heartbeat-interval = 5", "raft.heartbeat-interval is '5'")]
    [InlineData("raft.id = n2", "raft.id is n2, which is not in raft.members")]
    [InlineData("raft.members = [{ id = n1, address = \"h:1\" }, { id = n1, address = \"h:2\" }]", "n1")]
    [InlineData("raft {", "")]
    public async Task A_wrong_file_ends_with_one_clear_message(string line, string complaint)
    {
        using var server = new OneServer();
        await File.AppendAllTextAsync(server.NodeFile, $"\n{line}\n");

        AssertRefused(await RunningTool.RunAsync("node", server.NodeFile), complaint);

        Assert.False(Directory.Exists(server.Data));
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_named()
    {
        using var folder = new TempFolder();

        AssertRefused(await RunningTool.RunAsync("node", folder["missing.conf"]), folder["missing.conf"]);
    }

    [Fact]
    public async Task An_id_that_is_not_among_the_members_is_refused() =>
        AssertRefused(
            await RunningTool.RunAsync("node", Path.Combine(Built.Hocon, "node1.conf"), "--id", "n9"),
            "which is not in raft.members (n1, n2, n3, n4, n5)");

    [Fact]
    public async Task The_port_of_another_member_is_refused() =>
        AssertRefused(
            await RunningTool.RunAsync("node", Path.Combine(Built.Hocon, "node1.conf"), "--port", "4052"),
            "that is the address of server n2");

    private static void AssertRefused(Ended ended, string complaint)
    {
        Assert.Equal((2, ""), (ended.Status, ended.Out));
        Assert.Contains(complaint, ended.Error, StringComparison.Ordinal);
        Assert.StartsWith("raftakka: ", ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", ended.Error, StringComparison.Ordinal);
    }
}
