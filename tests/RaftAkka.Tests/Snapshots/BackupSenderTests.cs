using Akka.Actor;
using Akka.TestKit;
using RaftAkka.Protocol;
using RaftAkka.Server;
using RaftAkka.Snapshots;
using RaftAkka.Tests.Log;
using Xunit;

namespace RaftAkka.Tests.Snapshots;

/// <summary>A backup on its way out: confirmed first, then sent no faster than the client takes it.</summary>
public sealed class BackupSenderTests : TransferRig
{
    private const int WindowParts = 16;

    private readonly MemoryDisk _disk = new() { DeletesOpenFiles = true };
    private readonly SnapshotStore _store;
    private readonly StoredSnapshot _snapshot;
    private readonly IActorRef _transfers;
    private readonly TestProbe _client;
    private IActorRef _sender = ActorRefs.Nobody;

    public BackupSenderTests()
    {
        _store = OpenStore(_disk);
        _snapshot = Write(_store, index: 9, term: 4, bytes: 5000);
        _transfers = StartTransfers(_store);
        _client = CreateTestProbe();
    }

    [Fact]
    public void A_linearizable_read_of_nothing_is_confirmed_before_the_server_is_asked_for_a_snapshot()
    {
        Ask(_client);

        var read = Sam.ExpectMsg<ReadQueries>();
        Assert.Equal(ReadConsistency.Linearizable, read.Consistency);
        Assert.True(CommandBatch.TryDecode(read.Payload, out var batch));
        Assert.Empty(batch.Commands);
        AssertNothingFor(Sam);

        Sam.Reply(new QueriesAnswered(read.Batch, []));
        Sam.ExpectMsg<RequestBackupSnapshot>();
        AssertNothingFor(_client);
    }

    [Fact]
    public void Where_no_leader_confirms_it_the_client_is_told_to_ask_again()
    {
        Ask(_client);
        var read = Sam.ExpectMsg<ReadQueries>();

        Sam.Reply(new ProposalRefused(read.Batch, RefusalReason.NotLeader, ClusterView.Empty, ""));

        var refused = _client.ExpectMsg<ClientRefused>();
        Assert.Contains("no leader confirms", refused.Reason, StringComparison.Ordinal);
        Assert.False(refused.IsFinal);
        Ask(_client);
        Sam.ExpectMsg<ReadQueries>();
    }

