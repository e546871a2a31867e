using RaftAkka.Log;
using RaftAkka.Machine;
using RaftAkka.Protocol;
using RaftAkka.Server;
using RaftAkka.Snapshots;
using RaftAkka.Tests.Server.Cast;
using Xunit;
using static RaftAkka.Tests.Server.Cast.Logs;

namespace RaftAkka.Tests.Server;

/// <summary>The follower's part of an installation.</summary>
public sealed class InstallingTests : ServerStory
{
    [Fact]
    public void A_part_of_a_snapshot_is_handed_on_and_its_receipt_is_told_to_the_leader()
    {
        FollowsAnn(term: 5, log: [1, 1]);

        Ann.Sends(term: 5, Snapshot(9, 5));
        Assert.Equal(Id(9, 5), Transfers.Hears<ReceiveChunk>().Chunk.Last);
        Ann.HearsNothing();

        Transfers.Says(new ChunkReceived(new Term(5), Id(9, 5), NextOffset: 3));
        var stored = Ann.Hears<SnapshotChunkStored>();
        Assert.Equal((Id(9, 5), 3), (stored.Last, stored.NextOffset));
        Assert.Equal((At(2), At(0), At(0)), Indexes());
    }

    [Fact]
    public void A_snapshot_takes_the_place_of_the_log_and_is_acknowledged_once_that_is_durable()
    {
        Installs(Snapshot(9, 5));

        var compact = Disk.Compacts();
        Assert.Equal(Id(9, 5), compact.Base);
        Assert.Equal(Id(9, 5), Machine.Hears<RestoreSnapshot>().Snapshot.Last);
        Assert.Equal((At(9), At(9), At(0)), Indexes());
        Ann.HearsNothing();

        Disk.Finishes(compact);
        var stored = Ann.Hears<SnapshotChunkStored>();
        Assert.Equal((Id(9, 5), 1000), (stored.Last, stored.NextOffset));
    }

    [Fact]
    public void Nothing_counts_as_applied_before_the_machine_is_restored()
    {
        Installs(Snapshot(9, 5));
        Assert.Equal(At(0), Status().AppliedIndex);

        Machine.Hears<RestoreSnapshot>();
        Machine.Says(new SnapshotRestored(At(9)));
        Assert.Equal(At(9), Status().AppliedIndex);

        Ann.Appends(term: 5, previous: Id(9, 5), Entries(10, 5), commit: 10);
        Assert.Equal([Id(10, 5)], MachineApplies().Entries.Ids());
    }

    [Fact]
    public void Entries_behind_the_snapshot_stay_where_the_log_holds_its_last_entry()
    {
        FollowsAnn(term: 5, log: [1, 1, 5, 5], commit: 1);

        Transfers.Says(new SnapshotReceived(Snapshot(3, 5)));

        Assert.Equal(Id(3, 5), Disk.Compacts().Base);
        Assert.Equal((At(4), At(3), At(0)), Indexes());
    }

    [Fact]
    public void Entries_that_conflict_with_the_snapshot_go()
    {
        FollowsAnn(term: 5, log: [1, 1, 2, 2, 2, 2], commit: 1);

        Transfers.Says(new SnapshotReceived(Snapshot(3, 5)));

        Assert.Equal((At(3), At(3), At(0)), Indexes());
    }

    [Fact]
    public void A_snapshot_of_what_is_committed_already_is_left_alone_and_the_leader_hears_how_far_the_log_is()
    {
        FollowsAnn(term: 5, log: [1, 1, 5, 5], commit: 3);

        Ann.Sends(term: 5, Snapshot(3, 5));

        Transfers.HearsNothing();
        Assert.Equal(At(3), Ann.Hears<AppendAccepted>().Matched);
        Assert.Equal((At(4), At(3), At(0)), Indexes());
    }

