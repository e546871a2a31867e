using Akka.Actor;
using RaftAkka.Protocol;
using RaftAkka.Server;
using RaftAkka.Tests.Server.Cast;
using Xunit;
using static RaftAkka.Tests.Server.Cast.Logs;

namespace RaftAkka.Tests.Server;

public sealed class PreVotingTests : ServerStory
{
    [Fact]
    public void A_server_whose_patience_is_over_asks_before_it_disturbs_anyone()
    {
        FollowsAnn(term: 5, log: [4, 5]);
        WaitUntil(ServerRole.PreCandidate);

        var request = Bea.Hears<RequestPreVote>();
        Assert.Equal(
            (new Term(6), Id(2, 5), new Term(5)), (request.ProposedTerm, request.LastLog, request.Header.Term));
        Assert.Equal(request, Ann.Hears<RequestPreVote>());
        Assert.Equal((ServerRole.PreCandidate, 5), Role());
        Assert.Null(Status().View.Leader);
        Disk.HearsNothing();
    }

    [Fact]
    public void With_a_majority_it_campaigns()
    {
        AsksForPreVotes(term: 5, servers: 5);

        Ann.PreVotes(proposed: 6);
        Assert.Equal((ServerRole.PreCandidate, 5), Role());

        Bea.PreVotes(proposed: 6);
        Assert.Equal((ServerRole.Candidate, 6), Role());
    }

    [Fact]
    public void An_answer_counts_once_per_server()
    {
        AsksForPreVotes(term: 5, servers: 5);

        Ann.PreVotes(proposed: 6);
        Ann.PreVotes(proposed: 6);

        Assert.Equal(ServerRole.PreCandidate, Role().Role);
    }

    [Fact]
    public void A_refusal_does_not_count()
    {
        AsksForPreVotes(term: 5);

        Ann.PreVotes(proposed: 6, granted: false);
        Bea.PreVotes(proposed: 6, granted: false);

        Assert.Equal((ServerRole.PreCandidate, 5), Role());
    }

    [Fact]
    public void An_answer_to_another_question_does_not_count()
    {
        AsksForPreVotes(term: 5);

        Ann.PreVotes(proposed: 5);

        Assert.Equal((ServerRole.PreCandidate, 5), Role());
    }

    [Fact]
    public void A_refusal_of_a_newer_term_ends_it()
    {
        AsksForPreVotes(term: 5);

        Ann.PreVotes(proposed: 6, granted: false, term: 8);

        Assert.Equal((ServerRole.Follower, 8), Role());
        Assert.Equal(new HardState(new Term(8), null), Disk.Takes().HardState);
    }

    [Fact]
    public void Unanswered_it_asks_again_for_the_same_term()
    {
        AsksForPreVotes(term: 5);

        Wait(500);

        Assert.Equal(new Term(6), Ann.Hears<RequestPreVote>().ProposedTerm);
        Assert.Equal((ServerRole.PreCandidate, 5), Role());
    }

    [Fact]
    public void Another_round_starts_without_the_answers_of_the_last()
    {
        AsksForPreVotes(term: 5, servers: 5);
        Ann.PreVotes(proposed: 6);
        Wait(500);

        Bea.PreVotes(proposed: 6);

        Assert.Equal(ServerRole.PreCandidate, Role().Role);   // Ann may hear a leader again by now.
    }

    [Fact]
    public void Of_two_that_ask_with_equal_logs_the_one_with_the_later_name_gives_way()
    {
        AsksForPreVotes(term: 5, log: [5]);

        Ann.AsksForPreVote(proposed: 6, last: Id(1, 5));
        Assert.True(Ann.Hears<PreVoteReply>().Granted);
        Bea.PreVotes(proposed: 6);

        Assert.Equal((ServerRole.Follower, 5), Role());
    }

    [Fact]
    public void And_the_one_with_the_earlier_name_goes_on()
    {
        AsksForPreVotes(term: 5, log: [5], servers: 5);

        Tim.AsksForPreVote(proposed: 6, last: Id(1, 5));
        Assert.True(Tim.Hears<PreVoteReply>().Granted);

        Assert.Equal((ServerRole.PreCandidate, 5), Role());
    }

    [Fact]
    public void Of_two_that_ask_the_one_whose_log_is_behind_gives_way()
    {
        AsksForPreVotes(term: 5, log: [5], servers: 5);

        Tim.AsksForPreVote(proposed: 6, last: Id(2, 5));

        Assert.Equal((ServerRole.Follower, 5), Role());
    }

