using System.Security.Cryptography;
using Akka.Actor;
using RaftAkka.Log;
using RaftAkka.Protocol;
using RaftAkka.Server;
using RaftAkka.Sessions;
using RaftAkka.Snapshots;

namespace RaftAkka;

/// <summary>What a node is made of, where a simulation or a test needs something else than production.</summary>
internal sealed record RaftNodeParts
{
    /// <summary>The directory below the log's own, for snapshots.</summary>
    public const string SnapshotsDirectory = "snapshots";

    // Far below the greatest number that the wire takes, so that a server can ask for ever.
    private const long IncarnationsMax = 1L << 59;

    /// <summary>The log actor.</summary>
    public required Props Log { get; init; }

    /// <summary>Makes the place for snapshots; closed by the node.</summary>
    public required Func<SnapshotStore> Snapshots { get; init; }

    /// <summary>The bytes of a snapshot that go in one message.</summary>
    public int SnapshotChunkBytes { get; init; } = InstallSnapshot.ChunkBytesMax;

    /// <summary>Makes the state machine.</summary>
    public required Func<IStateMachine> Machine { get; init; }

    /// <summary>Makes the way to the other servers.</summary>
    public required Func<ActorSystem, IPeers> Peers { get; init; }

    /// <summary>The actor that keeps connections to the other servers, where there are connections.</summary>
    public Props? Links { get; init; }

    /// <summary>Makes the actor that takes the clients, given the server.</summary>
    public required Func<IActorRef, Props> Sessions { get; init; }

    /// <summary>The server's randomness.</summary>
    public required Random Random { get; init; }

    /// <summary>
    /// A number below 2^59 that no other start of this server had, so that late answers to what it asked before a
    /// restart are not taken for new ones. Not from <see cref="Random"/>, whose seed may stay the same.
    /// </summary>
    public required long Incarnation { get; init; }

    /// <summary>The protocol's decisions.</summary>
    public ServerRules Rules { get; init; } = ServerRules.Default;

    /// <summary>A name for a disk on which a log begins.</summary>
    public static DiskId NewDisk() => new(Draw());

    public static RaftNodeParts OfProduction(RaftNodeSettings settings, Func<IStateMachine> machine) => new()
    {
        Log = DurableLog.Props(
            () => FileDisk.At(settings.DataDirectory),
            new LogSettings { SegmentBytes = settings.SegmentBytes, TailBytesMax = settings.CacheBytesMax },
            () => ReadOnlyDisk.NamesIn(Path.Combine(settings.DataDirectory, SnapshotsDirectory)).Any(SnapshotFileNames.IsAny)),
        Snapshots = () => new SnapshotStore(() => FileDisk.Below(settings.DataDirectory, SnapshotsDirectory)),
        Machine = machine,
        Peers = system => new RemotePeers(system, settings.Group),
        Links = PeerLinks.Props(settings),
        Sessions = server => ClientSessions.Props(settings, server),
        Incarnation = Draw(),
        Random = settings.RandomSeed is { } seed ? new Random(seed) : new Random(),
    };

    private static long Draw() =>
        BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long))) & (IncarnationsMax - 1);
}
