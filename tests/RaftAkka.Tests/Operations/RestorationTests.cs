using RaftAkka.Log;
using RaftAkka.Operations;
using RaftAkka.Protocol;
using RaftAkka.Snapshots;
using RaftAkka.Tests.Log;
using RaftAkka.Tests.Snapshots;
using Xunit;

namespace RaftAkka.Tests.Operations;

/// <summary>A backup becomes the data of a new server whole, or not at all.</summary>
public sealed class RestorationTests
{
    private const int Restarts = 8;
    private const string File = "friday.backup";

    private static readonly ClusterId NewName = new("again");
    private static readonly ServerId Server = new("n1");
    private static readonly LogIdentity Restored = new(NewName, LogRig.Ann.Group, Server);
    private static readonly LogSettings Small = new() { SegmentBytes = 4096 };

    public static TheoryData<string> Crashes =>
        new(Enum.GetNames<DiskFault>().Where(name => name.StartsWith("Crash", StringComparison.Ordinal)));

    [Fact]
    public void The_new_server_begins_behind_the_backups_last_entry_in_its_term_under_its_own_name()
    {
        var (log, snapshots) = (new MemoryDisk(), new MemoryDisk());

        Restore(log, snapshots);

        Assert.DoesNotContain(Restoration.Marker, log.List());
        ShouldBeWhole(log, snapshots);
        Assert.Equal(DataVerdict.Sound, DataDirectory.Inspect(log.AfterKill(), snapshots.AfterKill()).Verdict);
    }

    [Fact]
    public void The_old_members_stay_behind()
    {
        var (log, snapshots) = (new MemoryDisk(), new MemoryDisk());

        Restore(log, snapshots, BackupOf(configuration: [1, 2, 3]));

        Assert.True(OpenSnapshots(snapshots)!.Head.Configuration.IsEmpty);
    }

    [Fact]
    public void The_servers_of_the_new_cluster_get_the_same_snapshot_to_the_byte()
    {
        var (first, second) = (new MemoryDisk(), new MemoryDisk());
        Restore(new MemoryDisk(), first);
        Restoration.Run(Opened(BackupOf()), new MemoryDisk(), () => second, NewName, new ServerId("n2"), Small);

        var name = Assert.Single(first.List());
        Assert.Equal(first.Bytes(name), second.Bytes(name));
    }

    [Fact]
    public void A_flipped_bit_anywhere_in_the_backup_is_noticed_by_name()
    {
        var bytes = BackupOf();
        for (var at = 0; at < bytes.Length; at++)
        {
            var damaged = bytes.ToArray();
            damaged[at] ^= 0x10;
            var refusal = Assert.Throws<DamagedSnapshotException>(() => Opened(damaged));
            Assert.Contains($"{File} in ", refusal.Message, StringComparison.Ordinal);
        }

        for (var length = 0; length < bytes.Length; length++)
            Assert.Throws<DamagedSnapshotException>(() => Opened(bytes[..length]));
    }

    [Fact]
    public void The_old_clusters_name_is_refused_before_anything_is_written()
    {
        var log = new MemoryDisk();

        Assert.Throws<OperationRefusedException>(() => Restoration.Run(
            Opened(BackupOf()), log, () => new MemoryDisk(), LogRig.Ann.Cluster, Server, Small));

        Assert.Equal(0, log.Operations);
    }

    // With every fault on either disk: what is there is the whole, or no node starts with it; and the same restore
    // again ends with the whole.
    [Theory, MemberData(nameof(Crashes))]
    public void A_crash_at_any_step_leaves_the_whole_or_nothing_that_a_node_would_use(string crash)
    {
        var (whole, refused, steps) = (0, 0, 0);
        for (var at = 1; ; at++)
        {
            var (log, snapshots, step) = (new MemoryDisk(), new MemoryDisk(), 0);
            log.FaultAt = snapshots.FaultAt = (_, _) => ++step == at ? Enum.Parse<DiskFault>(crash) : DiskFault.None;
            var crashed = Crashed(() => Restore(log, snapshots));
            for (var seed = 0; seed < Restarts; seed++)
            {
                var (logAfter, snapshotsAfter) = seed == 0
                    ? (log.AfterKill(), snapshots.AfterKill())
                    : (log.AfterPowerLoss(new Random(seed)), snapshots.AfterPowerLoss(new Random(-seed)));
                if (logAfter.List().Contains(Restoration.Marker))
                {
                    refused++;
                    Assert.Contains("begun and not ended",
                        Assert.Throws<UnusableLogException>(() => Journal.Open(logAfter, Restored, Small)).Message,
                        StringComparison.Ordinal);
                    Restore(logAfter, snapshotsAfter);
                }
                else if (logAfter.List().Count == 0)
                {
                    refused++;   // Before the first step was durable: an empty directory.
                    Assert.Empty(snapshotsAfter.List());
                    Restore(logAfter, snapshotsAfter);
                }
                else
                {
                    whole++;
                }

                ShouldBeWhole(logAfter, snapshotsAfter);
            }

            if (!crashed) break;
            steps++;
        }

        Assert.True(steps >= 20 && whole > 0 && refused > 0, $"{steps} steps, {whole} whole, {refused} not");
    }

