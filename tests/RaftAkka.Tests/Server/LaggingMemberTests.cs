using RaftAkka.Log;
using RaftAkka.Protocol;
using RaftAkka.Tests.Server.Cast;
using Xunit;
using static RaftAkka.Tests.Server.Cast.Logs;

namespace RaftAkka.Tests.Server;

/// <summary>
/// A server that was down while members changed or moved hears from servers that it does not know. It asks those that it
/// knows, and listens to whom they name.
/// </summary>
public sealed class LaggingMemberTests : ServerStory
{
    [Fact]
    public void A_leader_that_nobody_has_told_of_is_followed_once_a_member_names_it()
    {
        Follows(term: 5, log: [5]);

        Cid.Beats(6, Id(1, 5));
        Cid.HearsNothing();
        Assert.Equal((ServerRole.Follower, 5), Role());
        Assert.Equal(At(0), Ann.Hears<AskConfiguration>().Index);
        Bea.Hears<AskConfiguration>();
        Tells(Ann, 9, "ann bea cid sam");

        Cid.Beats(6, Id(1, 5));
        Assert.Equal(Cid.Id, Status().View.Leader);
    }

    [Fact]
    public void Whoever_it_is_it_may_be_named_by_a_server_that_was_named_before()
    {
        Follows(term: 5, log: [5]);
        Tells(Ann, 9, "bea cid sam");   // Ann has left since.
        Tells(Cid, 20, "cid sam tim");

        Tim.Beats(6, Id(1, 5));

        Assert.Equal(Tim.Id, Status().View.Leader);
    }

    [Fact]
    public void A_servers_own_word_introduces_it_to_nobody()
    {
        Follows(term: 5, log: [5]);

        Tells(Cid, 9, "ann bea cid sam");
        Cid.Beats(6, Id(1, 5));

        Assert.Equal((ServerRole.Follower, 5), Role());
        Cid.HearsNothing();
    }

    [Fact]
    public void A_member_that_has_moved_is_heard_and_answered_where_it_is_once_another_one_says_so()
    {
        Follows(term: 5, log: [5]);
        Bea.Address = "elsewhere:4053";

        Bea.Beats(6, Id(1, 5));
        Assert.Equal((ServerRole.Follower, 5), Role());
        Assert.Equal("bea:4053", Known[Bea.Id]);
        Ann.Says(new ConfigurationReply(HeaderOf(Ann), At(9), Configuration.Of(
            [new Member(Ann.Id, "ann:4053"), new Member(Bea.Id, "elsewhere:4053"), new Member(Sam, "sam:4053")])));

        Bea.Beats(6, Id(1, 5));
        Assert.Equal(Bea.Id, Status().View.Leader);
        Assert.Equal("elsewhere:4053", Known[Bea.Id]);
    }

    [Fact]
    public void A_member_that_moved_and_is_named_where_it_was_is_heard_from_either_place()
    {
        Settings = Settings with { PrefersMembersAddresses = true };
        Bea.Address = "new:4053";
        FollowsWith(
            Configuration.Of([new Member(Ann.Id, "ann:4053"), new Member(Bea.Id, "new:4053"), new Member(Sam, "sam:4053")]));
        Assert.Equal("bea:4053", Known[Bea.Id]);   // As the settings say.

        Bea.Beats(6, Id(1, 5));

        Assert.Equal(Bea.Id, Status().View.Leader);
        Assert.Equal("new:4053", Known[Bea.Id]);
    }

    [Fact]
    public void A_server_that_the_settings_name_is_heard_though_the_log_does_not_know_it_yet()
    {
        FollowsWith(Logs.Members("ann sam"));   // The settings name Bea as well: somebody wrote that after all had changed.

        Bea.Beats(6, Id(1, 5));

        Assert.Equal(Bea.Id, Status().View.Leader);
    }

