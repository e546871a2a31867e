using RaftAkka.Log;
using RaftAkka.Machine;
using RaftAkka.Protocol;
using RaftAkka.Server;
using RaftAkka.Snapshots;
using RaftAkka.Tests.Server.Cast;
using Xunit;
using static RaftAkka.Tests.Server.Cast.Logs;

namespace RaftAkka.Tests.Server;

/// <summary>A server's own snapshots, and what becomes of its log.</summary>
public sealed class SnapshottingTests : ServerStory
{
    public SnapshottingTests() =>
        Settings = Settings with { SnapshotEveryEntries = 4, SnapshotKeepEntries = 1, SnapshotsKept = 1 };

    [Fact]
    public void After_so_many_applied_entries_the_machine_is_asked_for_a_snapshot_once()
    {
        FollowsAnn(term: 5, log: [5, 5, 5, 5, 5, 5], commit: 6);
        Machine.Hears<ApplyEntries>();

        Machine.Says(new Applied(At(3)));
        Machine.HearsNothing();
        Machine.Says(new Applied(At(4)));
        Machine.Hears<CaptureSnapshot>();
        Machine.Says(new Applied(At(6)));
        Machine.HearsNothing();
    }

    [Fact]
    public void The_log_lets_go_of_entries_only_once_the_snapshot_is_written_and_keeps_some_for_slow_followers()
    {
        CapturesAtFour();
        Disk.HearsNothing();
        Assert.Equal((At(0), At(1)), (Status().SnapshotIndex, Status().FirstIndex));

        Machine.Says(new SnapshotWritten(Snapshot(4, 5)));

        Assert.Equal(Id(3, 5), Disk.Compacts().Base);
        Assert.Equal((At(4), At(4)), (Status().SnapshotIndex, Status().FirstIndex));
        Assert.Equal(1, Snapshots.Hears<PruneSnapshots>().Keep);
    }

    [Fact]
    public void A_snapshot_that_was_not_written_costs_no_entry_and_is_tried_again()
    {
        CapturesAtFour();

        Machine.Says(new SnapshotNotWritten("there is no space"));
        Disk.HearsNothing();
        Snapshots.HearsNothing();

        Wait(10_000);
        Observer.HearsAll();
        Ann.Appends(term: 5, previous: Id(4, 5), Entries(5, 5), commit: 5);
        Disk.CatchesUp();
        MachineApplies();
        Machine.Hears<CaptureSnapshot>();
    }

    [Fact]
    public void A_snapshot_of_what_is_not_committed_stops_the_server()
    {
        CapturesAtFour();

        Machine.Says(new SnapshotWritten(Snapshot(5, 5)));

        StoppedOver("only what is committed is in a snapshot");
    }

    [Fact]
    public void Entries_that_the_machine_was_not_given_yet_stay()
    {
        FollowsAnn(term: 5, log: [5, 5, 5, 5, 5, 5], commit: 6, cached: 0);
        Disk.Returns(Disk.Hears<ReadLog>(), Entries(1, 5, 5, 5, 5));
        MachineApplies();
        var read = Disk.Hears<ReadLog>();
        Machine.Hears<CaptureSnapshot>();
        Machine.Says(new SnapshotWritten(Snapshot(4, 5)));
        Assert.Equal(Id(3, 5), Disk.Compacts().Base);

        Disk.Returns(read, Entries(5, 5, 5));

        Assert.Equal([Id(5, 5), Id(6, 5)], MachineApplies().Entries.Ids());
    }

    [Fact]
    public void A_leader_goes_on_replicating_what_its_log_still_has()
    {
        LeadsInHarmony(term: 5, log: [1, 1, 1]);   // Its own first entry is the fourth.
        Machine.Hears<CaptureSnapshot>();
        Machine.Says(new SnapshotWritten(Snapshot(4, 5)));
        Disk.Compacts();

        Cora.Proposes(batch: 1);

        Assert.Equal(Id(4, 5), Ann.Hears<AppendEntries>().Previous);
        Transfers.HearsNothing();
    }

    [Fact]
    public void Whoever_asks_for_a_snapshot_hears_of_it_once_it_is_durable()
    {
        FollowsAnn(term: 5, log: [5, 5, 5], commit: 3);
        MachineApplies();

        Cora.Says(new RequestSnapshot());
        Machine.Hears<CaptureSnapshot>();
        Clem.Says(new RequestSnapshot());   // While it is being taken: it serves both.
        Machine.HearsNothing();
        Cora.HearsNothing();

        Machine.Says(new SnapshotWritten(Snapshot(3, 5)));
        Assert.Equal(new SnapshotTaken(Sam, At(3), ""), Cora.Hears<SnapshotTaken>());
        Assert.Equal(new SnapshotTaken(Sam, At(3), ""), Clem.Hears<SnapshotTaken>());

        // Nothing was applied since: if the file is still sound, it is enough.
        Snapshots.HearsAll();
        Cora.Says(new RequestSnapshot());
        Assert.Equal(Id(3, 5), Snapshots.Hears<VerifySnapshot>().Snapshot.Last);
        Cora.HearsNothing();
        Snapshots.Says(new SnapshotVerified(Snapshot(3, 5), Problem: null));
        Assert.Equal(At(3), Cora.Hears<SnapshotTaken>().Index);
        Machine.HearsNothing();
    }

    [Fact]
    public void A_snapshot_whose_file_has_rotted_is_taken_again_for_whoever_asks()
    {
        FollowsAnn(term: 5, log: [5, 5, 5], commit: 3);
        MachineApplies();
        Cora.Says(new RequestSnapshot());
        Machine.Hears<CaptureSnapshot>();
        var first = Snapshot(3, 5);
        Machine.Says(new SnapshotWritten(first));
        Cora.HearsAll();
        Cora.Says(new RequestSnapshot());

        Snapshots.Says(new SnapshotVerified(first, "it is damaged"));

        Machine.Hears<CaptureSnapshot>();
        Cora.HearsNothing();
        Machine.Says(new SnapshotWritten(Snapshot(3, 5)));
        Assert.Equal(new SnapshotTaken(Sam, At(3), ""), Cora.Hears<SnapshotTaken>());
    }

    [Fact]
    public void Whoever_asks_for_a_snapshot_that_fails_hears_why()
    {
        FollowsAnn(term: 5, log: [5, 5, 5], commit: 3);
        MachineApplies();
        Cora.Says(new RequestSnapshot());

        Machine.Says(new SnapshotNotWritten("there is no space"));

        Assert.Equal(new SnapshotTaken(Sam, At(0), "there is no space"), Cora.Hears<SnapshotTaken>());
    }

    private void CapturesAtFour()
    {
        FollowsAnn(term: 5, log: [5, 5, 5, 5], commit: 4);
        MachineApplies();
        Machine.Hears<CaptureSnapshot>();
    }
}
