using RaftAkka.Protocol;
using RaftAkka.Server;
using RaftAkka.Tests.Server.Cast;
using Xunit;
using static RaftAkka.Tests.Server.Cast.Logs;

namespace RaftAkka.Tests.Server;

public sealed class CampaigningTests : ServerStory
{
    [Fact]
    public void A_candidate_enters_a_new_term_and_votes_for_itself_in_one_write()
    {
        AsksForPreVotes(term: 4, log: [4]);

        Ann.PreVotes(proposed: 5);

        Assert.Equal((ServerRole.Candidate, 5), Role());
        Assert.Equal(new HardState(new Term(5), Sam), Disk.Takes().HardState);
        Disk.HearsNothing();
    }

    [Fact]
    public void It_asks_for_votes_only_once_its_own_is_on_disk()
    {
        AsksForPreVotes(term: 4, log: [3, 4]);
        Ann.PreVotes(proposed: 5);
        Ann.HearsNothing();
        Bea.HearsNothing();

        Disk.CatchesUp();

        var request = Ann.Hears<RequestVote>();
        Assert.Equal((new Term(5), Id(2, 4)), (request.Header.Term, request.LastLog));
        Assert.Equal(request, Bea.Hears<RequestVote>());
    }

    [Fact]
    public void With_a_majority_it_leads()
    {
        Campaigns(term: 5, servers: 5);

        Ann.Votes(term: 5);
        Assert.Equal((ServerRole.Candidate, 5), Role());

        Bea.Votes(term: 5);
        Assert.Equal((ServerRole.Leader, 5), Role());
        Assert.Equal(Sam, Status().View.Leader);
    }

    [Fact]
    public void A_ballot_counts_once_per_server()
    {
        Campaigns(term: 5, servers: 5);

        Ann.Votes(term: 5);
        Ann.Votes(term: 5);

        Assert.Equal(ServerRole.Candidate, Role().Role);
    }

    [Fact]
    public void A_refusal_does_not_count()
    {
        Campaigns(term: 5);

        Ann.Votes(term: 5, granted: false);
        Bea.Votes(term: 5, granted: false);

        Assert.Equal((ServerRole.Candidate, 5), Role());
    }

    [Fact]
    public void A_ballot_of_an_older_term_does_not_count()
    {
        Campaigns(term: 5);

        Ann.Votes(term: 4);

        Assert.Equal((ServerRole.Candidate, 5), Role());
    }

    [Fact]
    public void Ballots_of_an_earlier_candidacy_do_not_count_for_a_later_one()
    {
        Campaigns(term: 5, servers: 5);
        Ann.Votes(term: 5);
        WaitUntil(ServerRole.PreCandidate);
        Cid.PreVotes(proposed: 6);
        Tim.PreVotes(proposed: 6);
        Disk.CatchesUp();

        Ann.Votes(term: 5);   // Late.
        Bea.Votes(term: 6);
        Assert.Equal((ServerRole.Candidate, 6), Role());

        Cid.Votes(term: 6);
        Assert.Equal((ServerRole.Leader, 6), Role());
    }

    [Fact]
    public void Nobody_wins_with_an_own_vote_that_is_not_on_disk()
    {
        AsksForPreVotes(term: 4);
        Ann.PreVotes(proposed: 5);

        Ann.Votes(term: 5);
        Assert.Equal((ServerRole.Candidate, 5), Role());

        Disk.CatchesUp();
        Assert.Equal((ServerRole.Leader, 5), Role());
    }

    [Fact]
    public void An_older_write_that_reaches_the_disk_is_not_taken_for_the_own_vote()
    {
        FollowsAnn(term: 4, log: [4]);
        Ann.Appends(term: 4, previous: Id(1, 4), Entries(2, 4));
        var older = Disk.Takes();
        WaitUntil(ServerRole.PreCandidate);
        Bea.PreVotes(proposed: 5);

        Disk.Finishes(older);
        Bea.Votes(term: 5);
        Assert.Equal((ServerRole.Candidate, 5), Role());

        Disk.CatchesUp();
        Assert.Equal((ServerRole.Leader, 5), Role());
    }