    [Theory]
    [InlineData("")]
    [InlineData("A restore was begun and not ended. Run it again.\n01234567 into other as n1\n")]
    public void A_marker_that_this_restore_did_not_make_beside_a_servers_data_deletes_nothing(string text)
    {
        var (log, snapshots) = (new MemoryDisk(), new MemoryDisk());
        Restore(log, snapshots);
        log.Put(Restoration.Marker, System.Text.Encoding.ASCII.GetBytes(text));
        var before = log.List();

        var refused = Assert.Throws<OperationRefusedException>(() => Restore(log, snapshots));

        Assert.Contains("that this restore did not make", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, log.List());
        log.Remove(Restoration.Marker);
        ShouldBeWhole(log, snapshots);
    }

    [Fact]
    public void A_directory_that_holds_something_is_refused_and_left_alone()
    {
        using var folder = new TemporaryFolder();
        var backup = Path.Combine(folder.Path, File);
        System.IO.File.WriteAllBytes(backup, BackupOf());
        var data = Directory.CreateDirectory(Path.Combine(folder.Path, "n1")).FullName;
        System.IO.File.WriteAllText(Path.Combine(data, "notes.txt"), "mine");

        var refusal = Assert.Throws<OperationRefusedException>(() => Restoration.Run(backup, data, NewName, Server));

        Assert.Contains("is not empty: it holds notes.txt", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(["notes.txt"], Directory.EnumerateFileSystemEntries(data).Select(Path.GetFileName));
    }

    [Fact]
    public void On_a_real_disk_it_is_made_once_and_a_second_time_refused()
    {
        using var folder = new TemporaryFolder();
        var (backup, data) = (Path.Combine(folder.Path, File), Path.Combine(folder.Path, "made", "n1"));
        System.IO.File.WriteAllBytes(backup, BackupOf());

        var restored = Restoration.Run(backup, data, NewName, Server);

        Assert.Equal(SnapshotRig.Last(50), restored.Last);
        var report = DataDirectory.Inspect(data);
        Assert.Equal((DataVerdict.Sound, Restored), (report.Verdict, report.Identity));
        Assert.Throws<OperationRefusedException>(() => Restoration.Run(backup, data, NewName, Server));
    }

    private static void Restore(MemoryDisk log, MemoryDisk snapshots, byte[]? backup = null) =>
        Restoration.Run(Opened(backup ?? BackupOf()), log, () => snapshots, NewName, Server, Small);

    private static void ShouldBeWhole(MemoryDisk log, MemoryDisk snapshots)
    {
        using var journal = Journal.Open(log.AfterKill(), Restored, Small);
        var last = SnapshotRig.Last(50);
        Assert.Equal((last, last), (journal.Contents.Base, journal.Contents.Last));
        Assert.Equal(new HardState(last.Term, Vote: null), journal.Contents.HardState);

        var found = OpenSnapshots(snapshots.AfterKill(), out var store);
        Assert.Equal(last, found?.Last);
        using var file = store.Read(found!);
        Assert.Equal(SnapshotRig.SessionsOf(50), SnapshotRig.All(file.Open(SnapshotSection.Sessions)));
        Assert.Equal(SnapshotRig.MachineOf(50), SnapshotRig.All(file.Open(SnapshotSection.Machine)));
        file.Finish();
    }

    private static StoredSnapshot? OpenSnapshots(MemoryDisk disk) => OpenSnapshots(disk, out _);

    private static StoredSnapshot? OpenSnapshots(MemoryDisk disk, out SnapshotStore store)
    {
        store = new SnapshotStore(() => disk);
        return store.Open(Restored);
    }

    private static byte[] BackupOf(byte[]? configuration = null)
    {
        var rig = SnapshotRig.Opened();
        return rig.Bytes(rig.Write(50, configuration: configuration));
    }

    private static Backup Opened(byte[] bytes)
    {
        var place = new MemoryDisk();
        place.Put(File, bytes);
        return Backup.Open(place, File);
    }

    private static bool Crashed(Action action)
    {
        try
        {
            action();
            return false;
        }
        catch (SimulatedCrashException)
        {
            return true;
        }
    }
}
