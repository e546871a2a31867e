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
    private readonly List<Process?> _nodes = [];
    private readonly List<int> _ports = [];
    private readonly string _settings;

    private NodeFleet(string settings) => _settings = settings;

    public IReadOnlyList<string> Addresses => [.. _ports.Select(port => $"127.0.0.1:{port}")];

    public int Count => _nodes.Count;

    public static async Task<NodeFleet> StartAsync(int count, string settings = "")
    {
        var fleet = new NodeFleet(settings);
        fleet.AddPlaces(count);
        for (var i = 0; i < count; i++) fleet.WriteConfig(i);
        await Task.WhenAll(Enumerable.Range(0, count).Select(fleet.StartNodeAsync));
        return fleet;
    }

    /// <summary>Sets up another node, to join those that run.</summary>
    public int Join()
    {
        AddPlaces(1);
        WriteConfig(Count - 1, "join = on");
        return Count - 1;
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
        var process = _nodes[node]!;
        process.Kill();
        process.WaitForExit();
    }

    /// <summary>SIGTERM, and waits until the node has stopped.</summary>
    public async Task StopAsync(int node)
    {
        using var signal = Process.Start("kill", ["-TERM", $"{_nodes[node]!.Id}"]);
        await _nodes[node]!.WaitForExitAsync();
    }

    /// <summary>What a node's files hold.</summary>
    public long DiskBytes(int node) => new DirectoryInfo(DataOf(node))
        .EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Exists ? file.Length : 0);

    /// <summary>The memory that a node's process has.</summary>
    public long ResidentBytes(int node)
    {
        _nodes[node]!.Refresh();
        return _nodes[node]!.WorkingSet64;
    }

    /// <summary>The nodes' processes.</summary>
    public IEnumerable<(string Name, int Process)> Processes => _nodes.Select((node, at) => (IdOf(at), node!.Id));

    public void Dispose()
    {
        foreach (var node in _nodes.OfType<Process>())
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

    private void AddPlaces(int count)
    {
        _ports.AddRange(FreePorts.Find(count));
        _nodes.AddRange(new Process?[count]);
    }

    private void WriteConfig(int node, string more = "")
    {
        var members = new StringBuilder();
        for (var i = 0; i < _ports.Count; i++)
            members.AppendLine(CultureInfo.InvariantCulture, $"    {{ id = {IdOf(i)}, address = \"127.0.0.1:{_ports[i]}\" }}");

        File.WriteAllText(ConfigOf(node), $$"""
            raft {
              cluster-id = bench
              id = {{IdOf(node)}}
              members = [
            {{members}}  ]
              data-directory = "{{DataOf(node)}}"
              {{_settings}}
              {{more}}
            }
            """);
    }
}