    [Fact]
    public void An_own_vote_that_reaches_the_disk_after_the_candidacy_makes_no_leader()
    {
        AsksForPreVotes(term: 4);
        Ann.PreVotes(proposed: 5);
        Ann.Votes(term: 5);
        WaitUntil(ServerRole.PreCandidate);

        Disk.CatchesUp();
        Ann.Votes(term: 5);
        Bea.Votes(term: 5);

        Assert.Equal((ServerRole.PreCandidate, 5), Role());
    }

    [Fact]
    public void A_refusal_of_a_newer_term_ends_it()
    {
        Campaigns(term: 5);

        Ann.Votes(term: 7, granted: false);

        Assert.Equal((ServerRole.Follower, 7), Role());
        Assert.Equal(new HardState(new Term(7), null), Disk.Takes().HardState);
    }

    [Fact]
    public void Whoever_won_its_term_is_followed_and_its_entries_taken()
    {
        Campaigns(term: 5, log: [4]);

        Ann.Appends(term: 5, previous: Id(1, 4), Entries(2, 5));
        Disk.CatchesUp();

        Assert.Equal((ServerRole.Follower, 5), Role());
        Assert.Equal(At(2), Ann.Hears<AppendAccepted>().Matched);
        Assert.Equal(Ann.Id, Status().View.Leader);
    }

    [Fact]
    public void A_leader_of_an_older_term_is_not()
    {
        Campaigns(term: 5, log: [4]);

        Ann.Appends(term: 4, previous: Id(1, 4), Entries(2, 4));

        Assert.Equal(new Term(5), Ann.Hears<AppendRejected>().Header.Term);
        Assert.Equal((ServerRole.Candidate, 5), Role());
    }

    [Fact]
    public void Its_vote_of_the_term_is_its_own()
    {
        Campaigns(term: 5, log: [4]);

        Ann.AsksForVote(term: 5, last: Id(9, 4));

        Assert.False(Ann.Hears<VoteReply>().Granted);
        Disk.HearsNothing();
    }

    [Fact]
    public void A_candidate_of_a_newer_term_gets_its_vote()
    {
        Campaigns(term: 5, log: [4]);

        Ann.AsksForVote(term: 6, last: Id(9, 4));
        Disk.CatchesUp();

        Assert.True(Ann.Hears<VoteReply>().Granted);
        Assert.Equal((ServerRole.Follower, 6), Role());
    }

    [Fact]
    public void An_own_vote_is_not_asked_with_once_a_newer_term_came()
    {
        AsksForPreVotes(term: 4);
        Ann.PreVotes(proposed: 5);
        Bea.Beats(term: 6, previous: EntryId.Zero);
        Bea.HearsAll();

        Disk.CatchesUp();

        Ann.HearsNothing();
        Assert.Equal((ServerRole.Follower, 6), Role());
    }

    [Fact]
    public void It_gives_a_pre_vote_for_a_later_term_only()
    {
        Campaigns(term: 5);

        Ann.AsksForPreVote(proposed: 5, last: Id(9, 4));
        Assert.False(Ann.Hears<PreVoteReply>().Granted);

        Ann.AsksForPreVote(proposed: 6, last: Id(9, 4));
        Assert.True(Ann.Hears<PreVoteReply>().Granted);
    }

    [Fact]
    public void Without_a_winner_in_time_it_asks_first_before_another_term()
    {
        Campaigns(term: 5);

        Wait(500);

        Assert.Equal((ServerRole.PreCandidate, 5), Role());
        Assert.Equal(new Term(6), Ann.Hears<RequestPreVote>().ProposedTerm);
    }

    [Fact]
    public void A_candidacys_timer_that_fires_as_the_election_is_won_does_not_end_the_leadership()
    {
        Campaigns(term: 5);

        AllAtOnce(() =>
        {
            Ann.Votes(term: 5);
            Wait(500);
        });

        Assert.Equal((ServerRole.Leader, 5), Role());
    }

    [Fact]
    public void Proposals_are_refused()
    {
        Campaigns(term: 5);

        Cora.Proposes(batch: 1);

        Assert.Equal((1, RefusalReason.NotLeader), Refusal(Cora.Hears<ProposalRefused>()));
    }
}
