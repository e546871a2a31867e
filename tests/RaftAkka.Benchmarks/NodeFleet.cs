using System.Diagnostics;
using System.Globalization;
using System.Text;
using Akka.Configuration;
using RaftAkka.Client;
using RaftAkka.Protocol;
using RaftAkka.Tool.Bench;
using RaftAkka.Tool.Cluster;
using RaftAkka.Tool.Up;

namespace RaftAkka.Benchmarks;

/// <summary>Real node processes of the executable, on free ports and in a directory that goes when they go.</summary>
internal sealed class NodeFleet : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("raftakka-bench-").FullName;
    private readonly List<Process?> _nodes = [];
    private readonly List<int> _ports = [];
    private readonly string _settings;
    private readonly Places _places;

    private NodeFleet(string settings, Places places) => (_settings, _places) = (settings, places);

    public IReadOnlyList<string> Addresses => [.. _ports.Select((port, node) => $"{_places.HostOf(node)}:{port}")];

    public int Count => _nodes.Count;

    public static async Task<NodeFleet> StartAsync(int count, string settings = "", Places? places = null)
    {
        var fleet = new NodeFleet(settings, places ?? Places.Here);
        try
        {
            fleet.AddPlaces(count);
            for (var i = 0; i < count; i++) fleet.WriteConfig(i);
            await Task.WhenAll(Enumerable.Range(0, count).Select(fleet.StartNodeAsync));
            return fleet;
        }
        catch
        {
            fleet.Dispose();   // Nobody else knows of the nodes that did start.
            throw;
        }
    }

    /// <summary>Sets up another node, to join those that run.</summary>
    public int Join()
    {
        AddPlaces(1);
        WriteConfig(Count - 1, "join = on");
        return Count - 1;
    }

    public static string IdOf(int node) => $"n{node + 1}";

    public static int NodeOf(ServerId id) => int.Parse(id.Value.AsSpan(1), CultureInfo.InvariantCulture) - 1;

    /// <summary>Clients for the load generator.</summary>
    public RaftTarget StartClients(BenchSettings settings) => RaftTarget.Start(new ClientFile(ClientSettings, Config.Empty), settings);

    public RaftClientSettings ClientSettings => new() { Cluster = new ClusterId("bench"), Seeds = Addresses };

    /// <summary>Starts one node and waits until it says that it is ready.</summary>
    public async Task StartNodeAsync(int node)
    {
        string[] command = [.. _places.PrefixOf(node), await PublishedTool.PathAsync(), "node", ConfigOf(node)];
        var process = new Process
        {
            StartInfo = new ProcessStartInfo(command[0], command[1..])
            {
                RedirectStandardOutput = true,
                WorkingDirectory = _directory,
            },
        };
        process.Start();
        _nodes[node] = process;
        var line = await process.StandardOutput.ReadLineAsync();
        await Task.Yield();   // Off the thread that serves all pipes and sockets: whoever started the node may block.
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
        await SignalAsync(node, "TERM");
        await _nodes[node]!.WaitForExitAsync();
    }

    /// <summary>Sends a signal by its name: STOP pauses a node, CONT lets it go on.</summary>
    public async Task SignalAsync(int node, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{_nodes[node]!.Id}"]);
        await kill.WaitForExitAsync();
    }

    /// <summary>What a node's files hold.</summary>
    public long DiskBytes(int node) => new DirectoryInfo(DataOf(node))
        .EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Exists ? file.Length : 0);

    /// <summary>The memory that a node's process has.</summary>
    public long ResidentBytes(int node)
    {
        _nodes[node]!.Refresh();
        return _nodes[node]!.HasExited ? 0 : _nodes[node]!.WorkingSet64;
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
            members.AppendLine(CultureInfo.InvariantCulture, $"    {{ id = {IdOf(i)}, address = \"{Addresses[i]}\" }}");

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

/// <summary>Where nodes are.</summary>
/// <param name="HostOf">The address at which a node listens.</param>
/// <param name="PrefixOf">The command that starts a node's command, and then is that node's process.</param>
internal sealed record Places(Func<int, string> HostOf, Func<int, string[]> PrefixOf)
{
    public static readonly Places Here = new(_ => "127.0.0.1", _ => []);
}
