using System.Diagnostics;
using System.Globalization;
using Akka.Actor;
using RaftAkka.Client;
using RaftAkka.KeyValue;
using RaftAkka.Protocol;
using RaftAkka.Tool.Cluster;

namespace RaftAkka.Benchmarks.State;

/// <summary>Nodes, a client, and what the runs that measure a large state share.</summary>
internal sealed class StateFleet : IAsyncDisposable
{
    private const int WritersMax = 256;

    private readonly ActorSystem _system;

    private StateFleet(NodeFleet nodes)
    {
        Nodes = nodes;
        var settings = new RaftClientSettings
        {
            Cluster = new ClusterId("bench"), Seeds = nodes.Addresses, Timeout = TimeSpan.FromMinutes(1),
        };
        _system = RaftCommands.StartSystem(new ClientFile(settings, Akka.Configuration.Config.Empty));
        Raft = RaftClient.Start(_system, settings);
        Keys = new KeyValueClient(Raft);
    }

    public NodeFleet Nodes { get; }

    public RaftClient Raft { get; }

    public RaftAdminClient Admin => new(Raft);

    public KeyValueClient Keys { get; }

    public static async Task<StateFleet> StartAsync(string settings, int nodes = 3) =>
        new(await NodeFleet.StartAsync(nodes, settings));

    /// <summary>Writes values of a size to keys in turn.</summary>
    public async Task WriteAsync(long writes, int keys, int valueBytes)
    {
        var value = new string('x', valueBytes);
        var next = 0L;
        await Task.WhenAll(Enumerable.Range(0, (int)Math.Min(WritersMax, writes)).Select(async _ =>
        {
            for (var n = Interlocked.Increment(ref next); n <= writes; n = Interlocked.Increment(ref next))
            {
                await Keys.PutAsync($"key-{n % keys}", value);
                if (n % (writes / 10 + 1) == 0) Console.Error.WriteLine($"  {n:N0} of {writes:N0} writes");
            }
        }));
    }

    public async Task<ServerStatus?> StatusOfAsync(int node)
    {
        var status = await Raft.StatusAsync();
        return status.Servers.FirstOrDefault(server => server.Server?.Value == NodeFleet.IdOf(node))?.Status;
    }

    public async Task<int> LeaderAsync()
    {
        while (true)
        {
            if ((await Raft.StatusAsync()).Leader is { } leader)
                return int.Parse(leader.Value[1..], CultureInfo.InvariantCulture) - 1;
            await Task.Delay(100);
        }
    }

    public async Task SnapshotAsync(int node) =>
        await Raft.TakeSnapshotAsync(Nodes.Addresses[node], TimeSpan.FromMinutes(10));

    /// <summary>Starts a node and waits until it has applied all that another one has.</summary>
    public async Task<(double Ready, double CaughtUp)> StartAndCatchUpAsync(int node)
    {
        var watch = Stopwatch.StartNew();
        await Nodes.StartNodeAsync(node);
        var ready = watch.Elapsed.TotalSeconds;
        var target = (await StatusOfAsync(await LeaderAsync()))!.CommitIndex;
        while (await StatusOfAsync(node) is not { } status || status.AppliedIndex < target) await Task.Delay(50);
        return (ready, watch.Elapsed.TotalSeconds);
    }

    public async ValueTask DisposeAsync()
    {
        await Raft.StopAsync();
        await _system.Terminate();
        Nodes.Dispose();
    }

    public static string Mb(long bytes) => (bytes / 1e6).ToString("N0", CultureInfo.InvariantCulture);
}
