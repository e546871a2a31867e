using RaftAkka.Tool.Bench;

namespace RaftAkka.Benchmarks.Peers;

/// <summary>Ours: three processes of the executable, one client in this process.</summary>
internal sealed class OurPeer : IPeer
{
    public static readonly PeerKind Kind = new(
        "RaftAkka", StartAsync, "three 'raftakka node' processes, default settings; one RaftClient in an actor system");

    private readonly NodeFleet _fleet;
    private readonly RaftTarget _target;

    private OurPeer(NodeFleet fleet)
    {
        _fleet = fleet;
        _target = fleet.StartClients(new BenchSettings { InFlight = 1000 });
    }

    public string Name => Kind.Name;

    public IEnumerable<(string Name, int Process)> Processes => _fleet.Processes;

    public IBenchTarget Target => _target;

    public static async Task<IPeer> StartAsync() => new OurPeer(await NodeFleet.StartAsync(count: 3));

    public async ValueTask DisposeAsync()
    {
        await _target.DisposeAsync();
        _fleet.Dispose();
    }
}
