using RaftAkka.Log;
using RaftAkka.Snapshots;
using RaftAkka.Tests.Log;
using Xunit;

namespace RaftAkka.Tests.Snapshots;

public sealed class SnapshotStoreTests
{
    private readonly SnapshotRig _rig = SnapshotRig.Opened();

    [Fact]
    public void An_empty_directory_has_no_snapshot() => Assert.Null(_rig.Found);

    [Fact]
    public void The_newest_snapshot_is_found_with_all_that_it_says_of_itself()
    {
        _rig.Write(99);
        var newest = _rig.Write(100, configuration: [1, 2, 3]);
        _rig.Write(20);

        var found = _rig.Restart()!;

        Assert.Equal((newest.Last, newest.Bytes, newest.Checksum), (found.Last, found.Bytes, found.Checksum));
        Assert.Equal([1, 2, 3], found.Head.Configuration.ToArray());
        _rig.ShouldHold(found);
        Assert.Empty(_rig.Store.Findings);
    }

    [Fact]
    public void A_damaged_snapshot_is_set_aside_and_the_one_before_it_is_offered()
    {
        _rig.Write(10);
        _rig.Write(20);
        _rig.Disk.Bytes(SnapshotRig.NameOf(20))[200] ^= 1;

        var found = _rig.Restart()!;

        Assert.Equal(SnapshotRig.Last(10), found.Last);
        _rig.ShouldHold(found);
        Assert.Equal([SnapshotRig.NameOf(10), SnapshotRig.NameOf(20) + ".damaged"], _rig.Disk.List());
        var finding = Assert.Single(_rig.Store.Findings);
        Assert.StartsWith("raft ann: snapshot snapshot-00000000000000000020-0000000001.raft in /memory is damaged", finding);
        Assert.Contains("It is not loaded, and kept as snapshot-00000000000000000020-0000000001.raft.damaged.", finding);

        Assert.Equal(SnapshotRig.Last(10), _rig.Restart()!.Last);
        Assert.Empty(_rig.Store.Findings);
    }

    [Fact]
    public void A_snapshot_that_cannot_be_read_keeps_its_name_and_the_one_before_it_is_offered()
    {
        _rig.Write(10);
        _rig.Write(20);
        _rig.Restart();
        _rig.Disk.RefusesToRead = name => name == SnapshotRig.NameOf(20) ? DiskFailure.Broken : null;

        Assert.Equal(SnapshotRig.Last(10), _rig.Open()!.Last);

        Assert.Contains("It is not loaded, and left as it is.", Assert.Single(_rig.Store.Findings), StringComparison.Ordinal);
        Assert.Equal([SnapshotRig.NameOf(10), SnapshotRig.NameOf(20)], _rig.Disk.List());
        Assert.Equal(0, _rig.Store.Prune(1, []));                   // The one that is read is the one that stays.
        Assert.Equal(SnapshotRig.Last(20), _rig.Restart()!.Last);   // The disk can read it again.
    }

    [Fact]
    public void Where_none_can_be_read_the_disk_is_what_is_broken()
    {
        _rig.Write(10);
        _rig.Restart();
        _rig.Disk.RefusesToRead = _ => DiskFailure.Broken;

        Assert.Equal(DiskFailure.Broken, Assert.Throws<DiskException>(() => _rig.Open()).Failure);
    }

    [Fact]
    public void Where_all_are_damaged_there_is_none()
    {
        foreach (var index in (int[])[10, 20, 30])
        {
            _rig.Write(index);
            _rig.Disk.Bytes(SnapshotRig.NameOf(index))[^1] ^= 1;
        }

        Assert.Null(_rig.Restart());
        Assert.Equal(3, _rig.Store.Findings.Count);
    }

    [Fact]
    public void A_snapshot_that_is_not_committed_leaves_nothing()
    {
        using (var file = _rig.Store.Begin(SnapshotRig.Head(5)))
            file.Begin(SnapshotSection.Machine).Write(SnapshotRig.Pattern(200_000, 1));

        Assert.Empty(_rig.Disk.List());
    }

    [Fact]
    public void What_a_killed_process_did_not_finish_is_removed()
    {
        _rig.Write(5);
        var file = _rig.Store.Begin(SnapshotRig.Head(6));
        file.Begin(SnapshotSection.Machine).Write(SnapshotRig.Pattern(200_000, 1));
        Assert.Equal(2, _rig.Disk.List().Count);

        Assert.Equal(SnapshotRig.Last(5), _rig.Restart()!.Last);

        Assert.Equal([SnapshotRig.NameOf(5)], _rig.Disk.List());
    }

