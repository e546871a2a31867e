using RaftAkka.Log;
using RaftAkka.Protocol;
using RaftAkka.Snapshots;
using RaftAkka.Tests.Log;
using Xunit;

namespace RaftAkka.Tests.Snapshots;

public sealed class SnapshotReceiptTests
{
    private const int Chunk = 60 * 1024;

    private readonly SnapshotRig _sender = SnapshotRig.Opened(SnapshotRig.Bea);
    private readonly SnapshotRig _receiver = SnapshotRig.Opened();
    private readonly StoredSnapshot _snapshot;
    private readonly StoredSnapshot _announced;
    private readonly byte[] _bytes;

    public SnapshotReceiptTests()
    {
        _snapshot = _sender.Write(
            500, SnapshotRig.Pattern(100_000, 1), SnapshotRig.Pattern(700_000, 2), configuration: SnapshotRig.Members());
        _announced = _snapshot with { Head = new SnapshotHead(_snapshot.Last, default) };
        _bytes = _sender.Bytes(_snapshot);
    }

    [Fact]
    public void A_snapshot_arrives_as_it_was_sent()
    {
        using var file = _sender.Store.Read(_snapshot);
        using var receipt = _receiver.Store.BeginReceive(_announced);
        var buffer = new byte[Chunk];
        while (!receipt.IsComplete)
            receipt.Write(receipt.NextOffset, buffer.AsSpan(0, file.Read(receipt.NextOffset, buffer)));

        var received = receipt.Finish();

        Assert.Equal((_snapshot.Last, _snapshot.Bytes, _snapshot.Checksum), (received.Last, received.Bytes, received.Checksum));
        Assert.Equal(SnapshotRig.Members(), received.Head.Configuration.ToArray());
        Assert.Equal(_bytes, _receiver.Bytes(received));
        Assert.Equal(_snapshot.Last, _receiver.Restart()?.Last);
        Assert.Equal(SnapshotRig.Pattern(700_000, 2), _receiver.Contents(received).Machine);
    }

    [Fact]
    public void Before_it_is_finished_there_is_no_snapshot()
    {
        using var receipt = Received(_bytes.Length);

        Assert.True(receipt.IsComplete);
        Assert.Null(_receiver.Restart());
    }

