using RaftAkka.Machine;
using RaftAkka.Snapshots;
using RaftAkka.Tests.Server.Cast;
using Xunit;
using static RaftAkka.Tests.Server.Cast.Logs;

namespace RaftAkka.Tests.Server;

/// <summary>The server's part in a backup: a snapshot that reaches as far as the confirmed read.</summary>
public sealed class BackingUpTests : ServerStory
{
    public BackingUpTests() =>
        Settings = Settings with { SnapshotEveryEntries = 4, SnapshotKeepEntries = 1, SnapshotsKept = 1 };

    [Fact]
    public void A_client_that_wants_a_backup_is_passed_on_with_the_servers_own_address()
    {
        FollowsAnn(term: 5, log: [5, 5, 5], commit: 3);

        Cora.Says(RequestBackup.Instance);

        Transfers.Hears<StartBackup>();
    }

    [Fact]
    public void A_snapshot_is_taken_now_and_told_once_it_is_durable()
    {
        FollowsAnn(term: 5, log: [5, 5, 5], commit: 3);
        MachineApplies();

        Cora.Says(RequestBackupSnapshot.Instance);
        Machine.Hears<CaptureSnapshot>();
        Cora.HearsNothing();

        Machine.Says(new SnapshotWritten(Snapshot(3, 5)));
        Assert.Equal(Id(3, 5), Cora.Hears<BackupSnapshot>().Snapshot.Last);
    }

    [Fact]
    public void A_snapshot_to_which_nothing_was_added_serves_as_it_is()
    {
        FollowsAnn(term: 5, log: [5, 5, 5, 5], commit: 4);
        MachineApplies();
        Machine.Hears<CaptureSnapshot>();
        Machine.Says(new SnapshotWritten(Snapshot(4, 5)));

        Cora.Says(RequestBackupSnapshot.Instance);

        Assert.Equal(Id(4, 5), Cora.Hears<BackupSnapshot>().Snapshot.Last);
        Machine.HearsNothing();
    }

    // It may have been captured before the read was confirmed, and then lack what that saw.
    [Fact]
    public void One_that_is_being_taken_serves_only_if_it_reaches_far_enough()
    {
        FollowsAnn(term: 5, log: [5, 5, 5, 5], commit: 4);
        MachineApplies();
        Machine.Hears<CaptureSnapshot>();
        Observer.HearsAll();
        Ann.Appends(term: 5, previous: Id(4, 5), Entries(5, 5), commit: 5);
        Disk.CatchesUp();
        MachineApplies();

        Cora.Says(RequestBackupSnapshot.Instance);
        Machine.HearsNothing();
        Machine.Says(new SnapshotWritten(Snapshot(4, 5)));
        Cora.HearsNothing();

        Machine.Hears<CaptureSnapshot>();
        Machine.Says(new SnapshotWritten(Snapshot(5, 5)));
        Assert.Equal(Id(5, 5), Cora.Hears<BackupSnapshot>().Snapshot.Last);
    }

    [Fact]
    public void What_the_machine_was_given_and_has_not_applied_counts()
    {
        FollowsAnn(term: 5, log: [5, 5, 5, 5], commit: 4);
        Machine.Hears<ApplyEntries>();

        Cora.Says(RequestBackupSnapshot.Instance);

        // The capture waits in the machine's mailbox behind the entries.
        Machine.Hears<CaptureSnapshot>();
    }

    [Fact]
    public void A_snapshot_that_fails_is_told_with_its_reason()
    {
        FollowsAnn(term: 5, log: [5, 5, 5], commit: 3);
        MachineApplies();
        Cora.Says(RequestBackupSnapshot.Instance);
        Machine.Hears<CaptureSnapshot>();

        Machine.Says(new SnapshotNotWritten("there is no space"));

        Assert.Equal("there is no space", Cora.Hears<BackupSnapshotFailed>().Problem);
    }
}