    [Fact]
    public void A_snapshot_takes_the_place_of_one_of_the_same_entry()
    {
        _rig.Write(5, machine: [1]);
        var second = _rig.Write(5, machine: [2, 3]);

        Assert.Equal(second.Bytes, _rig.Restart()!.Bytes);
        Assert.Equal([2, 3], _rig.Contents(second).Machine);
    }

    [Fact]
    public void Files_of_other_names_are_nobodys_business()
    {
        foreach (var name in (string[])["notes.txt", "snapshot-1-1.raft", "snapshot-.raft.new", "receive-x"])
            _rig.Disk.Put(name, [1]);
        _rig.Write(5);

        _rig.Restart();
        _rig.Store.Prune(1, []);

        Assert.Equal(5, _rig.Disk.List().Count);
    }

    [Fact]
    public void Older_snapshots_are_deleted_but_the_newest_and_those_in_use()
    {
        foreach (var index in (int[])[10, 20, 30, 40, 50]) _rig.Write(index);

        Assert.Equal(2, _rig.Store.Prune(keep: 2, inUse: [SnapshotRig.Last(20)]));
        Assert.Equal([SnapshotRig.NameOf(20), SnapshotRig.NameOf(40), SnapshotRig.NameOf(50)], _rig.Disk.List());

        Assert.Equal(2, _rig.Store.Prune(keep: 1, inUse: []));
        Assert.Equal(0, _rig.Store.Prune(keep: 1, inUse: []));
        Assert.Equal([SnapshotRig.NameOf(50)], _rig.Disk.List());
    }

    [Fact]
    public void What_was_set_aside_stays_until_all_that_is_kept_is_newer()
    {
        _rig.Write(10);
        _rig.Disk.Bytes(SnapshotRig.NameOf(10))[^1] ^= 1;
        _rig.Restart();
        _rig.Write(9);
        _rig.Write(20);

        _rig.Store.Prune(keep: 2, inUse: []);
        Assert.Contains(SnapshotRig.NameOf(10) + ".damaged", _rig.Disk.List());

        _rig.Write(30);
        _rig.Store.Prune(keep: 2, inUse: []);
        Assert.Equal([SnapshotRig.NameOf(20), SnapshotRig.NameOf(30)], _rig.Disk.List());
    }

    [Fact]
    public void A_snapshot_that_is_read_can_be_read_on_when_it_was_deleted()
    {
        var snapshot = _rig.Write(10, machine: SnapshotRig.Pattern(100_000, 1));
        using var file = _rig.Store.Read(snapshot);
        _rig.Write(20);

        _rig.Disk.DeletesOpenFiles = true;
        _rig.Store.Prune(1, []);

        Assert.Equal(SnapshotRig.Pattern(100_000, 1), SnapshotRig.All(file.Open(SnapshotSection.Machine)));
    }

    [Fact]
    public void The_disk_is_synced_every_now_and_then_so_that_the_log_beside_it_need_not_wait_long()
    {
        var syncs = _rig.Disk.Syncs;

        _rig.Write(1, machine: new byte[20 * 1024 * 1024]);

        Assert.Equal(syncs + 3, _rig.Disk.Syncs);
    }

    [Fact]
    public void It_works_in_a_real_directory()
    {
        using var folder = new TemporaryFolder();
        var snapshots = Path.Combine(folder.Path, "snapshots");
        StoredSnapshot written;
        using (var store = new SnapshotStore(() => FileDisk.At(snapshots)))
        {
            Assert.Null(store.Open(SnapshotRig.Ann));
            using var file = store.Begin(SnapshotRig.Head(7));
            file.Begin(SnapshotSection.Machine).Write(SnapshotRig.Pattern(300_000, 1));
            written = file.Commit();
        }

        using var again = new SnapshotStore(() => FileDisk.At(snapshots));
        var found = again.Open(SnapshotRig.Ann)!;
        Assert.Equal((written.Bytes, written.Checksum), (found.Bytes, found.Checksum));
        using var reader = again.Read(found);
        Assert.Equal(SnapshotRig.Pattern(300_000, 1), SnapshotRig.All(reader.Open(SnapshotSection.Machine)));
        Assert.Equal([Path.Combine(snapshots, SnapshotRig.NameOf(7))], Directory.GetFiles(snapshots));
    }
}
