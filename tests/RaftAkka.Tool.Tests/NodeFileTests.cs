using System.Net;
using System.Net.Sockets;
using RaftAkka.Protocol;
using RaftAkka.Settings;
using RaftAkka.Tool.Cli;
using RaftAkka.Tool.Node;
using Xunit;

namespace RaftAkka.Tool.Tests;

public sealed class NodeFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("raft-node-file-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("akka.remote.dot-netty.tcp.hostname = \"0.0.0.0\"", ".hostname has no effect here. Set raft.listen")]
    [InlineData("akka { remote { dot-netty { tcp { port = 5 } } } }", "akka.remote.dot-netty.tcp.port has no effect here. Set raft.listen")]
    [InlineData("akka.remote.dot-netty.tcp.public-port = 5", "Others reach a server at its entry of raft.members.")]
    [InlineData("akka.loggers = [x]", "akka.loggers has no effect here. A node logs to standard error.")]
    public void What_a_node_does_not_heed_is_refused(string line, string mistake) => Assert.Contains(
        mistake, Assert.Single(Assert.Throws<RaftConfigurationException>(() => Load(line)).Mistakes), StringComparison.Ordinal);

    [Fact]
    public void The_command_line_says_where_to_listen_before_the_file_does()
    {
        Assert.Equal("127.0.0.1:7", Load("raft.listen = \"127.0.0.1:7\"").Settings.Listen);
        Assert.Equal("0.0.0.0:8", Load("raft.listen = \"127.0.0.1:7\"", listen: "0.0.0.0:8").Settings.Listen);
    }

    [Fact]
    public async Task An_own_name_that_does_not_resolve_is_named()
    {
        var refused = await Assert.ThrowsAsync<ToolException>(() => OwnAddress.TryAsync(With("no-such-host.invalid:4051", "h:1")));

        Assert.Null(NodeFailures.ExplainStart(refused, With("no-such-host.invalid:4051", "h:1")));   // The text stays.
        Assert.Equal(2, refused.ExitCode);
        Assert.StartsWith(
            "Server n1 cannot listen on no-such-host.invalid:4051: the name 'no-such-host.invalid' does not resolve on this machine (",
            refused.Message, StringComparison.Ordinal);
        Assert.Contains("Nothing was started. Correct the name in raft.members", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_names_of_one_address_are_refused()
    {
        var port = FreePort();
        var refused = await Assert.ThrowsAsync<ToolException>(
            () => OwnAddress.TryAsync(With($"127.0.0.1:{port}", $"localhost:{port}")));

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("have one address by two names: both are 127.0.0.1", refused.Message, StringComparison.Ordinal);

        await OwnAddress.TryAsync(With($"127.0.0.1:{port}", $"127.0.0.2:{port}"));
        await OwnAddress.TryAsync(With($"127.0.0.1:{port}", $"no-such-host.invalid:{port}"));
    }

    [Fact]
    public async Task A_server_that_listens_on_a_wildcard_need_not_resolve_its_own_name()
    {
        var settings = With("no-such-host.invalid:4051", "h:1");

        await OwnAddress.TryAsync(settings with { Listen = $"0.0.0.0:{FreePort()}" });
        await OwnAddress.TryAsync(settings with { Listen = $"[::]:{FreePort()}" });
    }

    private static RaftNodeSettings With(string own, string other) => new()
    {
        Cluster = new ClusterId("c"), Server = new ServerId("n1"), DataDirectory = "d",
        Members = [new MemberAddress(new ServerId("n1"), own), new MemberAddress(new ServerId("n2"), other)],
    };

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Any, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private NodeFile Load(string line, string? listen = null)
    {
        var file = Path.Combine(_folder, "node.conf");
        File.WriteAllText(file, $$"""
            raft { cluster-id = c, id = n1, members = [{ id = n1, address = "127.0.0.1:4051" }], data-directory = d }
            {{line}}
            """);
        return NodeFile.Load(new NodeArguments(file, null, null, null, Verbose: false, StopOnInputEnd: false) { Listen = listen });
    }
}
