using RaftAkka.Log;
using RaftAkka.Protocol;
using RaftAkka.Server;
using RaftAkka.Tests.Server.Cast;
using Xunit;
using static RaftAkka.Tests.Server.Cast.Logs;

namespace RaftAkka.Tests.Server;

public sealed class ProposalTests : ServerStory
{
    [Fact]
    public void A_proposal_is_written_and_sent_at_the_same_time_and_answered_by_the_machine()
    {
        LeadsInHarmony(term: 5);

        Cora.Proposes(batch: 7, "put");
        var write = Disk.Takes();
        var entry = Assert.Single(write.Entries);
        Assert.Equal((Id(2, 5), EntryKind.Commands, "put"), (entry.Id, entry.Kind, entry.Text()));
        Assert.Same(entry, Assert.Single(Ann.Hears<AppendEntries>().Entries));
        Assert.Same(entry, Assert.Single(Bea.Hears<AppendEntries>().Entries));

        Disk.Finishes(write);
        Machine.HearsNothing();

        Bea.Accepts(term: 5, matched: 2);
        var apply = Machine.Hears<RaftAkka.Machine.ApplyEntries>();
        Assert.Equal([Id(2, 5)], apply.Entries.Ids());
        Assert.Equal([new Waiter(At(2), Cora.Ref, Batch: 7)], apply.Waiters);
        Cora.HearsNothing();
    }

    [Fact]
    public void Proposals_that_wait_together_share_one_write_and_one_message()
    {
        LeadsInHarmony(term: 5);

        AllAtOnce(() =>
        {
            Cora.Proposes(batch: 1, "a");
            Clem.Proposes(batch: 1, "b");
            Cora.Proposes(batch: 2, "c", EntryKind.RegisterSession);
        });

        Assert.Equal(["a", "b", "c"], Disk.Takes().Entries.Select(entry => entry.Text()));
        Assert.Equal([EntryKind.Commands, EntryKind.Commands, EntryKind.RegisterSession],
            Ann.Hears<AppendEntries>().Entries.Select(entry => entry.Kind));
        Disk.CatchesUp();
        Ann.Accepts(term: 5, matched: 4);
        Assert.Equal(
            [new Waiter(At(2), Cora.Ref, 1), new Waiter(At(3), Clem.Ref, 1), new Waiter(At(4), Cora.Ref, 2)],
            MachineApplies().Waiters);
    }

    [Fact]
    public void Proposals_that_were_queued_before_the_election_was_won_meet_a_leader_that_is_ready()
    {
        Campaigns(term: 5);

        AllAtOnce(() =>
        {
            Ann.Votes(term: 5);
            Cora.Proposes(batch: 1);
        });

        Cora.HearsNothing();   // Not refused.
        Assert.Equal([Id(1, 5)], Disk.Takes().Entries.Ids());
        Assert.Equal([Id(2, 5)], Disk.Takes().Entries.Ids());
    }

    [Fact]
    public void Who_waits_when_leadership_is_lost_is_told_that_the_outcome_is_unknown_and_who_is_followed_now()
    {
        LeadsInHarmony(term: 5);
        Cora.Proposes(batch: 1);

        Ann.Beats(term: 6, previous: Id(1, 5));

        var refused = Cora.Hears<ProposalRefused>();
        Assert.Equal((1, RefusalReason.LeadershipLost), Refusal(refused));
        Assert.Equal((null, new Term(6)), (refused.View.Leader, refused.View.Term));   // Not this server any more.
    }

    [Fact]
    public void A_proposal_that_is_not_in_the_log_yet_when_leadership_is_lost_surely_never_is()
    {
        LeadsInHarmony(term: 5);
        Disk.HearsAll();

        AllAtOnce(() =>
        {
            Cora.Proposes(batch: 1);
            Ann.Beats(term: 6, previous: Id(1, 5));
        });

        Assert.Equal((1, RefusalReason.NotLeader), Refusal(Cora.Hears<ProposalRefused>()));
        Assert.Equal(At(1), Status().LastIndex);
        Assert.Equal(new Term(6), Assert.Single(Disk.HearsAll().Cast<WriteLog>()).HardState!.Value.Term);
    }

    [Fact]
    public void A_leader_that_steps_down_for_lack_of_a_majority_tells_who_waits()
    {
        LeadsInHarmony(term: 5);
        Cora.Proposes(batch: 1);

        Wait(500);

        Assert.Equal((1, RefusalReason.LeadershipLost), Refusal(Cora.Hears<ProposalRefused>()));
    }

    [Fact]
    public void Who_is_with_the_machine_already_is_answered_by_it_alone()
    {
        LeadsInHarmony(term: 5);
        Cora.Proposes(batch: 1);
        Disk.CatchesUp();
        Ann.Accepts(term: 5, matched: 2);
        Assert.Single(Machine.Hears<RaftAkka.Machine.ApplyEntries>().Waiters);

        Ann.Beats(term: 6, previous: Id(2, 5));

        Cora.HearsNothing();
    }

