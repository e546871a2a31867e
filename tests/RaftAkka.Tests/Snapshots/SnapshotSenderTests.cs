using Akka.Actor;
using RaftAkka.Log;
using RaftAkka.Protocol;
using RaftAkka.Snapshots;
using RaftAkka.Tests.Log;
using Xunit;

namespace RaftAkka.Tests.Snapshots;

public sealed class SnapshotSenderTests : TransferRig
{
    private const int WindowParts = 16;

    private readonly MemoryDisk _disk = new() { DeletesOpenFiles = true };
    private readonly SnapshotStore _store;
    private readonly StoredSnapshot _snapshot;
    private readonly IActorRef _transfers;

    public SnapshotSenderTests()
    {
        _store = OpenStore(_disk);
        _snapshot = Write(_store, index: 9, term: 4, bytes: 5000);
        _transfers = StartTransfers(_store);
    }

    [Fact]
    public void It_begins_by_asking_with_one_part()
    {
        Begin();

        var part = Assert.Single(Sent());
        Assert.Equal((_snapshot.Last, _snapshot.Bytes, _snapshot.Checksum), (part.Last, part.Bytes, part.Checksum));
        Assert.Equal((0, ChunkBytes, new Term(5)), (part.Offset, part.Chunk.Length, part.Header.Term));
    }

    [Fact]
    public void The_parts_together_are_the_file()
    {
        Begin();
        var received = new byte[_snapshot.Bytes];
        var next = 0L;
        for (var sent = Sent(); sent.Count > 0; sent = Sent())
        {
            foreach (var part in sent)
            {
                Assert.Equal(next, part.Offset);
                part.Chunk.CopyTo(received.AsMemory((int)part.Offset));
                next += part.Chunk.Length;
            }

            Acknowledge(next);
        }

        Assert.Equal(BytesOf(_store, _snapshot), received);
    }

    [Fact]
    public void No_more_is_on_its_way_than_the_window_takes()
    {
        Begin();
        Acknowledge(100);
        Sent();
        Acknowledge(200);
        Assert.Equal(1700, Assert.Single(Sent()).Offset);

        Acknowledge(700);
        Assert.Equal([1800L, 1900, 2000, 2100, 2200], Sent().Select(part => part.Offset));
    }

    [Fact]
    public void The_first_answer_opens_the_window_once()
    {
        Begin();
        Sent();
        Acknowledge(100);

        Assert.Equal(WindowParts, Sent().Count);
        Acknowledge(100);
        Assert.Empty(Sent());
    }

    [Fact]
    public void It_goes_on_where_the_follower_is()
    {
        Begin();
        Sent();

        Acknowledge(3000);

        Assert.Equal(3000, Sent()[0].Offset);
    }

    [Fact]
    public void After_a_silence_it_asks_again_with_one_part()
    {
        Begin();
        Acknowledge(100);
        Acknowledge(300);
        Sent();

        Pass(Milliseconds(499));
        Assert.Empty(Sent());
        Pass(Milliseconds(1));
        Assert.Equal(300, Assert.Single(Sent()).Offset);
        Pass(Milliseconds(500));
        Assert.Equal(300, Assert.Single(Sent()).Offset);

        Acknowledge(400);
        Assert.Equal(WindowParts, Sent().Count);
    }

    [Fact]
    public void A_follower_that_has_less_than_before_is_sent_it_again()
    {
        Begin();
        Acknowledge(2000);
        Pass(Milliseconds(500));
        Sent();

        Acknowledge(0);

        Assert.Equal(0, Sent()[0].Offset);
    }

    [Fact]
    public void A_late_answer_changes_nothing()
    {
        Begin();
        Acknowledge(2000);
        Sent();

        Acknowledge(100);

        Assert.Empty(Sent());
    }

    [Fact]
    public void What_is_said_of_another_snapshot_changes_nothing()
    {
        Begin();
        Sent();

        _transfers.Tell(new ChunkAcknowledged(Bea, new EntryId(new Term(1), new LogIndex(2)), 100), Sam.Ref);
        _transfers.Tell(new ChunkAcknowledged(Ann, _snapshot.Last, 100), Sam.Ref);

        Assert.Empty(Sent());
    }

    [Fact]
    public void It_ends_when_it_is_told_to()
    {
        Begin();
        Sent();

        _transfers.Tell(new StopSending(Bea), Sam.Ref);
        Acknowledge(100);
        Pass(Seconds(5));

        Assert.Empty(Sent());
    }

    [Fact]
    public void A_newer_snapshot_takes_the_place_of_the_one_before()
    {
        Begin();
        Acknowledge(100);
        Sent();
        var newer = Write(_store, index: 20, term: 4);

        _transfers.Tell(new SendSnapshot(Bea, Header(5), newer), Sam.Ref);

        Assert.Equal((newer.Last, 0), (Assert.Single(Sent()) is var part ? part.Last : default, 0));
        Acknowledge(200);
        Assert.Empty(Sent());
    }

    [Fact]
    public void A_file_that_is_not_there_is_told_to_the_server_and_looked_for_again()
    {
        var name = SnapshotFileNames.Of(_snapshot.Last);
        _disk.Rename(name, "elsewhere");

        Begin();

        var failed = Sam.ExpectMsg<SnapshotNotSent>();
        Assert.Equal((_snapshot, Bea), (failed.Snapshot, failed.To));
        Assert.Contains($"there is no {name}", failed.Reason, StringComparison.Ordinal);
        Assert.Empty(Sent());

        _disk.Rename("elsewhere", name);
        Pass(Milliseconds(500));
        Assert.Equal(0, Assert.Single(Sent()).Offset);
    }

    [Fact]
    public void A_file_that_cannot_be_read_on_is_told_to_the_server()
    {
        Begin();
        _disk.RefusesToRead = _ => DiskFailure.Broken;

        Acknowledge(100);

        Assert.Contains("input/output error", Sam.ExpectMsg<SnapshotNotSent>().Reason, StringComparison.Ordinal);
    }

    private void Begin() => _transfers.Tell(new SendSnapshot(Bea, Header(5), _snapshot), Sam.Ref);

    private void Acknowledge(long next) => _transfers.Tell(new ChunkAcknowledged(Bea, _snapshot.Last, next), Sam.Ref);
}
