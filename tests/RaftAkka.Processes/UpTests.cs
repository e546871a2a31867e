using RaftAkka.Processes.Support;
using Xunit;

namespace RaftAkka.Processes;

/// <summary><c>raftakka up</c>: a script of lines, its end, and what it leaves behind.</summary>
public sealed class UpTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_script_runs_against_real_servers_and_survives_the_loss_of_one()
    {
        var ended = await RunAsync(
            "put greeting \"hello world\"",
            "get greeting",
            "kill n2",
            "cas greeting 'hello world' goodbye",
            "list greet",
            "start n2",
            "del greeting",
            "help",
            "exit",
            "put never read");

        Assert.Equal(0, ended.Status);
        Assert.Contains("starting 3 servers", ended.Error, StringComparison.Ordinal);
        Assert.Contains("3 of 3 servers answer", ended.Out, StringComparison.Ordinal);
        Assert.Contains("\nhello world\ngreeting\tgoodbye\nput KEY VALUE ", ended.Out, StringComparison.Ordinal);
        Assert.Contains("n2 is killed", ended.Error, StringComparison.Ordinal);
        Assert.Contains("n2 is ready", ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("raftakka>", ended.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("\e[", ended.Out, StringComparison.Ordinal);
        AssertNothingRuns();
    }

    [Fact]
    public async Task The_same_directory_has_its_data_again()
    {
        Assert.Equal(0, (await RunAsync("put k v")).Status);

        var again = await RunAsync("get k");

        Assert.Equal(0, again.Status);
        Assert.EndsWith("\nv\n", again.Out, StringComparison.Ordinal);
        AssertNothingRuns();
    }

    [Fact]
    public async Task The_first_line_that_fails_is_the_exit_status()
    {
        var ended = await RunAsync("get absent", "kill n9", "put k v", "get k");

        Assert.Equal(1, ended.Status);
        Assert.EndsWith("\nv\n", ended.Out, StringComparison.Ordinal);
        Assert.Contains("'n9' is no server here: there are n1, n2, n3", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_quorum_a_line_ends_as_unknown()
    {
        var ended = await RunAsync("kill n1", "kill n3", "status", "start n1", "put k v", "get k");

        Assert.Equal(3, ended.Status);
        Assert.Contains("NO QUORUM", ended.Out, StringComparison.Ordinal);
        Assert.EndsWith("\nv\n", ended.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_number_of_servers_is_for_the_caller_to_choose()
    {
        using var up = Start("--nodes", "1");
        up.Type("put k v", "get k");
        up.EndInput();
        var ended = await up.EndedAsync();

        Assert.Equal(0, ended.Status);
        Assert.Contains("1 of 1 servers answer", ended.Out, StringComparison.Ordinal);
        Assert.True(File.Exists(_folder["n1.conf"]));
        Assert.False(File.Exists(_folder["n2.conf"]));
    }

    [Theory]
    [InlineData(RunningTool.Terminate, 143)]
    [InlineData(RunningTool.Interrupt, 130)]
    public async Task A_signal_ends_it_with_all_its_servers(int signal, int status)
    {
        using var up = Start();
        up.Type("put k v", "get k");
        await up.SaysAsync("\nv\n");

        up.Signal(signal);

        Assert.Equal(status, (await up.EndedAsync()).Status);
        AssertNothingRuns();
    }

    [Fact]
    public async Task Killed_without_warning_it_leaves_no_server_behind_and_can_be_run_again()
    {
        using (var up = Start())
        {
            up.Type("put k v", "get k");
            await up.SaysAsync("\nv\n");
            await up.KillAsync();
        }

        var again = await RunAsync("get k");

        Assert.Equal(0, again.Status);
        Assert.EndsWith("\nv\n", again.Out, StringComparison.Ordinal);
        await Within.Eventually("the servers of both runs are gone", () => Running().Count == 0);
    }

    [Fact]
    public async Task Other_processes_reach_the_cluster_by_the_file_for_clients()
    {
        using var up = Start();
        up.Type("put k v", "get k");
        await up.SaysAsync("\nv\n");

        var ended = await RunningTool.RunAsync("get", "k", "--config", _folder["client.conf"]);

        Assert.Equal((0, "v"), (ended.Status, ended.Out));
        up.EndInput();
        Assert.Equal(0, (await up.EndedAsync()).Status);
    }

    [Fact]
    public async Task A_file_that_was_spoiled_ends_with_one_clear_message()
    {
        Assert.Equal(0, (await RunAsync("put k v")).Status);
        await File.AppendAllTextAsync(_folder["cluster.conf"], "raft.nonsense = 1\n");

        var ended = await RunAsync("get k");

        Assert.Equal(2, ended.Status);
        Assert.Contains("raft.nonsense is no setting", ended.Error, StringComparison.Ordinal);
        AssertNothingRuns();
    }

    private RunningTool Start(params IEnumerable<string> options) =>
        RunningTool.Start(["up", "--dir", _folder.Path, .. options]);

    private async Task<Ended> RunAsync(params string[] lines)
    {
        using var up = Start();
        up.Type(lines);
        up.EndInput();
        return await up.EndedAsync();
    }

    private void AssertNothingRuns() => Assert.Empty(Running());

    private IReadOnlyList<string> Running() => ProcessList.With(_folder.Path);
}