    [Fact]
    public void A_snapshot_that_entries_overtook_while_it_was_received_changes_nothing()
    {
        FollowsAnn(term: 5, log: [1, 1], commit: 1);
        Ann.Sends(term: 5, Snapshot(3, 5));
        Transfers.Hears<ReceiveChunk>();
        Ann.Appends(term: 5, previous: Id(2, 1), Entries(3, 5, 5), commit: 4);
        Disk.CatchesUp();
        Machine.HearsAll();

        Transfers.Says(new SnapshotReceived(Snapshot(3, 5)));

        Disk.HearsNothing();
        Machine.HearsNothing();
        Assert.Equal(At(4), Status().CommitIndex);
    }

    [Fact]
    public void A_snapshot_that_is_received_again_is_installed_once_however_slow_the_machine_is()
    {
        Installs(Snapshot(9, 5));
        Disk.CatchesUp();
        Machine.Hears<RestoreSnapshot>();
        Ann.HearsAll();

        for (var beat = 0; beat < 30; beat++)   // Three times the longest election timeout.
        {
            Wait(50);
            Ann.Sends(term: 5, Snapshot(9, 5), offset: 997);
            Transfers.Says(new SnapshotReceived(Snapshot(9, 5)));
        }

        Transfers.HearsNothing();
        Machine.HearsNothing();
        Disk.HearsNothing();
        Assert.All(Ann.HearsAll(), message => Assert.Equal(At(9), Assert.IsType<AppendAccepted>(message).Matched));
        Assert.Equal(ServerRole.Follower, Role().Role);
    }

    [Fact]
    public void A_leader_that_sends_a_snapshot_is_heard()
    {
        FollowsAnn(term: 5, log: [1, 1]);

        for (var part = 0; part < 30; part++)
        {
            Wait(100);
            Ann.Sends(term: 5, Snapshot(9, 5), offset: 3 * part);
        }

        Assert.Equal((ServerRole.Follower, 5), Role());
        Assert.Equal(Ann.Id, Status().View.Leader);
    }

    [Fact]
    public void A_part_from_an_older_term_is_refused_with_the_newer_one()
    {
        FollowsAnn(term: 5, log: [1, 1]);

        Bea.Sends(term: 4, Snapshot(9, 4));

        Transfers.HearsNothing();
        Assert.Equal(new Term(5), Bea.Hears<SnapshotChunkStored>().Header.Term);
    }

    [Theory]
    [InlineData(ServerRole.Follower)]
    [InlineData(ServerRole.PreCandidate)]
    [InlineData(ServerRole.Candidate)]
    [InlineData(ServerRole.Leader)]
    public void A_part_that_nobody_asked_for_is_not_taken_before_its_leader_is_followed(ServerRole role)
    {
        if (role == ServerRole.Follower) Follows(term: 5);
        else if (role == ServerRole.PreCandidate) AsksForPreVotes(term: 5);
        else if (role == ServerRole.Candidate) Campaigns(term: 5);
        else Leads(term: 5);

        Bea.Sends(term: 6, Snapshot(9, 6));
        Assert.Equal((ServerRole.Follower, 6), Role());   // The term is newer (§5.1).
        Assert.Null(Status().View.Leader);
        Transfers.HearsNothing();

        Bea.Beats(term: 6, Id(9, 6));
        Bea.Sends(term: 6, Snapshot(9, 6));
        Transfers.Hears<ReceiveChunk>();
    }

    [Fact]
    public void A_receipt_for_an_older_leader_is_told_to_nobody()
    {
        FollowsAnn(term: 5, log: [1, 1]);
        Ann.Sends(term: 5, Snapshot(9, 5));
        Bea.Beats(term: 6, Id(2, 1));
        Disk.CatchesUp();
        ForgetAllThatWasSaid();

        Transfers.Says(new ChunkReceived(new Term(5), Id(9, 5), NextOffset: 3));

        Ann.HearsNothing();
        Bea.HearsNothing();
    }

    [Fact]
    public void A_snapshot_that_is_complete_after_its_leader_fell_is_installed_all_the_same()
    {
        FollowsAnn(term: 5, log: [1, 1]);
        Ann.Sends(term: 5, Snapshot(9, 5));
        WaitUntil(ServerRole.PreCandidate);

        Transfers.Says(new SnapshotReceived(Snapshot(9, 5)));

        Assert.Equal(Id(9, 5), Machine.Hears<RestoreSnapshot>().Snapshot.Last);
        Assert.Equal((At(9), At(9), At(0)), Indexes());
    }

