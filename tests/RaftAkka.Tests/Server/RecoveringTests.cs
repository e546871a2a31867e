using Akka.Actor;
using RaftAkka.Log;
using RaftAkka.Protocol;
using RaftAkka.Server;
using RaftAkka.Tests.Server.Cast;
using Xunit;
using static RaftAkka.Tests.Server.Cast.Logs;

namespace RaftAkka.Tests.Server;

public sealed class RecoveringTests : ServerStory
{
    [Fact]
    public void A_server_first_has_its_own_log_opened()
    {
        Starts();

        Assert.Equal(new LogIdentity(Cluster, Group, Sam), Disk.Hears<OpenLog>().Identity);
        Assert.Equal((ServerRole.Recovering, 0), Role());
    }

    [Fact]
    public void Nothing_is_promised_to_anyone_before_the_log_is_read_back()
    {
        Starts();
        Disk.Hears<OpenLog>();

        Ann.AsksForPreVote(proposed: 9, last: Id(9, 8));
        Ann.AsksForVote(term: 9, last: Id(9, 8));
        Ann.Appends(term: 9, previous: EntryId.Zero, Entries(1, 9));
        Server.Tell(new PeerConnectionLost(Ann.Id));

        Ann.HearsNothing();
        Disk.HearsNothing();
        Assert.Equal((ServerRole.Recovering, 0), Role());
    }

    [Fact]
    public void Proposals_are_refused_while_the_log_is_read_back()
    {
        Starts();

        Cora.Proposes(batch: 1);

        Assert.Equal((1, RefusalReason.NotLeader), Refusal(Cora.Hears<ProposalRefused>()));
    }

    [Fact]
    public void A_vote_that_was_on_disk_is_not_given_again()
    {
        Follows(term: 5, log: [3], vote: Ann.Id);

        Bea.AsksForVote(term: 5, last: Id(9, 4));
        Assert.False(Bea.Hears<VoteReply>().Granted);

        // It is on disk already: the answer is repeated at once, and nothing is written.
        Ann.AsksForVote(term: 5, last: Id(1, 3));
        Assert.True(Ann.Hears<VoteReply>().Granted);
        Disk.HearsNothing();
    }

    [Fact]
    public void A_term_that_was_on_disk_is_not_forgotten()
    {
        Follows(term: 5, log: [3]);

        Ann.Appends(term: 4, previous: Id(1, 3), Entries(2, 4));

        Assert.Equal(new Term(5), Ann.Hears<AppendRejected>().Header.Term);
        Disk.HearsNothing();
    }

    [Fact]
    public void The_observer_is_told_how_long_the_recovered_log_is()
    {
        Starts();
        Disk.Hears<OpenLog>();

        Disk.Says(Disk.Opened(term: 5, vote: null, Entries(1, 3, 3, 5), cached: 1));
        Observer.HearsNothing();
        OpensSnapshots(newest: null);

        Assert.Contains(new ServerReady(At(3)), Observer.HearsAll());
        Assert.Equal((At(3), At(0), At(0)), Indexes());
    }

    [Fact]
    public void A_log_with_entries_of_a_term_that_the_server_never_entered_stops_it()
    {
        Starts();

        Disk.Says(Disk.Opened(term: 2, vote: null, Entries(1, 3), cached: 1));
        OpensSnapshots(newest: null);

        StoppedOver("the term on disk is at least that of the last entry");
    }

    [Fact]
    public void A_server_alone_needs_its_own_disk_and_nobody_else()
    {
        Follows(term: 4, log: [3], servers: 1);

        Assert.Equal((ServerRole.Candidate, 5), Role());
        Assert.Equal(new HardState(new Term(5), Sam), Disk.Takes().HardState);
        Disk.CatchesUp();

        Assert.Equal((ServerRole.Leader, 5), Role());
        Disk.CatchesUp();
        Assert.Equal([Id(1, 3), Id(2, 5)], MachineApplies().Entries.Ids());
    }

    [Fact]
    public void A_server_that_is_restarted_reads_its_vote_back_before_it_votes_again()
    {
        // The node stops rather than restart its server. If it were restarted all the same, no vote would be lost.
        OnFailure = Directive.Restart;
        Follows(term: 4, log: [3]);
        Ann.AsksForVote(term: 5, last: Id(1, 3));
        Disk.CatchesUp();
        ForgetAllThatWasSaid();

        Server.Tell(Kill.Instance);
        Disk.Hears<OpenLog>();
        Bea.AsksForVote(term: 5, last: Id(9, 4));
        Bea.HearsNothing();

        Disk.Says(Disk.Opened(term: 5, vote: Ann.Id, Entries(1, 3), cached: 1));
        OpensSnapshots(newest: null);
        Bea.AsksForVote(term: 5, last: Id(9, 4));
        Assert.False(Bea.Hears<VoteReply>().Granted);
    }
}
