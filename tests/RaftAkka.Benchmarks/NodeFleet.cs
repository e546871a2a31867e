using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text;
using RaftAkka.Tool.Up;

namespace RaftAkka.Benchmarks;

/// <summary>Real node processes of the executable, on free ports and in a directory that goes when they go.</summary>
internal sealed class NodeFleet : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("raftakka-bench-").FullName;
    private readonly Process[] _nodes;
    private readonly int[] _ports;

    private readonly string _settings;

    private NodeFleet(int count, string settings)
    {
        _settings = settings;
        _ports = [.. FreePorts.Find(count)];
        _nodes = new Process[count];
    }

    public IReadOnlyList<string> Addresses => [.. _ports.Select(port => $"127.0.0.1:{port}")];

    public int Count => _nodes.Length;

    public static async Task<NodeFleet> StartAsync(int count, string settings = "", int? running = null)
    {
        var fleet = new NodeFleet(count, settings);
        for (var i = 0; i < count; i++) fleet.WriteConfig(i);
        await Task.WhenAll(Enumerable.Range(0, running ?? count).Select(fleet.StartNodeAsync));
        return fleet;
    }

    public static string IdOf(int node) => $"n{node + 1}";

    /// <summary>Starts one node and waits until it says that it is ready.</summary>
    public async Task StartNodeAsync(int node)
    {
        var process = new Process
        {
            StartInfo = new ProcessStartInfo("dotnet", [ToolAssembly, "node", ConfigOf(node)])
            {
                RedirectStandardOutput = true,
                WorkingDirectory = _directory,
            },
        };
        process.Start();
        _nodes[node] = process;
        var line = await process.StandardOutput.ReadLineAsync();
        if (line is null) throw new InvalidOperationException($"{IdOf(node)} stopped before it was ready.");
    }

    /// <summary>kill −9.</summary>
    public void Kill(int node)
    {
        _nodes[node].Kill();
        _nodes[node].WaitForExit();
    }

    /// <summary>What a node's files hold.</summary>
    public long DiskBytes(int node) => new DirectoryInfo(DataOf(node))
        .EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Exists ? file.Length : 0);

    /// <summary>The memory that a node's process has.</summary>
    public long ResidentBytes(int node)
    {
        _nodes[node].Refresh();
        return _nodes[node].WorkingSet64;
    }

    /// <summary>The nodes' processes.</summary>
    public IEnumerable<(string Name, int Process)> Processes => _nodes.Select((node, at) => (IdOf(at), node.Id));

    public void Dispose()
    {
        foreach (var node in _nodes.Where(node => node is not null))
        {
            if (!node.HasExited) node.Kill();
            node.WaitForExit();
            node.Dispose();
        }

        Directory.Delete(_directory, recursive: true);
    }

    private static string ToolAssembly => typeof(NodeFleet).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "ToolAssembly").Value!;

    private string DataOf(int node) => Path.Combine(_directory, IdOf(node));

    private string ConfigOf(int node) => Path.Combine(_directory, $"{IdOf(node)}.conf");

    private void WriteConfig(int node)
    {
        var members = new StringBuilder();
        for (var i = 0; i < _ports.Length; i++)
            members.AppendLine(CultureInfo.InvariantCulture, $"    {{ id = {IdOf(i)}, address = \"127.0.0.1:{_ports[i]}\" }}");

        File.WriteAllText(ConfigOf(node), $$"""
            raft {
              cluster-id = bench
              id = {{IdOf(node)}}
              members = [
            {{members}}  ]
              data-directory = "{{DataOf(node)}}"
              {{_settings}}
            }
            """);
    }
}
