using RaftAkka.Machine;
using RaftAkka.Protocol;
using RaftAkka.Server;
using RaftAkka.Snapshots;
using RaftAkka.Tests.Server.Cast;
using Xunit;
using static RaftAkka.Tests.Server.Cast.Logs;

namespace RaftAkka.Tests.Server;

/// <summary>The leader's part of an installation.</summary>
public sealed class SendingSnapshotsTests : ServerStory
{
    private static readonly StoredSnapshot First = Snapshot(9, 4);

    [Fact]
    public void A_follower_that_needs_what_the_log_has_no_longer_gets_the_snapshot()
    {
        SendsToAnn();

        Assert.Equal(Ann.Id, _sent.To);
        Assert.Equal((First, new Term(5)), (_sent.Snapshot, _sent.Header.Term));
        Transfers.HearsNothing();
    }

    [Fact]
    public void Heartbeats_go_on_to_a_follower_that_gets_a_snapshot()
    {
        SendsToAnn();

        Wait(50);

        var beat = Ann.Hears<AppendEntries>();
        Assert.Equal((Id(8, 4), true), (beat.Previous, beat.Entries.IsEmpty));
        Ann.Rejects(term: 5, rejected: Id(8, 4), conflict: Id(3, 0));
        Transfers.HearsNothing();
        Ann.HearsNothing();
    }

    [Fact]
    public void Everyone_else_gets_entries_meanwhile_and_they_commit()
    {
        SendsToAnn();
        Bea.Accepts(term: 5, matched: 10);
        Bea.HearsAll();

        Cora.Proposes(batch: 1);
        Assert.Equal([Id(11, 5)], Bea.Hears<AppendEntries>().Entries.Ids());
        Disk.CatchesUp();
        Bea.Accepts(term: 5, matched: 11);

        Assert.Equal(At(11), Status().CommitIndex);
        Ann.HearsNothing();
    }

    [Fact]
    public void What_the_follower_has_stored_is_told_to_the_sender()
    {
        SendsToAnn();

        Ann.Stored(term: 5, First, next: 600);

        var acknowledged = Transfers.Hears<ChunkAcknowledged>();
        Assert.Equal((Ann.Id, First.Last, 600), (acknowledged.By, acknowledged.Last, acknowledged.NextOffset));
    }

    [Fact]
    public void When_the_follower_has_all_of_it_entries_follow_from_there_on()
    {
        SendsToAnn();

        Ann.Stored(term: 5, First, next: 1000);

        Assert.Equal(Ann.Id, Transfers.Hears<StopSending>().To);
        var append = Ann.Hears<AppendEntries>();
        Assert.Equal(Id(9, 4), append.Previous);
        Assert.Equal([Id(10, 5)], append.Entries.Ids());
    }

    [Fact]
    public void A_follower_that_has_caught_up_otherwise_gets_entries()
    {
        SendsToAnn();

        Ann.Accepts(term: 5, matched: 8);   // It answers a heartbeat: it holds what the log begins behind.

        Transfers.Hears<StopSending>();
        Assert.Equal([Id(9, 4), Id(10, 5)], Ann.Hears<AppendEntries>().Entries.Ids());
    }

    [Fact]
    public void A_follower_that_has_less_than_the_log_begins_with_goes_on_getting_the_snapshot()
    {
        SendsToAnn();

        Ann.Accepts(term: 5, matched: 7);

        Transfers.HearsNothing();
        Ann.HearsNothing();
    }

    [Fact]
    public void Receipts_count_as_hearing_from_the_follower()
    {
        SendsToAnn();

        for (var part = 1; part < 30; part++)
        {
            Wait(100);
            Ann.Stored(term: 5, First, next: part);
        }

        Assert.Equal((ServerRole.Leader, 5), Role());
    }

    [Fact]
    public void Sending_ends_with_leadership()
    {
        SendsToAnn();

        Bea.Beats(term: 6, EntryId.Zero);

        Assert.Equal(Ann.Id, Transfers.Hears<StopSending>().To);
    }

    [Fact]
    public void A_receipt_that_cannot_be_is_ignored()
    {
        SendsToAnn();

        Ann.Stored(term: 5, First, next: 1001);
        Ann.Stored(term: 5, Snapshot(12, 5), next: 10);
        Ann.Stored(term: 4, First, next: 1000);

        Transfers.HearsNothing();
        Ann.HearsNothing();
    }

    [Fact]
    public void A_follower_that_does_not_get_on_gets_the_newer_snapshot()
    {
        var second = WritesAnother(beforehand: () => { });

        Assert.Equal(second, Transfers.Hears<SendSnapshot>().Snapshot);
    }

    [Fact]
    public void A_follower_that_gets_on_goes_on_with_the_older_snapshot_which_stays()
    {
        WritesAnother(beforehand: () => Ann.Stored(term: 5, First, next: 600));

        Transfers.Hears<ChunkAcknowledged>();
        Transfers.HearsNothing();
        Assert.Equal([First.Last], Snapshots.Hears<PruneSnapshots>().InUse);
    }

