using Akka.Actor;
using RaftAkka.Protocol;
using RaftAkka.Server;
using RaftAkka.Tests.Server.Cast;
using Xunit;
using static RaftAkka.Tests.Server.Cast.Logs;

namespace RaftAkka.Tests.Server;

public sealed class FollowingTests : ServerStory
{
    [Fact]
    public void A_silent_leader_is_doubted_after_the_election_timeout()
    {
        Settings = Settings with { ElectionTimeoutMin = Milliseconds(300), ElectionTimeoutMax = Milliseconds(300) };
        FollowsAnn(term: 5, log: [5]);

        Wait(299);
        Assert.Equal(ServerRole.Follower, Role().Role);

        Wait(1);
        Assert.Equal(ServerRole.PreCandidate, Role().Role);
        Ann.Hears<RequestPreVote>();
        Bea.Hears<RequestPreVote>();
    }

    [Fact]
    public void Every_message_of_the_leader_starts_the_wait_anew()
    {
        Settings = Settings with { ElectionTimeoutMin = Milliseconds(300), ElectionTimeoutMax = Milliseconds(300) };
        FollowsAnn(term: 5, log: [5]);

        Wait(200);
        Ann.Beats(term: 5, previous: Id(1, 5));
        Wait(200);
        Ann.Appends(term: 5, previous: Id(7, 5), LogSlice.Empty);   // One that does not fit, too.
        Wait(299);
        Assert.Equal(ServerRole.Follower, Role().Role);

        Wait(1);
        Assert.Equal(ServerRole.PreCandidate, Role().Role);
    }

    [Fact]
    public void A_message_of_an_older_leader_does_not_start_the_wait_anew()
    {
        Settings = Settings with { ElectionTimeoutMin = Milliseconds(300), ElectionTimeoutMax = Milliseconds(300) };
        FollowsAnn(term: 5, log: [5]);

        Wait(200);
        Bea.Beats(term: 4, previous: Id(1, 4));
        Wait(100);

        Assert.Equal(ServerRole.PreCandidate, Role().Role);
    }

    [Fact]
    public void After_a_stall_the_leaders_waiting_messages_are_heard_before_it_is_doubted()
    {
        FollowsAnn(term: 5, log: [5]);

        // The timer comes first into the mailbox, the heartbeat behind it, and this process runs only then.
        AllAtOnce(() =>
        {
            Wait(600);
            Ann.Beats(term: 5, previous: Id(1, 5));
        });

        Assert.Equal(ServerRole.Follower, Role().Role);
        Bea.HearsNothing();

        Wait(500);
        Assert.Equal(ServerRole.PreCandidate, Role().Role);   // And the timer runs on.
    }

    [Fact]
    public void A_broken_connection_to_the_leader_ends_the_wait_at_once()
    {
        FollowsAnn(term: 5, log: [5]);

        Server.Tell(new PeerConnectionLost(Ann.Id));

        Assert.Equal((ServerRole.PreCandidate, 5), Role());
        Assert.Equal(new Term(6), Bea.Hears<RequestPreVote>().ProposedTerm);
    }

    [Fact]
    public void A_broken_connection_to_anyone_else_means_nothing()
    {
        FollowsAnn(term: 5, log: [5]);

        Server.Tell(new PeerConnectionLost(Bea.Id));

        Assert.Equal(ServerRole.Follower, Role().Role);
        Bea.HearsNothing();
    }

    [Fact]
    public void A_broken_connection_over_which_the_leader_still_comes_means_nothing()
    {
        FollowsAnn(term: 5, log: [5]);

        AllAtOnce(() =>
        {
            Server.Tell(new PeerConnectionLost(Ann.Id));
            Ann.Beats(term: 5, previous: Id(1, 5));
        });

        Assert.Equal(ServerRole.Follower, Role().Role);
        Bea.HearsNothing();

        Wait(500);
        Assert.Equal(ServerRole.PreCandidate, Role().Role);   // And the timer runs on.
    }

    [Fact]
    public void A_newer_leader_is_followed_and_its_term_written_before_anything_is_acknowledged_to_it()
    {
        FollowsAnn(term: 5, log: [5]);

        Bea.Appends(term: 7, previous: Id(1, 5), Entries(2, 7));

        var term = Disk.Takes();
        Assert.Equal(new HardState(new Term(7), null), term.HardState);
        Disk.Finishes(term);
        Bea.HearsNothing();

        Disk.CatchesUp();
        Assert.Equal((At(2), new Term(7)), (Bea.Hears<AppendAccepted>() is var reply ? reply.Matched : default, reply.Header.Term));
        Assert.Equal(Bea.Id, Status().View.Leader);
    }

    [Fact]
    public void A_leader_of_an_older_term_learns_of_the_newer_one()
    {
        FollowsAnn(term: 5, log: [4]);

        Bea.Appends(term: 4, previous: Id(1, 4), Entries(2, 4));

        Assert.Equal(new Term(5), Bea.Hears<AppendRejected>().Header.Term);
        Assert.Equal(At(1), Status().LastIndex);
        Assert.Equal(Ann.Id, Status().View.Leader);
    }

    [Fact]
    public void A_second_leader_of_the_term_is_not_listened_to()
    {
        FollowsAnn(term: 5, log: [5]);

        DropsWithOneWarning("only the leader of term 5 says this, and that is ann", () => Bea.Beats(term: 5, previous: Id(1, 5)));

        Bea.HearsNothing();
        Assert.Equal(Ann.Id, Status().View.Leader);
    }

    [Fact]
    public void Proposals_are_refused_with_the_leaders_name()
    {
        FollowsAnn(term: 5, log: [5]);

        Cora.Proposes(batch: 3);

        var refused = Cora.Hears<ProposalRefused>();
        Assert.Equal((3, RefusalReason.NotLeader), Refusal(refused));
        Assert.Equal((Ann.Id, new Term(5)), (refused.View.Leader!.Value, refused.View.Term));
        Disk.HearsNothing();
    }

    [Fact]
    public void The_observer_hears_of_a_leader_once()
    {
        Follows(term: 5, log: [5]);

        Ann.Beats(term: 5, previous: Id(1, 5));
        Ann.Beats(term: 5, previous: Id(1, 5));
        Assert.Equal(Ann.Id, Observer.Hears<ViewChanged>().View.Leader);
        Observer.HearsNothing();

        Bea.Beats(term: 6, previous: Id(1, 5));
        Assert.Equal((null, new Term(6)), (Observer.Hears<ViewChanged>().View is var view ? view.Leader : null, view.Term));
        Assert.Equal(Bea.Id, Observer.Hears<ViewChanged>().View.Leader);
    }
}