    [Fact]
    public void Nobody_gives_way_to_a_log_that_is_behind()
    {
        AsksForPreVotes(term: 5, log: [5, 5]);

        Ann.AsksForPreVote(proposed: 6, last: Id(1, 5));

        Assert.False(Ann.Hears<PreVoteReply>().Granted);
        Assert.Equal((ServerRole.PreCandidate, 5), Role());
    }

    [Fact]
    public void Who_gave_way_asks_again_when_nobody_won_in_time()
    {
        AsksForPreVotes(term: 5, log: [5]);
        Ann.AsksForPreVote(proposed: 6, last: Id(1, 5));

        Wait(500);

        Assert.Equal((ServerRole.PreCandidate, 5), Role());
    }

    [Fact]
    public void After_a_broken_connection_the_next_round_comes_soon()
    {
        FollowsAnn(term: 5, log: [5]);
        Server.Tell(new PeerConnectionLost(Ann.Id));
        Bea.Hears<RequestPreVote>();
        Bea.PreVotes(proposed: 6, granted: false);   // Bea does not know yet.

        Wait(75);
        Bea.Hears<RequestPreVote>();
        Bea.PreVotes(proposed: 6);
        Assert.Equal((ServerRole.Candidate, 6), Role());
    }

    [Fact]
    public void The_leader_of_its_term_is_followed_again_and_its_entries_taken()
    {
        AsksForPreVotes(term: 5, log: [5]);

        Ann.Appends(term: 5, previous: Id(1, 5), Entries(2, 5));

        Assert.Equal((ServerRole.Follower, 5), Role());
        Assert.Equal([Id(2, 5)], Disk.Takes().Entries.Ids());
        Assert.Equal(Ann.Id, Status().View.Leader);
    }

    [Fact]
    public void A_leader_of_an_older_term_is_not()
    {
        AsksForPreVotes(term: 5, log: [5]);

        Ann.Appends(term: 4, previous: EntryId.Zero, Entries(1, 4));

        Assert.Equal(new Term(5), Ann.Hears<AppendRejected>().Header.Term);
        Assert.Equal((ServerRole.PreCandidate, 5), Role());
    }

    [Fact]
    public void It_gives_a_candidate_of_its_term_its_free_vote_and_waits_for_it()
    {
        AsksForPreVotes(term: 5, log: [4]);

        Ann.AsksForVote(term: 5, last: Id(1, 4));
        Disk.CatchesUp();

        Assert.True(Ann.Hears<VoteReply>().Granted);
        Assert.Equal((ServerRole.Follower, 5), Role());
    }

    [Fact]
    public void It_goes_on_where_it_refuses_its_vote()
    {
        AsksForPreVotes(term: 5, log: [5]);

        Ann.AsksForVote(term: 5, last: Id(0, 0));

        Assert.False(Ann.Hears<VoteReply>().Granted);
        Assert.Equal((ServerRole.PreCandidate, 5), Role());
    }

    [Fact]
    public void It_gives_a_candidate_of_a_newer_term_its_vote()
    {
        AsksForPreVotes(term: 5, log: [5]);

        Ann.AsksForVote(term: 6, last: Id(1, 5));
        Disk.CatchesUp();

        Assert.True(Ann.Hears<VoteReply>().Granted);
        Assert.Equal((ServerRole.Follower, 6), Role());
    }

    [Fact]
    public void What_it_promised_as_a_follower_is_still_said_once_it_is_on_disk()
    {
        FollowsAnn(term: 5, log: [5]);
        Ann.Appends(term: 5, previous: Id(1, 5), Entries(2, 5));
        WaitUntil(ServerRole.PreCandidate);
        Ann.Hears<RequestPreVote>();

        Disk.CatchesUp();

        Assert.Equal(At(2), Ann.Hears<AppendAccepted>().Matched);
    }

    [Fact]
    public void Proposals_are_refused_and_nobody_is_named()
    {
        AsksForPreVotes(term: 5);

        Cora.Proposes(batch: 1);

        var refused = Cora.Hears<ProposalRefused>();
        Assert.Equal((1, RefusalReason.NotLeader), Refusal(refused));
        Assert.Null(refused.View.Leader);
    }

    [Fact]
    public void Of_two_servers_both_are_needed()
    {
        AsksForPreVotes(term: 5, servers: 2);
        Assert.Equal(ServerRole.PreCandidate, Role().Role);

        Ann.PreVotes(proposed: 6);
        Assert.Equal(ServerRole.Candidate, Role().Role);
    }
}
