using Akka.Actor;
using Akka.TestKit;
using RaftAkka.Log;
using RaftAkka.Protocol;
using RaftAkka.Server;
using RaftAkka.Snapshots;
using RaftAkka.Tests.Log;
using RaftAkka.Tests.Support;
using Xunit;
using static RaftAkka.Tests.Server.Cast.Logs;

namespace RaftAkka.Tests.Snapshots;

/// <summary>Transfers over stores on disks in memory; the server is a probe, and what goes to peers lands in a list.</summary>
public abstract class TransferRig : StillTestKit
{
    internal const int ChunkBytes = 100;
    internal static readonly ServerId Ann = new("ann");
    internal static readonly ServerId Bea = new("bea");

    private static readonly LogIdentity Identity = new(new ClusterId("story"), new GroupName("raft"), new ServerId("sam"));

    private readonly List<InstallSnapshot> _sent = [];

    protected TransferRig() => Sam = CreateTestProbe();

    /// <summary>The server whose transfers these are.</summary>
    protected TestProbe Sam { get; }

    internal static SnapshotStore OpenStore(MemoryDisk disk)
    {
        var store = new SnapshotStore(() => disk);
        store.Open(Identity);
        return store;
    }

    /// <summary>What a server would start from if its process ended now.</summary>
    internal static StoredSnapshot? NewestOn(MemoryDisk disk) =>
        new SnapshotStore(() => disk.AfterKill()).Open(Identity);

    internal static StoredSnapshot Write(SnapshotStore store, int index, int term, int bytes = 1000)
    {
        using var file = store.Begin(new SnapshotHead(Id(index, term), ReadOnlyMemory<byte>.Empty));
        file.Begin(SnapshotSection.Sessions).Write([7]);
        var state = new byte[bytes];
        new Random(index).NextBytes(state);
        file.Begin(SnapshotSection.Machine).Write(state);
        return file.Commit();
    }

    internal static byte[] BytesOf(SnapshotStore store, StoredSnapshot snapshot)
    {
        using var file = store.Read(snapshot);
        var bytes = new byte[snapshot.Bytes];
        Assert.Equal(bytes.Length, file.Read(0, bytes));
        return bytes;
    }

    internal static MessageHeader Header(int term, ServerId? from = null) =>
        new(new ClusterId("story"), new GroupName("raft"), from ?? Ann, new Term(term));

    internal IActorRef StartTransfers(SnapshotStore store) => Start(SnapshotTransfers.Props(
        store, new Post(this), new SendingPace(Milliseconds(500), ChunkBytes)));

    /// <summary>The parts that were sent since the last look.</summary>
    internal IReadOnlyList<InstallSnapshot> Sent()
    {
        var sent = _sent.ToArray();
        _sent.Clear();
        return sent;
    }

    private sealed class Post(TransferRig rig) : IPeers
    {
        public void Tell(ServerId peer, IPeerMessage message, IActorRef sender)
        {
            Assert.Equal((Bea, rig.Sam.Ref), (peer, sender));
            rig._sent.Add(Assert.IsType<InstallSnapshot>(message));
        }

        public void Know(ServerId peer, string address)
        {
        }

        public bool IsAt(string address, IActorRef sender) => true;

        public void Answer(IActorRef sender, IPeerMessage message, IActorRef self)
        {
        }
    }
}
