using RaftAkka.Protocol;
using RaftAkka.Tests.Server.Cast;
using Xunit;
using static RaftAkka.Tests.Server.Cast.Logs;

namespace RaftAkka.Tests.Server;

public sealed class LeadingTests : ServerStory
{
    [Fact]
    public void A_leader_begins_with_an_entry_of_its_term_sent_and_written_at_once()
    {
        Campaigns(term: 5, log: [3, 4]);

        Ann.Votes(term: 5);

        var entry = Assert.Single(Disk.Takes().Entries);
        Assert.Equal((Id(3, 5), EntryKind.NoOp), (entry.Id, entry.Kind));   // §8
        var append = Ann.Hears<AppendEntries>();   // Before its own disk is done with it.
        Assert.Equal((Id(2, 4), new Term(5), At(0)), (append.Previous, append.Header.Term, append.LeaderCommit));
        Assert.Same(entry, Assert.Single(append.Entries));
        Assert.Same(entry, Assert.Single(Bea.Hears<AppendEntries>().Entries));
    }

    [Fact]
    public void A_leader_counts_itself_only_once_its_own_write_is_on_disk()
    {
        Campaigns(term: 5);
        Ann.Votes(term: 5);

        Ann.Accepts(term: 5, matched: 1);
        Assert.Equal(At(0), Status().CommitIndex);

        Disk.CatchesUp();
        Assert.Equal(At(1), Status().CommitIndex);
    }

    [Fact]
    public void A_majority_of_followers_commits_without_the_leaders_disk()
    {
        Campaigns(term: 5);
        Ann.Votes(term: 5);

        Ann.Accepts(term: 5, matched: 1);
        Bea.Accepts(term: 5, matched: 1);

        Assert.Equal(At(1), Status().CommitIndex);
    }

    [Fact]
    public void One_follower_that_accepts_twice_is_no_majority()
    {
        Leads(term: 5, servers: 5);

        Ann.Accepts(term: 5, matched: 1);
        Ann.Accepts(term: 5, matched: 1);
        Assert.Equal(At(0), Status().CommitIndex);

        Bea.Accepts(term: 5, matched: 1);
        Assert.Equal(At(1), Status().CommitIndex);
    }

    [Fact]
    public void An_acceptance_of_an_earlier_term_does_not_count()
    {
        Leads(term: 5);

        Ann.Accepts(term: 4, matched: 1);

        Assert.Equal(At(0), Status().CommitIndex);
    }

    [Fact]
    public void An_acceptance_of_what_the_leader_does_not_have_is_ignored()
    {
        Leads(term: 5);

        Ann.Accepts(term: 5, matched: 9);

        Assert.Equal((At(1), At(0), At(0)), Indexes());
        Assert.Equal(ServerRole.Leader, Role().Role);
    }

    [Fact]
    public void Figure_8_an_older_terms_entry_on_a_majority_is_committed_by_one_of_the_own_term_only()
    {
        // (c): Sam leads term 4 and has brought entry 2@2 to a majority of five; who leads next may replace it.
        Leads(term: 4, log: [1, 2], servers: 5);
        Ann.Accepts(term: 4, matched: 2);
        Bea.Accepts(term: 4, matched: 2);
        Assert.Equal(At(0), Status().CommitIndex);
        Machine.HearsNothing();

        // (e): an entry of term 4 on a majority commits it and all before it.
        Ann.Accepts(term: 4, matched: 3);
        Bea.Accepts(term: 4, matched: 3);
        Assert.Equal(At(3), Status().CommitIndex);
        Assert.Equal([Id(1, 1), Id(2, 2), Id(3, 4)], MachineApplies().Entries.Ids());
    }

    [Fact]
    public void Followers_that_hear_of_nothing_new_hear_what_is_committed_when_a_heartbeat_could_be_due()
    {
        LeadsInHarmony(term: 5);
        Wait(20);
        Cora.Proposes(batch: 1);
        Disk.CatchesUp();
        ForgetAllThatWasSaid();

        Ann.Accepts(term: 5, matched: 2);
        Assert.Equal(At(2), Status().CommitIndex);
        Ann.HearsNothing();   // A message for each commit would be a fifth of all, for followers that nobody asks.

        Wait(30);
        var announcement = Ann.Hears<AppendEntries>();
        Assert.Equal((Id(2, 5), At(2), 0), (announcement.Previous, announcement.LeaderCommit, announcement.Entries.Count));
        Assert.True(announcement.IsAnnouncement);   // There is nothing to answer.
        Bea.HearsNothing();   // It has not said that it has the entry: there is nothing that it could commit.
    }

    [Fact]
    public void What_is_committed_is_announced_once()
    {
        LeadsInHarmony(term: 5);
        Wait(20);
        Cora.Proposes(batch: 1);
        Disk.CatchesUp();
        Ann.Accepts(term: 5, matched: 2);
        Wait(30);
        ForgetAllThatWasSaid();

        Cora.Proposes(batch: 2);
        Assert.Equal(At(2), Ann.Hears<AppendEntries>().LeaderCommit);
        Wait(50);

        Assert.False(Ann.Hears<AppendEntries>().IsAnnouncement);   // The heartbeat that is due.
        Ann.HearsNothing();
    }

