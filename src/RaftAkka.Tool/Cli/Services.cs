using RaftAkka.Tool.Cluster;

namespace RaftAkka.Tool.Cli;

/// <summary>What the verbs do their work with; tests put their own things here.</summary>
/// <param name="Connect">Makes a client. Throws <see cref="ToolException"/> where the target makes no sense.</param>
/// <param name="RunNode">Runs a server until it is stopped, and returns the exit status.</param>
/// <param name="RunUp">Runs a local cluster with its shell, and returns the exit status.</param>
/// <param name="RunBench">Puts a cluster under load and reports, and returns the exit status.</param>
internal sealed record Services(
    Func<ClientTarget, Task<IClusterCommands>> Connect,
    Func<Node.NodeArguments, Task<int>> RunNode,
    Func<Up.UpArguments, Task<int>> RunUp,
    Func<Bench.BenchArguments, Task<int>> RunBench);
