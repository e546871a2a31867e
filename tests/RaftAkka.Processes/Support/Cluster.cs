using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;

namespace RaftAkka.Processes.Support;

/// <summary>
/// Node processes of the sample files in <c>hocon</c>: a copy of them with free ports in place of the fixed ones.
/// Disposing it kills what still runs.
/// </summary>
internal sealed partial class Cluster : IDisposable
{
    private const int SampleServers = 5;

    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, RunningTool> _nodes = [];

    private IReadOnlyList<int> _ports = [];

    private Cluster(IReadOnlyList<string> ids) => Ids = ids;

    public IReadOnlyList<string> Ids { get; }

    public string ClientFile => _folder["client.conf"];

    public RunningTool this[string id] => _nodes[id];

    /// <summary>Starts all five servers and waits until each says that it is ready.</summary>
    public static Task<Cluster> StartAsync() => StartWithAsync("");

    /// <summary>The same with something more below <c>raft</c>, or below nothing, on every server.</summary>
    public static async Task<Cluster> StartWithAsync(string settings, string others = "")
    {
        var cluster = new Cluster(["n1", "n2", "n3", "n4", "n5"]);
        try
        {
            cluster.CopyFiles();
            foreach (var id in cluster.Ids) File.AppendAllText(cluster.FileOf(id), $"raft {{ {settings} }}\n{others}\n");
            await Task.WhenAll(cluster.Ids.Select(cluster.StartAsync));
            return cluster;
        }
        catch
        {
            cluster.Dispose();
            throw;
        }
    }

    /// <summary>Three servers of a new cluster, each restored from the same backup, and started.</summary>
    public static async Task<Cluster> RestoredAsync(string backup, string name)
    {
        var cluster = new Cluster(["n1", "n2", "n3"]);
        try
        {
            cluster.CopyFiles();
            var members = string.Join(", ", cluster.Ids.Select(
                (id, at) => $$"""{ id = {{id}}, address = "127.0.0.1:{{cluster._ports[at]}}" }"""));
            foreach (var id in cluster.Ids)
            {
                File.AppendAllText(cluster.FileOf(id), $$"""

                    raft { cluster-id = {{name}}, members = [ {{members}} ] }

                    """);
                var ended = await RunningTool.RunAsync(
                    "restore", backup, "--data", cluster.DataOf(id), "--cluster", name, "--id", id);
                Assert.Equal((0, ""), (ended.Status, ended.Out));
            }

            File.AppendAllText(cluster.ClientFile, $"\nraft.cluster-id = {name}\n");
            await Task.WhenAll(cluster.Ids.Select(cluster.StartAsync));
            return cluster;
        }
        catch
        {
            cluster.Dispose();
            throw;
        }
    }

    /// <summary>A server's data directory.</summary>
    public string DataOf(string id) => _folder[Path.Combine("data", id)];

    /// <summary>The bytes that a server's disk holds for it.</summary>
    public long BytesOf(string id) => Directory
        .EnumerateFiles(_folder[Path.Combine("data", id)], "*", SearchOption.AllDirectories)
        .Sum(BytesOrNone);

    public string FileOf(string id) => _folder[$"node{id[1..]}.conf"];

    /// <summary>Starts a server that does not run, and waits until it is ready.</summary>
    public async Task StartAsync(string id)
    {
        if (_nodes.Remove(id, out var before)) before.Dispose();
        var node = _nodes[id] = RunningTool.Start("node", FileOf(id));
        await node.SaysAsync($"raft node {id} is ready");
    }

    /// <summary>Asks a server to stop, which it does within five seconds and with exit status 0.</summary>
    public async Task StopAsync(string id)
    {
        _nodes[id].Signal(RunningTool.Terminate);
        var ended = await _nodes[id].EndedAsync(within: TimeSpan.FromSeconds(5));
        Assert.Equal(0, ended.Status);

        // Warnings may be there: on a busy machine a leader can miss its followers for half a second.
        Assert.DoesNotContain(" error ", ended.Error, StringComparison.Ordinal);
    }

    public Task KillAsync(string id) => _nodes[id].KillAsync();

    public void Dispose()
    {
        foreach (var node in _nodes.Values) node.Dispose();
        _folder.Dispose();
    }

    private void CopyFiles()
    {
        _ports = FreePorts.Find(SampleServers);
        foreach (var file in Directory.EnumerateFiles(Built.Hocon, "*.conf"))
        {
            var text = SamplePort().Replace(
                File.ReadAllText(file),
                port => _ports[port.ValueSpan[^1] - '1'].ToString(CultureInfo.InvariantCulture));
            File.WriteAllText(_folder[Path.GetFileName(file)], text);
        }
    }

    [GeneratedRegex(@"\b405[1-5]\b")]
    private static partial Regex SamplePort();

    // The server may delete or rename it after its name was read.
    private static long BytesOrNone(string file)
    {
        try
        {
            return new FileInfo(file).Length;
        }
        catch (FileNotFoundException)
        {
            return 0;
        }
    }
}