    [Fact]
    public void A_follower_that_begins_anew_begins_with_the_newer_snapshot()
    {
        var second = WritesAnother(beforehand: () => Ann.Stored(term: 5, First, next: 600));
        Transfers.HearsAll();

        Ann.Stored(term: 5, First, next: 0);

        Assert.Equal(second, Transfers.Hears<SendSnapshot>().Snapshot);
    }

    [Fact]
    public void A_follower_that_is_behind_the_log_again_when_it_is_done_gets_the_next_snapshot()
    {
        var second = WritesAnother(beforehand: () => Ann.Stored(term: 5, First, next: 600));
        Transfers.HearsAll();
        Assert.True(Status().FirstIndex > At(10));

        Ann.Stored(term: 5, First, next: 1000);

        Transfers.Hears<StopSending>();
        Assert.Equal(second, Transfers.Hears<SendSnapshot>().Snapshot);
    }

    [Fact]
    public void Also_where_its_last_receipt_got_lost_and_it_says_what_it_has_when_it_is_sent_a_part_again()
    {
        var second = WritesAnother(beforehand: () => Ann.Stored(term: 5, First, next: 600));
        Transfers.HearsAll();

        Ann.Accepts(term: 5, matched: 9);

        Transfers.Hears<StopSending>();
        Assert.Equal(second, Transfers.Hears<SendSnapshot>().Snapshot);
    }

    [Fact]
    public void A_follower_whose_entries_go_with_a_new_snapshot_gets_that()
    {
        Settings = Settings with
        {
            SnapshotEveryEntries = 2, SnapshotKeepEntries = 0, SnapshotsKept = 1, WindowEntriesMax = 1,
        };
        LeadsInHarmony(term: 5, log: [1]);
        Machine.HearsAll();

        // Ann answers nothing any more, and one entry is all that is sent ahead of her answers.
        for (var batch = 1; batch <= 4; batch++)
        {
            Cora.Proposes(batch);
            Disk.CatchesUp();
            Bea.Accepts(term: 5, matched: 2 + batch);
        }

        Machine.Says(new SnapshotWritten(Snapshot(6, 5)));

        Assert.Equal(Ann.Id, Transfers.Hears<SendSnapshot>().To);
    }

    [Fact]
    public void A_follower_that_begins_anew_makes_the_leader_look_at_its_own_file_and_a_rotted_one_is_replaced_and_sent()
    {
        SendsToAnn();
        Ann.Stored(term: 5, First, next: 600);

        Ann.Stored(term: 5, First, next: 0);
        Assert.Equal(First, Snapshots.Hears<VerifySnapshot>().Snapshot);
        Ann.Stored(term: 5, First, next: 0);
        Snapshots.HearsNothing();   // Once is enough.
        Machine.HearsAll();
        Snapshots.Says(new SnapshotVerified(First, "it is damaged"));

        Machine.Hears<CaptureSnapshot>();
        var again = Snapshot(9, 4, bytes: 1001);   // Of the same entry: nothing was applied since.
        Transfers.HearsAll();
        Machine.Says(new SnapshotWritten(again));
        Assert.Equal(again, Transfers.Hears<SendSnapshot>().Snapshot);
    }

    [Fact]
    public void A_snapshot_whose_file_cannot_be_sent_is_looked_at_and_taken_again_and_the_node_goes_on()
    {
        SendsToAnn();
        Ann.Stored(term: 5, First, next: 0);
        Snapshots.HearsAll();
        Snapshots.Says(new SnapshotVerified(First, Problem: null));
        Wait(10_000);
        Machine.HearsAll();

        Transfers.Says(new SnapshotNotSent(First, Ann.Id, "there is no such file"));

        Assert.Equal(First, Snapshots.Hears<VerifySnapshot>().Snapshot);
        Snapshots.Says(new SnapshotVerified(First, "there is no such file"));
        Machine.Hears<CaptureSnapshot>();
    }

    private SendSnapshot _sent = null!;

    // A leader of term 5 whose log begins behind 8, with a snapshot of 9; entry 10 is its own first. Ann has two entries.
    private void SendsToAnn()
    {
        Settings = Settings with { SnapshotEveryEntries = 3, SnapshotKeepEntries = 0, SnapshotsKept = 1 };
        LeadsFrom(First, term: 5, @base: Id(8, 4), log: [4]);
        Ann.Rejects(term: 5, rejected: Id(9, 4), conflict: Id(3, 0));
        _sent = Transfers.Hears<SendSnapshot>();
        ForgetAllThatWasSaid();
    }

    private StoredSnapshot WritesAnother(Action beforehand)
    {
        SendsToAnn();
        beforehand();
        for (var batch = 1; batch <= 2; batch++) Cora.Proposes(batch);
        Disk.CatchesUp();
        Bea.Accepts(term: 5, matched: 12);
        Assert.Equal(At(12), Status().CommitIndex);
        foreach (var apply in Machine.HearsAll().OfType<ApplyEntries>()) Machine.Says(new Applied(apply.Entries.Last.Index));
        Machine.Hears<CaptureSnapshot>();
        var second = Snapshot(12, 5);
        Machine.Says(new SnapshotWritten(second));
        Disk.Compacts();
        return second;
    }
}
