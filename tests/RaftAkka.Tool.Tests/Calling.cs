using System.Text;
using RaftAkka.Tool.Bench;
using RaftAkka.Tool.Cli;
using RaftAkka.Tool.Cluster;
using RaftAkka.Tool.Node;
using RaftAkka.Tool.Output;
using RaftAkka.Tool.Up;

namespace RaftAkka.Tool.Tests;

/// <summary>Calls the command line in this process, with a fake cluster behind it.</summary>
internal sealed class Calling
{
    public FakeCluster Cluster { get; } = new();

    public ClientTarget? Target { get; private set; }

    public NodeArguments? Node { get; private set; }

    public UpArguments? Up { get; private set; }

    public BenchArguments? Bench { get; private set; }

    public byte[] Input { get; set; } = [];

    public bool IsTerminal { get; set; }

    public Called With(params string[] arguments) => With(arguments, CancellationToken.None);

    public Called With(string[] arguments, CancellationToken stop)
    {
        using var output = new MemoryStream();
        using var error = new MemoryStream();
        var console = new ToolConsole(new MemoryStream(Input), output, error) { OutIsTerminal = IsTerminal };
        var services = new Services(Connect, RunNode, RunUp, RunBench);
        var status = new CommandLine(console, services).RunAsync(arguments, stop).GetAwaiter().GetResult();
        return new Called(status, output.ToArray(), Encoding.UTF8.GetString(error.ToArray()));
    }

    private Task<IClusterCommands> Connect(ClientTarget target)
    {
        Target = target;
        return Task.FromResult<IClusterCommands>(Cluster);
    }

    private Task<int> RunNode(NodeArguments arguments)
    {
        Node = arguments;
        return Task.FromResult(0);
    }

    private Task<int> RunUp(UpArguments arguments)
    {
        Up = arguments;
        return Task.FromResult(0);
    }

    private Task<int> RunBench(BenchArguments arguments)
    {
        Bench = arguments;
        return Task.FromResult(0);
    }
}

/// <summary>What came of a call.</summary>
internal sealed record Called(int Status, byte[] OutBytes, string Error)
{
    public string Out => Encoding.UTF8.GetString(OutBytes);
}
