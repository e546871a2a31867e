using RaftAkka.Log;
using RaftAkka.Protocol;
using RaftAkka.Snapshots;
using RaftAkka.Tests.Server.Cast;
using Xunit;
using static RaftAkka.Tests.Server.Cast.Logs;

namespace RaftAkka.Tests.Server;

/// <summary>Starts from a snapshot and a log, whatever the crash before left of the two.</summary>
public sealed class RecoveringSnapshotsTests : ServerStory
{
    [Fact]
    public void A_server_waits_for_both_its_log_and_its_snapshots()
    {
        Starts();
        OpensSnapshots(Snapshot(3, 2));
        Assert.Equal(ServerRole.Recovering, Role().Role);
        Machine.HearsNothing();

        Opens(term: 2, @base: Id(3, 2), []);
        Assert.Equal(ServerRole.Follower, Role().Role);
    }

    [Fact]
    public void The_machine_goes_on_from_the_snapshot_and_then_from_the_entries_behind_it()
    {
        Starts();
        Opens(term: 2, @base: Id(2, 1), [1, 2, 2]);
        OpensSnapshots(Snapshot(3, 1));

        Assert.Equal(Id(3, 1), Machine.Hears<RestoreSnapshot>().Snapshot.Last);
        Assert.Equal((At(5), At(3), At(0)), Indexes());   // Applied is nothing before the machine says so.
        Machine.Says(new SnapshotRestored(At(3)));
        Assert.Equal((At(5), At(3), At(3)), Indexes());

        Ann.Beats(term: 2, Id(5, 2), commit: 5);
        Assert.Equal([Id(4, 2), Id(5, 2)], MachineApplies().Entries.Ids());
        Disk.Hears<OpenLog>();
        Disk.HearsNothing();
    }

    [Fact]
    public void A_crash_between_an_installation_and_the_compaction_is_made_good()
    {
        Starts();
        Disk.Hears<OpenLog>();
        Disk.Says(Disk.Opened(term: 6, vote: null, Entries(1, 1, 1, 2), cached: 3));
        OpensSnapshots(Snapshot(9, 5));

        Assert.Equal(Id(9, 5), Disk.Compacts().Base);
        Assert.Equal((At(9), At(9), At(0)), Indexes());
        Assert.Equal(At(10), Status().FirstIndex);
    }

    [Fact]
    public void Entries_that_conflict_with_the_snapshot_go_although_there_are_more_of_them()
    {
        Starts();
        Disk.Hears<OpenLog>();
        Disk.Says(Disk.Opened(term: 6, vote: null, Entries(1, 1, 2, 2, 2, 2), cached: 5));
        OpensSnapshots(Snapshot(3, 5));

        Assert.Equal(Id(3, 5), Disk.Compacts().Base);
        Assert.Equal((At(3), At(3), At(0)), Indexes());

        Ann.Appends(term: 6, previous: Id(3, 5), Entries(4, 6), commit: 4);
        Assert.Equal([Id(4, 6)], Disk.Takes().Entries.Ids());
    }

    [Fact]
    public void The_term_of_an_installation_is_not_forgotten_where_only_the_snapshot_reached_the_disk()
    {
        Starts();
        Disk.Hears<OpenLog>();
        Disk.Says(Disk.Opened(term: 4, vote: Ann.Id, Entries(1, 1), cached: 1));
        OpensSnapshots(Snapshot(9, 5));

        Assert.Equal(new HardState(new Term(5), null), Disk.Takes().HardState);
        Assert.Equal((ServerRole.Follower, 5), Role());
    }

    [Fact]
    public void A_log_that_begins_behind_every_sound_snapshot_is_refused()
    {
        Starts();
        Opens(term: 2, @base: Id(5, 2), [2]);
        OpensSnapshots(Snapshot(3, 1));

        StoppedBecause("the log begins behind entry 5@2", "the newest sound one is the snapshot of 3@1", "under a new server id");
    }

    [Fact]
    public void A_log_that_begins_behind_a_snapshot_that_is_gone_is_refused()
    {
        Starts();
        Opens(term: 2, @base: Id(5, 2), [2]);
        OpensSnapshots(newest: null);

        StoppedBecause("the log begins behind entry 5@2", "there is no sound snapshot");
    }

    [Fact]
    public void A_server_whose_machine_is_slow_to_restore_votes_and_takes_entries_meanwhile()
    {
        Starts();
        Opens(term: 2, @base: Id(3, 2), []);
        OpensSnapshots(Snapshot(3, 2));
        Observer.HearsAll();
        Disk.HearsAll();

        Ann.Appends(term: 2, previous: Id(3, 2), Entries(4, 2), commit: 4);
        Disk.CatchesUp();

        Assert.Equal(At(4), Ann.Hears<AppendAccepted>().Matched);
        Assert.Equal((At(4), At(4), At(0)), Indexes());
    }

    private void Opens(int term, EntryId @base, int[] log) => Disk.Says(
        Disk.Opened(term, vote: null, Entries((int)@base.Index.Value + 1, log), cached: 100, @base));
}