    [Fact]
    public void New_entries_carry_the_commit_index_so_that_nothing_else_must()
    {
        LeadsInHarmony(term: 5);
        Cora.Proposes(batch: 1);
        Disk.CatchesUp();
        ForgetAllThatWasSaid();

        AllAtOnce(() =>
        {
            Cora.Proposes(batch: 2);
            Ann.Accepts(term: 5, matched: 2);
        });

        var append = Ann.Hears<AppendEntries>();
        Assert.Equal((At(2), 1), (append.LeaderCommit, append.Entries.Count));
        Ann.HearsNothing();
    }

    [Fact]
    public void Idle_followers_hear_every_50_ms_that_the_leader_lives()
    {
        LeadsInHarmony(term: 5);

        Wait(50);
        var beat = Ann.Hears<AppendEntries>();
        Assert.Equal((Id(1, 5), At(1), 0), (beat.Previous, beat.LeaderCommit, beat.Entries.Count));
        Bea.Hears<AppendEntries>();

        Wait(50);
        Ann.Hears<AppendEntries>();
        Ann.HearsNothing();
    }

    [Fact]
    public void Followers_that_were_just_told_something_are_not_told_that_the_leader_lives()
    {
        LeadsInHarmony(term: 5);
        Wait(49);
        Cora.Proposes(batch: 1);
        Assert.Single(Ann.Hears<AppendEntries>().Entries);

        Wait(1);
        Ann.HearsNothing();

        Wait(50);
        Assert.Empty(Ann.Hears<AppendEntries>().Entries);
    }

    [Fact]
    public void A_leader_that_hears_no_majority_steps_down_within_its_term()
    {
        LeadsInHarmony(term: 5, servers: 5);

        Wait(400);
        Ann.Accepts(term: 5, matched: 1);   // One of four: two are needed besides the leader.
        Assert.Equal((ServerRole.Leader, 5), Role());

        Wait(100);
        Assert.Equal((ServerRole.Follower, 5), Role());
        Assert.Null(Status().View.Leader);
    }

    [Fact]
    public void A_leader_that_hears_a_majority_goes_on()
    {
        LeadsInHarmony(term: 5, servers: 5);

        Wait(400);
        Ann.Accepts(term: 5, matched: 1);
        Bea.Rejects(term: 5, rejected: Id(1, 5), conflict: Id(1, 0));   // A no is a sign of life, too.
        Wait(400);

        Assert.Equal((ServerRole.Leader, 5), Role());
    }

    [Fact]
    public void Late_answers_of_an_earlier_term_are_no_sign_of_life()
    {
        LeadsInHarmony(term: 5);

        Wait(400);
        Ann.Accepts(term: 4, matched: 1);
        Wait(100);

        Assert.Equal((ServerRole.Follower, 5), Role());
    }

    [Fact]
    public void A_server_alone_leads_for_ever()
    {
        Follows(term: 4, servers: 1);
        Disk.CatchesUp();
        Disk.CatchesUp();
        MachineApplies();

        Wait(5_000);
        Cora.Proposes(batch: 1);
        Disk.CatchesUp();

        Assert.Equal((ServerRole.Leader, 5), Role());
        Assert.Equal(1, Assert.Single(MachineApplies().Waiters).Batch);
    }

    [Fact]
    public void A_newer_term_ends_leadership()
    {
        LeadsInHarmony(term: 5);

        Ann.Rejects(term: 7, rejected: Id(1, 5), conflict: EntryId.Zero);

        Assert.Equal((ServerRole.Follower, 7), Role());
        Assert.Equal(new HardState(new Term(7), null), Disk.Takes().HardState);
    }

    [Fact]
    public void A_newer_leader_is_followed_and_its_entries_taken()
    {
        LeadsInHarmony(term: 5);

        Ann.Appends(term: 6, previous: Id(1, 5), Entries(2, 6));
        Disk.CatchesUp();

        Assert.Equal(At(2), Ann.Hears<AppendAccepted>().Matched);
        Assert.Equal(Ann.Id, Status().View.Leader);
    }

    [Fact]
    public void A_leader_listens_to_no_candidate()
    {
        LeadsInHarmony(term: 5);

        Ann.AsksForVote(term: 9, last: Id(9, 8));
        Ann.AsksForPreVote(proposed: 9, last: Id(9, 8));

        Assert.False(Ann.Hears<PreVoteReply>().Granted);
        Ann.HearsNothing();
        Assert.Equal((ServerRole.Leader, 5), Role());
    }

    [Fact]
    public void A_leader_of_an_older_term_learns_of_the_newer_one()
    {
        LeadsInHarmony(term: 5);

        Ann.Appends(term: 4, previous: EntryId.Zero, Entries(1, 4));

        Assert.Equal(new Term(5), Ann.Hears<AppendRejected>().Header.Term);
        Assert.Equal((ServerRole.Leader, 5), Role());
    }

    [Fact]
    public void Another_leader_of_its_own_term_is_not_listened_to()
    {
        LeadsInHarmony(term: 5);

        DropsWithOneWarning("only the leader of term 5 says this, and that is sam", () => Ann.Beats(term: 5, previous: Id(1, 5)));

        Assert.Equal((ServerRole.Leader, 5), Role());
    }
}
