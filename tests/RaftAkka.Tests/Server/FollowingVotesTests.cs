using Akka.Actor;
using RaftAkka.Protocol;
using RaftAkka.Server;
using RaftAkka.Tests.Server.Cast;
using Xunit;
using static RaftAkka.Tests.Server.Cast.Logs;

namespace RaftAkka.Tests.Server;

public sealed class FollowingVotesTests : ServerStory
{
    [Fact]
    public void A_follower_spends_one_vote_per_term()
    {
        Follows(term: 4, log: [3]);

        Ann.AsksForVote(term: 5, last: Id(1, 3));
        Disk.CatchesUp();
        Assert.True(Ann.Hears<VoteReply>().Granted);

        Bea.AsksForVote(term: 5, last: Id(9, 4));
        Assert.False(Bea.Hears<VoteReply>().Granted);   // Longer log, but the vote is spent (§5.2).
    }

    [Fact]
    public void A_vote_leaves_only_once_it_is_on_disk()
    {
        Follows(term: 4);

        Ann.AsksForVote(term: 5, last: Id(1, 4));
        var term = Disk.Takes();
        var vote = Disk.Takes();
        Assert.Equal(new HardState(new Term(5), null), term.HardState);
        Assert.Equal(new HardState(new Term(5), Ann.Id), vote.HardState);
        Ann.HearsNothing();

        Disk.Finishes(term);
        Ann.HearsNothing();

        Disk.Finishes(vote);
        Assert.Equal((true, 5), (Ann.Hears<VoteReply>() is var reply && reply.Granted, (int)reply.Header.Term.Value));
    }

    [Fact]
    public void A_vote_is_spent_as_soon_as_it_is_on_its_way_to_the_disk()
    {
        Follows(term: 4);

        Ann.AsksForVote(term: 5, last: Id(1, 4));
        Bea.AsksForVote(term: 5, last: Id(1, 4));
        Assert.False(Bea.Hears<VoteReply>().Granted);

        Disk.CatchesUp();
        Assert.True(Ann.Hears<VoteReply>().Granted);
        Bea.HearsNothing();
    }

    [Fact]
    public void A_candidate_that_asks_again_gets_the_vote_again()
    {
        Follows(term: 4);
        Ann.AsksForVote(term: 5, last: Id(1, 4));
        Ann.AsksForVote(term: 5, last: Id(1, 4));
        Ann.HearsNothing();   // Not on disk yet, for the second question either.

        Disk.CatchesUp();
        Assert.True(Ann.Hears<VoteReply>().Granted);
        Assert.True(Ann.Hears<VoteReply>().Granted);

        Ann.AsksForVote(term: 5, last: Id(1, 4));
        Assert.True(Ann.Hears<VoteReply>().Granted);
        Disk.HearsNothing();
    }

    [Fact]
    public void A_candidate_of_an_older_term_learns_of_the_newer_one()
    {
        Follows(term: 5);

        Ann.AsksForVote(term: 4, last: Id(9, 3));

        var reply = Ann.Hears<VoteReply>();
        Assert.Equal((false, new Term(5)), (reply.Granted, reply.Header.Term));
        Disk.HearsNothing();
    }

    [Fact]
    public void A_candidate_that_lacks_entries_gets_no_vote_but_its_term_counts()
    {
        Follows(term: 4, log: [3, 4]);

        Ann.AsksForVote(term: 5, last: Id(1, 3));

        Assert.False(Ann.Hears<VoteReply>().Granted);   // §5.4.1
        Assert.Equal(new HardState(new Term(5), null), Disk.Takes().HardState);

        // The vote of that term is still free.
        Bea.AsksForVote(term: 5, last: Id(2, 4));
        Disk.CatchesUp();
        Assert.True(Bea.Hears<VoteReply>().Granted);
    }