    [Fact]
    public void Leadership_lost_and_won_again_answers_an_index_that_was_used_twice_to_its_own_caller_only()
    {
        LeadsInHarmony(term: 5);
        Cora.Proposes(batch: 1, "cora");                                       // Entry 2@5.
        Ann.Appends(term: 6, previous: Id(1, 5), Entries(2, 6), commit: 1);    // Entry 2@6 in its place.
        Assert.Equal(RefusalReason.LeadershipLost, Cora.Hears<ProposalRefused>().Reason);
        Ann.Appends(term: 7, previous: Id(1, 5), LogSlice.Empty);
        Disk.CatchesUp();
        WinsTerm(8);                                                           // Entry 3@8.
        Clem.Proposes(batch: 1, "clem");                                       // Entry 4@8.
        Disk.CatchesUp();

        Ann.Accepts(term: 5, matched: 2);   // Late, for the first leadership: it does not count.
        Assert.Equal(At(1), Status().CommitIndex);

        Ann.Accepts(term: 8, matched: 4);
        var apply = Machine.Hears<RaftAkka.Machine.ApplyEntries>();
        Assert.Equal([Id(2, 6), Id(3, 8), Id(4, 8)], apply.Entries.Ids());
        Assert.Equal([new Waiter(At(4), Clem.Ref, 1)], apply.Waiters);
        Cora.HearsNothing();
        Clem.HearsNothing();
    }

    [Fact]
    public void While_the_disk_is_full_proposals_are_refused_and_what_was_taken_waits()
    {
        LeadsInHarmony(term: 5);
        Cora.Proposes(batch: 1);
        Disk.Says(new LogOutOfSpace("0 bytes are left"));

        Clem.Proposes(batch: 1);
        var refused = Clem.Hears<ProposalRefused>();
        Assert.Equal((1, RefusalReason.Busy), Refusal(refused));
        Assert.Contains("0 bytes are left", refused.Facts, StringComparison.Ordinal);
        Assert.Equal((ServerRole.Leader, 5), Role());
        Cora.HearsNothing();

        Disk.Says(new LogHasSpace());
        Disk.CatchesUp();
        Ann.Accepts(term: 5, matched: 2);
        Assert.Equal(Cora.Ref, Assert.Single(MachineApplies().Waiters).From);
        Clem.Proposes(batch: 2);
        Clem.HearsNothing();
    }

    [Fact]
    public void So_many_uncommitted_bytes_and_no_more()
    {
        Settings = Settings with { UncommittedBytesMax = 10 };
        LeadsInHarmony(term: 5);
        Cora.Proposes(batch: 1, "12345");
        Cora.Proposes(batch: 2, "12345");
        Cora.HearsNothing();

        Cora.Proposes(batch: 3, "1");
        var refused = Cora.Hears<ProposalRefused>();
        Assert.Equal((3, RefusalReason.Busy), Refusal(refused));
        Assert.Contains("10", refused.Facts, StringComparison.Ordinal);

        // What is committed makes room.
        Disk.CatchesUp();
        Ann.Accepts(term: 5, matched: 2);
        Cora.Proposes(batch: 4, "1");
        Cora.HearsNothing();
    }

    // Or its queue would grow without bound, committed as everything in it is.
    [Fact]
    public void A_machine_that_falls_behind_makes_the_leader_busy()
    {
        Settings = Settings with { UncommittedBytesMax = 2 * 1024 * 1024 };
        LeadsInHarmony(term: 5);
        var large = new string('x', 1024 * 1024);
        for (var batch = 1; batch <= 6; batch++)
        {
            Cora.Proposes(batch, large);
            Disk.CatchesUp();
            Ann.Accepts(term: 5, matched: batch + 1);
        }

        Assert.Equal(At(7), Status().CommitIndex);
        Cora.HearsNothing();

        Cora.Proposes(batch: 7, "1");
        var refused = Cora.Hears<ProposalRefused>();
        Assert.Equal((7, RefusalReason.Busy), Refusal(refused));
        Assert.Contains("committed and applied", refused.Facts, StringComparison.Ordinal);

        MachineApplies();   // Which takes the next.
        Cora.Proposes(batch: 8, "1");
        Cora.HearsNothing();
    }

    private void WinsTerm(int term)
    {
        WaitUntil(ServerRole.PreCandidate);
        Ann.PreVotes(term);
        Disk.CatchesUp();
        Ann.Votes(term);
        Disk.CatchesUp();
        ForgetAllThatWasSaid();
        Assert.Equal((ServerRole.Leader, term), Role());
    }
}