    [Fact]
    public void After_a_restart_it_goes_on_behind_the_last_block_that_is_whole()
    {
        Received(3 * Chunk + 17).Dispose();

        _receiver.Restart();
        using var receipt = _receiver.Store.BeginReceive(_announced);

        // The header and its configuration, two blocks of sessions, and one of the machine.
        Assert.Equal(192 + SnapshotRig.Members().Length + 65_536 + (16 + 100_000 - 65_520) + 65_536, receipt.NextOffset);
        Rest(receipt);
        Assert.Equal(_bytes, _receiver.Bytes(receipt.Finish()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void After_a_loss_of_power_too_as_far_as_the_disk_has_it(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 20; round++)
        {
            using (var receipt = _receiver.Store.BeginReceive(_announced))
                Rest(receipt, to: (int)receipt.NextOffset + random.Next(2 * Chunk));
            _receiver.LosePower(random);
        }

        using var last = _receiver.Store.BeginReceive(_announced);
        Rest(last);
        Assert.Equal(_bytes, _receiver.Bytes(last.Finish()));
    }

    [Fact]
    public void All_that_came_before_a_restart_needs_only_to_be_finished()
    {
        Received(_bytes.Length).Dispose();

        _receiver.Restart();
        using var receipt = _receiver.Store.BeginReceive(_announced);

        Assert.True(receipt.IsComplete);
        Assert.Equal(_bytes, _receiver.Bytes(receipt.Finish()));
    }

    [Fact]
    public void What_a_failed_sync_left_in_the_page_cache_alone_is_durable_before_it_counts()
    {
        Received(_bytes.Length).Dispose();
        _receiver.RestartAfterFailedSync();

        using (var receipt = _receiver.Store.BeginReceive(_announced))
            receipt.Finish();

        _receiver.LosePower(new Random(1));
        Assert.Empty(_receiver.Store.Findings);
        Assert.Equal(_snapshot.Last, _receiver.Found?.Last);
    }

    [Fact]
    public void A_receipt_that_cannot_go_on_leaves_its_file_to_the_next()
    {
        Received(3 * Chunk).Dispose();
        _receiver.Disk.FaultAt = (_, operation) => operation == DiskOperation.Write ? DiskFault.FailForSpace : DiskFault.None;

        Assert.Throws<DiskException>(() => _receiver.Store.BeginReceive(_announced));

        _receiver.Disk.FaultAt = (_, _) => DiskFault.None;
        _receiver.Store.BeginReceive(_sender.Write(600)).Dispose();   // Deletes it, which an open file does not allow.
    }

    [Fact]
    public void Damage_of_what_came_before_a_restart_is_found_and_comes_again()
    {
        Received(5 * Chunk).Dispose();
        _receiver.Disk.Bytes(ReceivedName())[70_000] ^= 1;

        _receiver.Restart();
        using var receipt = _receiver.Store.BeginReceive(_announced);

        Assert.Equal(192 + SnapshotRig.Members().Length + 65_536, receipt.NextOffset);
        Rest(receipt);
        Assert.Equal(_bytes, _receiver.Bytes(receipt.Finish()));
    }

    [Fact]
    public void Another_snapshot_begins_anew_and_what_came_of_the_first_is_deleted()
    {
        Received(5 * Chunk).Dispose();
        var newer = _sender.Write(600);

        using var receipt = _receiver.Store.BeginReceive(newer);

        Assert.Equal(0, receipt.NextOffset);
        Assert.StartsWith("receive-258-7-", Assert.Single(_receiver.Disk.List()));
    }

    [Fact]
    public void What_came_of_a_snapshot_that_is_no_use_any_more_is_deleted()
    {
        Received(5 * Chunk).Dispose();
        _receiver.Write(600);

        _receiver.Restart();

        Assert.Equal([SnapshotRig.NameOf(600)], _receiver.Disk.List());
    }

    [Theory]
    [InlineData(1, 10)]
    [InlineData(-1, 10)]
    [InlineData(0, int.MaxValue)]
    public void Bytes_that_are_not_the_next_ones_are_refused(int shift, int length)
    {
        using var receipt = Received(2 * Chunk);
        var bytes = new byte[Math.Min(length, _bytes.Length - (2 * Chunk) + 1)];

        Assert.Throws<ArgumentException>(() => receipt.Write(receipt.NextOffset + shift, bytes));
        Assert.Equal(2 * Chunk, receipt.NextOffset);
    }

    [Fact]
    public void Damage_on_the_way_is_detected_and_the_next_receipt_begins_anew()
    {
        _bytes[300_000] ^= 1;
        using (var receipt = Received(_bytes.Length))
            Assert.Throws<DamagedSnapshotException>(() => receipt.Finish());
        Assert.Empty(_receiver.Disk.List());

        _bytes[300_000] ^= 1;
        using var again = Received(_bytes.Length);
        Assert.Equal(_bytes, _receiver.Bytes(again.Finish()));
    }

    [Fact]
    public void A_sound_snapshot_that_is_not_the_one_announced_is_refused()
    {
        foreach (var other in (StoredSnapshot[])[
            _announced with { Checksum = _announced.Checksum ^ 1 },
            _announced with { Head = new SnapshotHead(SnapshotRig.Last(501), default) },
            _announced with { Head = new SnapshotHead(new EntryId(new Term(77), _announced.Last.Index), default) }])
        {
            using var receipt = _receiver.Store.BeginReceive(other);
            Rest(receipt);
            Assert.Contains("was announced", Assert.Throws<DamagedSnapshotException>(() => receipt.Finish()).Message);
            Assert.Empty(_receiver.Disk.List());
        }
    }

    [Fact]
    public void A_snapshot_of_another_cluster_is_refused_and_deleted()
    {
        var stranger = SnapshotRig.Opened(SnapshotRig.Ann with { Cluster = new ClusterId("other") });
        var snapshot = stranger.Write(5);
        using var receipt = _receiver.Store.BeginReceive(snapshot);
        receipt.Write(0, stranger.Bytes(snapshot));

        Assert.True(Assert.Throws<UnusableLogException>(() => receipt.Finish()).IsForeign);
        Assert.Empty(_receiver.Disk.List());
    }

    [Theory]
    [InlineData(0, 1, 1000)]
    [InlineData(5, 0, 1000)]
    [InlineData(5, 1, 191)]
    [InlineData(5, 1, -1)]
    [InlineData(5, 1, long.MaxValue)]
    public void What_cannot_be_a_snapshot_is_not_begun(long index, long term, long bytes) =>
        Assert.Throws<ArgumentException>(() => _receiver.Store.BeginReceive(new StoredSnapshot(
            new SnapshotHead(new EntryId(new Term(term), new LogIndex(index)), default), bytes, 0)));

    [Fact]
    public void The_largest_numbers_there_are_have_names_that_a_disk_takes()
    {
        using var folder = new TemporaryFolder();
        using var store = new SnapshotStore(() => FileDisk.At(folder.Path));
        store.Open(SnapshotRig.Ann);
        var last = new EntryId(new Term(long.MaxValue), new LogIndex(long.MaxValue));

        store.BeginReceive(new StoredSnapshot(new SnapshotHead(last, default), SnapshotStore.BytesMax, uint.MaxValue))
            .Dispose();
        using var file = store.Begin(new SnapshotHead(last, default));
        var snapshot = file.Commit();

        Assert.Equal(last, snapshot.Last);
        Assert.Equal(last, SnapshotFileNames.FinishedIn(SnapshotFileNames.Of(last)));
        Assert.InRange(SnapshotFileNames.SetAsideOf(last).Length, 1, 64);
    }

    private SnapshotFileReceipt Received(int bytes)
    {
        var receipt = _receiver.Store.BeginReceive(_announced);
        Rest(receipt, bytes);
        return receipt;
    }

    private void Rest(SnapshotFileReceipt receipt, int to = int.MaxValue)
    {
        to = Math.Min(to, _bytes.Length);
        while (receipt.NextOffset < to)
        {
            var at = (int)receipt.NextOffset;
            receipt.Write(at, _bytes.AsSpan(at, Math.Min(Chunk, to - at)));
        }
    }

    private string ReceivedName() => SnapshotFileNames.ReceivedOf(_announced);
}
