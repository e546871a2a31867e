using RaftAkka.Client;
using RaftAkka.Protocol;

namespace RaftAkka.Simulation.Worlds;

/// <summary>What a world is made of. The same settings make the same world.</summary>
internal sealed record WorldSettings
{
    public ulong Seed { get; init; } = 1;

    public int Servers { get; init; } = 3;

    public Breakage Break { get; init; } = Breakage.None;

    /// <summary>The nodes' settings, but for what names them.</summary>
    public RaftNodeSettings Node { get; init; } = new()
    {
        Cluster = new ClusterId("unnamed"),
        Server = new ServerId("unnamed"),
        Members = [],
        DataDirectory = "",
        SegmentBytes = 16 * 1024,
        CacheBytesMax = 8 * 1024,
        SnapshotEveryEntries = 40,
        SnapshotKeepEntries = 10,
    };

    /// <summary>The bytes of a snapshot that go in one message: few, so that it takes several.</summary>
    public int SnapshotChunkBytes { get; init; } = 500;

    /// <summary>How long a client waits for a server, each client as it likes.</summary>
    public IReadOnlyList<TimeSpan> ServerTimeouts { get; init; } =
        [new RaftClientSettings { Cluster = new("unnamed"), Seeds = [] }.ServerTimeout];

    /// <summary>The clients' settings, but for what names the cluster.</summary>
    public RaftClientSettings Client { get; init; } = new() { Cluster = new ClusterId("unnamed"), Seeds = [] };
}
