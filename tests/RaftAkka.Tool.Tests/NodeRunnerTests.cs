using RaftAkka.Tool.Node;
using RaftAkka.Tool.Output;
using Xunit;

namespace RaftAkka.Tool.Tests;

public sealed class NodeRunnerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("raft-node-runner-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_node_that_is_told_to_stop_before_it_has_started_ends_cleanly_and_leaves_nothing()
    {
        var file = Path.Combine(_folder, "node.conf");
        File.WriteAllText(file, """
            raft { cluster-id = c, id = n1, members = [{ id = n1, address = "127.0.0.1:4051" }], data-directory = d }
            """);
        using var output = new MemoryStream();
        using var error = new MemoryStream();
        var console = new ToolConsole(Stream.Null, output, error);

        var status = await new NodeRunner(console, new CancellationToken(canceled: true)).RunAsync(
            new NodeArguments(file, null, null, null, Verbose: false, StopOnInputEnd: false));

        Assert.Equal((0, 0, 0), (status, output.Length, error.Length));
        Assert.False(Directory.Exists(Path.Combine(_folder, "d")));
    }
}