    [Fact]
    public void Whoever_is_only_named_has_no_vote()
    {
        Follows(term: 5, log: [5]);
        Tells(Ann, 9, "ann bea cid sam tim");
        WaitUntil(ServerRole.PreCandidate);

        Cid.PreVotes(6);
        Tim.PreVotes(6);

        Assert.Equal((ServerRole.PreCandidate, 5), Role());
    }

    [Fact]
    public void But_may_be_given_one()
    {
        Follows(term: 5, log: [5]);
        Cid.AsksForVote(6, Id(9, 5));
        Disk.HearsNothing();
        Tells(Ann, 9, "ann bea cid sam");

        Cid.AsksForVote(6, Id(9, 5));
        Disk.CatchesUp();

        Assert.True(Cid.Hears<VoteReply>().Granted);
    }

    [Fact]
    public void However_many_strangers_speak_the_members_are_asked_once_in_an_election_timeout()
    {
        Follows(term: 5, log: [5]);
        for (var message = 0; message < 100; message++) Cid.Beats(6, Id(1, 5));
        Ann.Hears<AskConfiguration>();
        Ann.HearsNothing();

        Wait(240);
        Cid.Beats(6, Id(1, 5));
        Ann.HearsNothing();

        Wait(10);
        Cid.Beats(6, Id(1, 5));
        Ann.Hears<AskConfiguration>();
    }

    [Fact]
    public void A_leader_asks_nobody_for_it_knows_the_members_best()
    {
        LeadsInHarmony(term: 5);

        Cid.AsksForVote(9, Id(9, 8));

        Assert.DoesNotContain(Ann.HearsAll(), message => message is AskConfiguration);
        Assert.Equal((ServerRole.Leader, 5), Role());
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]   // It has that itself.
    public void A_member_is_told_the_configuration_if_it_has_an_older_one(int index, bool isTold)
    {
        FollowsWith(Logs.Members("ann bea sam"));

        Bea.Says(new AskConfiguration(HeaderOf(Bea), At(index)));

        if (isTold) Assert.Equal("(ann bea sam)", $"{Bea.Hears<ConfigurationReply>().Members}");
        else Bea.HearsNothing();
    }

    [Fact]
    public void Also_by_a_server_that_has_heard_that_it_left()
    {
        FollowsWith(Logs.Members("ann bea sam"));
        Ann.Says(new RemovalNotice(HeaderOf(Ann)));

        Bea.Says(new AskConfiguration(HeaderOf(Bea), At(0)));

        Bea.Hears<ConfigurationReply>();
    }

    // Both were down for long: one knows the first change, and the other has moved and knows the second one.
    [Fact]
    public void A_server_that_missed_several_changes_gets_to_the_leader_by_way_of_those_that_missed_fewer()
    {
        FollowsWith(Logs.Members("ann bea sam"));
        Tim.Beats(9, Id(50, 9));
        Ann.Hears<AskConfiguration>();
        Tells(Ann, 10, "bea cid sam");
        Tim.HearsNothing();

        Wait(250);
        Tim.Beats(9, Id(50, 9));
        Assert.Equal(At(1), Cid.Hears<AskConfiguration>().Index);
        Tells(Cid, 40, "cid sam tim");

        Tim.Beats(9, Id(50, 9));
        Assert.Equal((Tim.Id, new Term(9)), (Status().View.Leader, Status().View.Term));
    }

    private void FollowsWith(Configuration members)
    {
        Starts();
        Disk.Hears<OpenLog>();
        var entry = OfMembers(1, 5, members);
        Disk.Says(Disk.Opened(5, vote: null, LogSlice.Of(entry), int.MaxValue) with
        {
            Configurations = [(At(1), entry.Payload)],
        });
        OpensSnapshots(newest: null);
        ForgetAllThatWasSaid();
    }

    private static void Tells(Peer peer, int index, string members) =>
        peer.Says(new ConfigurationReply(HeaderOf(peer), At(index), Logs.Members(members)));

    private static MessageHeader HeaderOf(Peer peer) => new(Cluster, Group, peer.Id, new Term(5));
}