    [Fact]
    public void A_vote_that_the_disk_finishes_after_its_term_is_over_is_never_sent()
    {
        Follows(term: 4);
        Ann.AsksForVote(term: 5, last: Id(1, 4));
        Bea.AsksForVote(term: 6, last: Id(1, 4));

        Disk.CatchesUp();

        Ann.HearsNothing();
        Assert.Equal(new Term(6), Bea.Hears<VoteReply>().Header.Term);
    }

    [Fact]
    public void While_a_leader_is_heard_no_candidate_is_listened_to()
    {
        FollowsAnn(term: 5, log: [5]);
        Wait(249);

        Bea.AsksForVote(term: 9, last: Id(9, 8));   // It was cut off, perhaps, and came back with a high term.
        Bea.AsksForPreVote(proposed: 9, last: Id(9, 8));

        Assert.False(Bea.Hears<PreVoteReply>().Granted);
        Bea.HearsNothing();
        Disk.HearsNothing();
        Assert.Equal((ServerRole.Follower, 5), Role());
    }

    [Fact]
    public void Once_the_leader_is_silent_for_the_shortest_timeout_votes_are_free()
    {
        FollowsAnn(term: 5, log: [5]);
        Wait(250);

        Bea.AsksForPreVote(proposed: 6, last: Id(1, 5));
        Assert.True(Bea.Hears<PreVoteReply>().Granted);

        Bea.AsksForVote(term: 6, last: Id(1, 5));
        Disk.CatchesUp();
        Assert.True(Bea.Hears<VoteReply>().Granted);
    }

    [Fact]
    public void Once_the_connection_to_the_leader_is_broken_votes_are_free()
    {
        FollowsAnn(term: 5, log: [5]);

        AllAtOnce(() =>
        {
            Server.Tell(new PeerConnectionLost(Ann.Id));
            Bea.AsksForPreVote(proposed: 6, last: Id(1, 5));
        });

        Assert.True(Bea.Hears<PreVoteReply>().Granted);
    }

    [Fact]
    public void A_pre_vote_changes_nothing()
    {
        Follows(term: 4, log: [3]);

        Ann.AsksForPreVote(proposed: 9, last: Id(1, 3), term: 8);
        Bea.AsksForPreVote(proposed: 9, last: Id(1, 3), term: 8);

        // Not even the term, and both get it.
        Assert.Equal((true, new Term(4)), (Ann.Hears<PreVoteReply>() is var reply && reply.Granted, reply.Header.Term));
        Assert.Equal(new Term(9), reply.ProposedTerm);
        Assert.True(Bea.Hears<PreVoteReply>().Granted);
        Disk.HearsNothing();
        Assert.Equal((ServerRole.Follower, 4), Role());
    }

    [Fact]
    public void A_pre_vote_needs_a_later_term_and_an_up_to_date_log()
    {
        Follows(term: 4, log: [2, 3]);

        Ann.AsksForPreVote(proposed: 4, last: Id(2, 3));
        Assert.False(Ann.Hears<PreVoteReply>().Granted);

        Ann.AsksForPreVote(proposed: 5, last: Id(9, 2));
        Assert.False(Ann.Hears<PreVoteReply>().Granted);
    }

    [Fact]
    public void Whoever_gave_its_vote_waits_for_the_winner()
    {
        Settings = Settings with { ElectionTimeoutMin = Milliseconds(300), ElectionTimeoutMax = Milliseconds(300) };
        Follows(term: 4);
        Wait(200);
        Ann.AsksForVote(term: 4, last: Id(1, 3));
        Disk.CatchesUp();

        Wait(299);
        Assert.Equal(ServerRole.Follower, Role().Role);

        Wait(1);
        Assert.Equal(ServerRole.PreCandidate, Role().Role);
    }

    [Fact]
    public void Whoever_refused_its_vote_does_not_wait_any_longer()
    {
        Settings = Settings with { ElectionTimeoutMin = Milliseconds(300), ElectionTimeoutMax = Milliseconds(300) };
        Follows(term: 4, log: [4]);
        Wait(200);
        Ann.AsksForVote(term: 4, last: Id(9, 3));

        Wait(100);

        Assert.Equal(ServerRole.PreCandidate, Role().Role);
    }
}
