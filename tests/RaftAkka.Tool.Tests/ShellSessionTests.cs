using System.Text;
using RaftAkka.Client;
using RaftAkka.Protocol;
using RaftAkka.Tool.Cli;
using RaftAkka.Tool.Cluster;
using RaftAkka.Tool.Output;
using RaftAkka.Tool.Shell;
using RaftAkka.Tool.Up;
using Xunit;

namespace RaftAkka.Tool.Tests;

public sealed class ShellSessionTests
{
    private readonly Calling _call = new();
    private readonly FakeNodes _nodes = new();

    [Fact]
    public async Task Lines_are_carried_out_in_order_and_values_come_on_lines_of_their_own()
    {
        var session = await Run("put a \"hello world\"", "get a", "put a x", "get a", "list", "del a");

        Assert.Equal((0, "hello world\nx\na\tx\n"), (session.Status, session.Out));
    }

    [Fact]
    public async Task The_first_failure_is_the_status_and_the_other_lines_are_carried_out_all_the_same()
    {
        var session = await Run("get absent", "bogus", "put a b", "get a");

        Assert.Equal((1, "b\n"), (session.Status, session.Out));
        Assert.Contains("absent: no such key", session.Error, StringComparison.Ordinal);
        Assert.Contains("'bogus' is no command", session.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exit_ends_the_session_and_later_lines_are_not_read()
    {
        Assert.Equal("", (await Run("exit", "put a b")).Out);
        Assert.Equal("", (await Run("quit", "get a")).Error);
    }

    [Fact]
    public async Task Empty_lines_and_comments_do_nothing() =>
        Assert.Equal((0, "", ""), await Run("", "   ", "# all is well"));

    [Fact]
    public async Task An_open_quote_is_wrong_usage_and_the_line_is_not_carried_out()
    {
        var session = await Run("put a \"b", "get a");

        Assert.Equal(2, session.Status);
        Assert.Contains("a: no such key", session.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("put a", "put KEY VALUE")]
    [InlineData("get", "get KEY")]
    [InlineData("cas a b", "cas KEY OLD NEW")]
    [InlineData("list a b", "list [PREFIX]")]
    [InlineData("kill", "kill NODE")]
    public async Task A_command_with_wrong_words_says_how_it_is_used(string line, string usage)
    {
        var session = await Run(line);

        Assert.Equal(2, session.Status);
        Assert.Contains($"is used like this: {usage}\n", session.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_option_is_no_key()
    {
        var session = await Run("put --ttl 5", "list", "put -- --ttl 5", "put degrees -5", "list");

        Assert.Equal((2, "--ttl\t5\ndegrees\t-5\n"), (session.Status, session.Out));
        Assert.Contains("unknown option '--ttl': the shell has none. Nothing was done.", session.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_on_a_command_is_its_line()
    {
        var session = await Run("help put", "help bogus");

        Assert.StartsWith("put KEY VALUE     write a value", session.Out, StringComparison.Ordinal);
        Assert.Single(session.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal((2, "'bogus' is no command; 'help' lists them\n"), (session.Status, session.Error));
    }

    [Fact]
    public async Task Nodes_are_killed_and_started()
    {
        await Run("kill n2", "start n2");

        Assert.Equal(["kill n2", "start n2"], _nodes.Asked);
    }

    [Theory]
    [InlineData("kill n9")]
    [InlineData("remove n9")]
    public async Task A_node_that_does_not_exist_is_wrong_usage(string line)
    {
        var session = await Run(line);

        Assert.Equal((2, "n9 is no server here\n"), (session.Status, session.Error));
        Assert.Empty(_call.Cluster.ChangesAsked);
    }

    [Fact]
    public async Task A_node_that_is_added_runs_before_the_cluster_takes_it_in_and_one_that_leaves_until_it_has_left()
    {
        _call.Cluster.Members.Enqueue(MemberVerbTests.Three);

        var session = await Run("add", "remove n1", "members");

        Assert.Equal(0, session.Status);
        Assert.Equal(["add", "remove n1"], _nodes.Asked);
        Assert.Equal(["n4", "n1"], _call.Cluster.ChangesAsked.Select(change => change.Id.Value));
        Assert.Contains("n1 has left, and is stopped; its data stay", session.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Leadership_is_handed_over()
    {
        _call.Cluster.Members.Enqueue(MemberVerbTests.Three);

        var session = await Run("transfer", "transfer n2", "transfer n9");

        Assert.Equal((2, "ok, n2 leads\nok, n2 leads\nn9 is no server here\n"), (session.Status, session.Error));
    }

    [Fact]
    public async Task A_node_that_the_cluster_does_not_let_go_of_runs_on()
    {
        _call.Cluster.Failure = new MembersNotChangedException(MembershipRefusal.NoVoterLeft, "nobody would be left");

        Assert.Equal(1, (await Run("remove n1")).Status);
        Assert.Empty(_nodes.Asked);
    }

    [Fact]
    public async Task An_unknown_outcome_is_told_and_the_session_goes_on()
    {
        _call.Cluster.Failure = new OutcomeUnknownException("It may have been applied.");

        var session = await Run("put a b", "help");

        Assert.Equal(3, session.Status);
        Assert.Equal("It may have been applied.\n", session.Error);
        Assert.Contains("cas KEY OLD NEW", session.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_waits_for_a_line_can_be_told_to_stop()
    {
        using var stop = new CancellationTokenSource();
        var console = new ToolConsole(new EndlessStream(), Stream.Null, Stream.Null);
        var line = LineSource.Of(console, "").NextAsync(stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAsync<TaskCanceledException>(() => line);
    }

    private async Task<(int Status, string Out, string Error)> Run(params string[] lines)
    {
        using var output = new MemoryStream();
        using var error = new MemoryStream();
        var console = new ToolConsole(
            new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', lines))), output, error);
        var results = new TextResults(console, valueEndsLine: true);
        var (keys, members) = (
            new KeyCommands(_call.Cluster, results), new MemberCommands(_call.Cluster, results, console));
        var session = new ShellSession(
            LineSource.Of(console, "not shown"), new ShellCommands(keys, members, _nodes, console), console);

        var status = await session.RunAsync(CancellationToken.None);
        return (status, Encoding.UTF8.GetString(output.ToArray()), Encoding.UTF8.GetString(error.ToArray()));
    }

    private sealed class FakeNodes : ILocalNodes
    {
        public List<string> Asked { get; } = [];

        public Task KillAsync(string id)
        {
            if (id == "n9") throw new ToolException(ExitCode.Usage, "n9 is no server here");
            Asked.Add($"kill {id}");
            return Task.CompletedTask;
        }

        public void Require(string id)
        {
            if (id == "n9") throw new ToolException(ExitCode.Usage, "n9 is no server here");
        }

        public Task<(string Id, string Address)> AddAsync(CancellationToken stop)
        {
            Asked.Add("add");
            return Task.FromResult(("n4", "127.0.0.1:4054"));
        }

        public Task RemoveAsync(string id)
        {
            Asked.Add($"remove {id}");
            return Task.CompletedTask;
        }

        public Task StartAsync(string id, CancellationToken stop)
        {
            Asked.Add($"start {id}");
            return Task.CompletedTask;
        }
    }

    /// <summary>Somebody who never types anything.</summary>
    private sealed class EndlessStream : MemoryStream
    {
        private readonly ManualResetEventSlim _never = new(false);

        public override int Read(Span<byte> buffer)
        {
            _never.Wait();
            return 0;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
    }
}