    [Fact]
    public void Where_no_snapshot_can_be_written_the_client_learns_why()
    {
        Ask(_client);
        Sam.Reply(new QueriesAnswered(Sam.ExpectMsg<ReadQueries>().Batch, []));
        Sam.ExpectMsg<RequestBackupSnapshot>();

        Sam.Reply(new BackupSnapshotFailed("no space"));

        Assert.Contains("no space", _client.ExpectMsg<ClientRefused>().Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void The_parts_together_are_the_file_also_where_the_server_deletes_it_meanwhile()
    {
        var bytes = BytesOf(_store, _snapshot);
        Open();
        Write(_store, index: 20, term: 4);
        _store.Prune(keep: 1, inUse: []);

        var received = new List<byte>();
        while (received.Count < bytes.Length)
        {
            Continue(received.Count);
            foreach (var part in Parts())
            {
                Assert.Equal(received.Count, part.Offset);
                received.AddRange(part.Chunk.ToArray());
            }
        }

        Assert.Equal(bytes, received);
    }

    [Fact]
    public void No_more_is_on_its_way_than_the_window_takes()
    {
        Open();
        Continue(0);
        Assert.Equal(WindowParts, Parts().Count);

        Continue(100);
        Assert.Equal(1600, Assert.Single(Parts()).Offset);
        Continue(300);
        Assert.Equal([1700L, 1800], Parts().Select(part => part.Offset));
    }

    [Fact]
    public void What_got_lost_is_sent_again_but_not_for_every_word_of_the_client()
    {
        Open();
        Continue(0);
        Parts();

        Continue(0);
        Assert.Equal(WindowParts, Parts().Count);
        for (var i = 0; i < 100; i++) Continue(0);
        Assert.Empty(Parts());

        Pass(BackupSender.ResendInterval);
        Continue(0);
        Assert.Equal(WindowParts, Parts().Count);
    }

    [Theory]
    [InlineData(-1), InlineData(1_700), InlineData(long.MaxValue)]
    public void An_offset_that_the_client_cannot_have_is_passed_over(long offset)
    {
        Open();
        Continue(0);
        Parts();

        Continue(offset);

        Assert.Empty(Parts());
        Continue(100);
        Assert.Single(Parts());
    }

    [Fact]
    public void A_question_that_is_repeated_is_answered_with_the_same_backup()
    {
        Ask(_client);
        var read = Sam.ExpectMsg<ReadQueries>();
        Ask(_client);
        AssertNothingFor(Sam);

        Sam.Reply(new QueriesAnswered(read.Batch, []));
        Sam.ExpectMsg<RequestBackupSnapshot>();
        Sam.Reply(new BackupSnapshot(_snapshot));
        var first = _client.ExpectMsg<BackupOpened>();
        Ask(_client);
        Assert.Equal(first, _client.ExpectMsg<BackupOpened>());
        AssertNothingFor(Sam);
    }

    [Fact]
    public void A_third_client_has_to_wait_until_one_is_done_or_gone()
    {
        var (second, third) = (CreateTestProbe(), CreateTestProbe());
        Open();
        Ask(second);
        Sam.ExpectMsg<ReadQueries>();

        Ask(third);
        Assert.False(third.ExpectMsg<ClientRefused>().IsFinal);

        _sender.Tell(new DisconnectClient(), _client.Ref);
        Ask(third);
        Sam.ExpectMsg<ReadQueries>();
        AssertNothingFor(third);
    }

    [Fact]
    public void A_client_that_fell_silent_is_forgotten()
    {
        Open();
        Pass(BackupSender.IdleTimeout - Milliseconds(1));
        Continue(0);
        Assert.NotEmpty(Parts());

        Pass(BackupSender.IdleTimeout);
        Continue(100);

        Assert.Empty(Parts());
    }

    [Fact]
    public void A_snapshot_that_cannot_be_opened_costs_the_backup_and_not_the_node()
    {
        Ask(_client);
        Sam.Reply(new QueriesAnswered(Sam.ExpectMsg<ReadQueries>().Batch, []));
        Sam.ExpectMsg<RequestBackupSnapshot>();
        _disk.Delete(SnapshotFileNames.Of(_snapshot.Last));

        Sam.Reply(new BackupSnapshot(_snapshot));

        Assert.True(_client.ExpectMsg<ClientRefused>().IsFinal);
        Assert.Equal(_snapshot, Sam.ExpectMsg<SnapshotNotSent>().Snapshot);
        Ask(_client);
        Sam.ExpectMsg<ReadQueries>();
    }

    [Fact]
    public void A_file_that_has_rotted_is_found_by_the_server_that_sends_it_and_named()
    {
        _disk.Bytes(SnapshotFileNames.Of(_snapshot.Last))[3000] ^= 1;
        Open();
        for (var offset = 0L; !Sam.HasMessages; offset += 100) Continue(offset);

        Assert.Contains("is damaged on its disk", Sam.ExpectMsg<SnapshotNotSent>().Reason, StringComparison.Ordinal);
        _client.FishForMessage(message => message is ClientRefused { IsFinal: true } refused
            && refused.Reason.Contains("ask another server (--server)", StringComparison.Ordinal));
    }

    private void Ask(TestProbe client) => _transfers.Tell(new StartBackup(client.Ref), Sam.Ref);

    private void Open()
    {
        Ask(_client);
        Sam.Reply(new QueriesAnswered(Sam.ExpectMsg<ReadQueries>().Batch, []));
        Sam.ExpectMsg<RequestBackupSnapshot>();
        Sam.Reply(new BackupSnapshot(_snapshot));
        var opened = _client.ExpectMsg<BackupOpened>();
        Assert.Equal((_snapshot.Last, _snapshot.Bytes, _snapshot.Checksum), (opened.Last, opened.Bytes, opened.Checksum));
        _sender = _client.LastSender;
    }

    private void Continue(long offset) => _sender.Tell(new ContinueBackup(offset), _client.Ref);

    private List<BackupPart> Parts()
    {
        var parts = new List<BackupPart>();
        while (_client.HasMessages) parts.Add(_client.ExpectMsg<BackupPart>());
        return parts;
    }
}
