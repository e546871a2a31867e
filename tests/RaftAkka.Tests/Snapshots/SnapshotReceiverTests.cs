using Akka.Actor;
using RaftAkka.Protocol;
using RaftAkka.Snapshots;
using RaftAkka.Tests.Log;
using Xunit;

namespace RaftAkka.Tests.Snapshots;

public sealed class SnapshotReceiverTests : TransferRig
{
    private readonly MemoryDisk _disk = new();
    private readonly SnapshotStore _store;
    private readonly StoredSnapshot _snapshot;
    private readonly byte[] _bytes;
    private readonly IActorRef _transfers;

    public SnapshotReceiverTests()
    {
        var leaders = OpenStore(new MemoryDisk());
        _snapshot = Write(leaders, index: 9, term: 4);
        _bytes = BytesOf(leaders, _snapshot);
        _store = OpenStore(_disk);
        _transfers = StartTransfers(_store);
    }

    [Fact]
    public void Every_part_is_answered_with_where_the_next_one_begins()
    {
        Assert.Equal(400, Next(Receive(0, 400)));
        Assert.Equal(600, Next(Receive(400, 200)));
    }

    [Fact]
    public void The_last_part_is_answered_when_the_snapshot_is_whole_and_durable()
    {
        Receive(0, 800);

        var received = Assert.IsType<SnapshotReceived>(Receive(800, _bytes.Length - 800));

        Assert.Equal((_snapshot.Last, _snapshot.Checksum), (received.Snapshot.Last, received.Snapshot.Checksum));
        Assert.Equal(_bytes, BytesOf(_store, received.Snapshot));
    }

    [Fact]
    public void A_part_that_comes_again_or_too_early_is_not_taken()
    {
        Receive(0, 400);

        Assert.Equal(400, Next(Receive(0, 400)));
        Assert.Equal(400, Next(Receive(600, 200)));
    }

    [Fact]
    public void A_snapshot_that_is_sent_again_when_it_is_there_is_reported_again()
    {
        Receive(0, _bytes.Length);

        Assert.IsType<SnapshotReceived>(Receive(0, 400));
    }

    [Fact]
    public void The_next_leader_goes_on_with_the_same_snapshot()
    {
        Receive(0, 400, term: 5);

        Assert.Equal(400, Next(Receive(0, 400, term: 6, from: Bea)));
        Assert.IsType<SnapshotReceived>(Receive(400, _bytes.Length - 400, term: 6, from: Bea));
    }

    [Fact]
    public void The_next_leaders_own_snapshot_takes_the_place_of_the_one_before()
    {
        Receive(0, 400, term: 5);
        var other = Other(index: 7);

        // An older one, even: it is what this leader has.
        Assert.Equal(100, Next(Receive(0, 100, term: 6, from: Bea, of: other)));
        Assert.IsType<SnapshotReceived>(
            Receive(100, (int)other.Snapshot.Bytes - 100, term: 6, from: Bea, of: other));
    }

    [Fact]
    public void An_older_snapshot_of_the_same_leader_is_late()
    {
        var newer = Other(index: 20);
        Receive(0, 100, of: newer);

        Assert.Null(Receive(0, 400));
        Assert.Equal(200, Next(Receive(100, 100, of: newer)));
    }

    [Fact]
    public void A_damaged_snapshot_is_not_loaded_but_asked_for_anew()
    {
        _bytes[500] ^= 1;

        Assert.Equal(0, Next(Receive(0, _bytes.Length)));
        Assert.Null(NewestOn(_disk));

        _bytes[500] ^= 1;
        Assert.IsType<SnapshotReceived>(Receive(0, _bytes.Length));
    }

    [Fact]
    public void A_server_that_restarts_goes_on_with_what_it_had()
    {
        Receive(0, _bytes.Length - 10);
        Sys.Stop(_transfers);
        var again = StartTransfers(OpenStore(_disk.AfterKill()));

        // As far as whole blocks are sound: what is behind the last of them may be torn.
        var next = Next(Receive(0, 100, to: again));
        Assert.InRange(next, 1, _bytes.Length - 10);
        Assert.IsType<SnapshotReceived>(Receive((int)next, _bytes.Length - (int)next, to: again));
    }

    [Fact]
    public void What_no_snapshot_can_be_is_refused_and_nothing_is_said()
    {
        var nothing = new StoredSnapshot(_snapshot.Head, 5, 5);

        Assert.Null(Receive(0, 5, of: (nothing, new byte[5])));
        Assert.Null(Receive(0, 5, of: (nothing, new byte[5])));
        Assert.Equal(400, Next(Receive(0, 400)));
    }

    [Fact]
    public void The_last_part_of_what_was_deleted_meanwhile_is_late_and_harms_nobody()
    {
        Receive(0, 400);
        foreach (var name in _disk.List()) _disk.Remove(name);   // The server caught up by entries.

        Assert.Null(Receive(400, _bytes.Length - 400));
        Assert.Equal(400, Next(Receive(0, 400)));
    }

    private static long Next(object? answer) => Assert.IsType<ChunkReceived>(answer).NextOffset;

    private static (StoredSnapshot Snapshot, byte[] Bytes) Other(int index)
    {
        var store = OpenStore(new MemoryDisk());
        var snapshot = Write(store, index, term: 4, bytes: 700);
        return (snapshot, BytesOf(store, snapshot));
    }

    private object? Receive(
        int offset, int count, int term = 5, ServerId? from = null, (StoredSnapshot, byte[])? of = null,
        IActorRef? to = null)
    {
        var (snapshot, bytes) = of ?? (_snapshot, _bytes);
        var part = new InstallSnapshot(
            Header(term, from), snapshot.Last, snapshot.Bytes, snapshot.Checksum, offset, bytes.AsMemory(offset, count));
        (to ?? _transfers).Tell(new ReceiveChunk(part), Sam.Ref);
        return Sam.ReceiveOne(TimeSpan.Zero);
    }
}