    [Fact]
    public void An_installation_takes_the_place_of_entries_that_are_being_read_for_the_machine()
    {
        FollowsAnn(term: 5, log: [1, 1, 5], commit: 2, cached: 0);
        var read = Disk.Hears<ReadLog>();

        Transfers.Says(new SnapshotReceived(Snapshot(9, 5)));
        Disk.Says(new LogRead(read.From, Entries(1, 1, 1), read.Token));

        Assert.IsType<RestoreSnapshot>(Assert.Single(Machine.HearsAll()));
        Machine.Says(new SnapshotRestored(At(9)));
        Ann.Appends(term: 5, previous: Id(9, 5), Entries(10, 5), commit: 10);
        Assert.Equal([Id(10, 5)], MachineApplies().Entries.Ids());
    }

    [Fact]
    public void An_installation_while_the_machine_applies_waits_for_nothing()
    {
        FollowsAnn(term: 5, log: [1, 1, 5], commit: 2);
        Machine.Hears<ApplyEntries>();

        Transfers.Says(new SnapshotReceived(Snapshot(9, 5)));
        Machine.Hears<RestoreSnapshot>();
        Machine.Says(new Applied(At(2)));
        Assert.Equal(At(2), Status().AppliedIndex);
        Machine.Says(new SnapshotRestored(At(9)));
        Assert.Equal(At(9), Status().AppliedIndex);
    }

    [Fact]
    public void Two_snapshots_in_a_row_are_pruned_only_when_the_machine_has_read_both()
    {
        Installs(Snapshot(9, 5));
        Transfers.Says(new SnapshotReceived(Snapshot(20, 5)));
        Snapshots.HearsNothing();

        Machine.Says(new SnapshotRestored(At(9)));
        Snapshots.HearsNothing();
        Machine.Says(new SnapshotRestored(At(20)));
        Snapshots.Hears<PruneSnapshots>();
        Assert.Equal((At(20), At(20), At(20)), Indexes());
    }

    [Fact]
    public void An_installation_that_replaces_the_log_takes_its_uncommitted_members_along()
    {
        FollowsAnn(term: 5, log: [5, 5]);
        Ann.Appends(5, Id(2, 5), LogSlice.Of(OfMembers(3, 5, Logs.Members("ann bea cid sam"))));
        Disk.CatchesUp();
        Bea.Beats(6, Id(2, 6));
        ForgetAllThatWasSaid();

        Bea.Sends(6, Snapshot(2, 6));
        Transfers.Says(new SnapshotReceived(Snapshot(2, 6)));
        Cora.Says(RaftAkka.Server.ReportMembers.Instance);

        Assert.Equal("(ann bea sam)", $"{Cora.Hears<MembersReport>().Members}");
    }

    [Fact]
    public void Older_writes_no_longer_speak_for_the_log_that_a_snapshot_replaced()
    {
        FollowsAnn(term: 5, log: [1]);
        Ann.Appends(term: 5, previous: Id(1, 1), Entries(2, 5, 5));
        var older = Disk.Takes();
        Bea.Beats(term: 6, EntryId.Zero);
        Transfers.Says(new SnapshotReceived(Snapshot(9, 6)));
        ForgetAllThatWasSaid();

        Disk.Finishes(older);
        Bea.Beats(term: 6, Id(9, 6));

        Assert.DoesNotContain(Bea.HearsAll(), message => message is AppendAccepted accepted && accepted.Matched > At(0));
    }

    private void Installs(StoredSnapshot snapshot)
    {
        FollowsAnn(term: 5, log: [1, 1]);
        Ann.Sends(term: 5, snapshot);
        Transfers.Hears<ReceiveChunk>();
        Transfers.Says(new SnapshotReceived(snapshot));
    }
}
