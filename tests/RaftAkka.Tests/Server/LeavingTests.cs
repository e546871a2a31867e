using RaftAkka.Log;
using RaftAkka.Protocol;
using RaftAkka.Server;
using RaftAkka.Tests.Server.Cast;
using Xunit;
using static RaftAkka.Tests.Server.Cast.Logs;

namespace RaftAkka.Tests.Server;

/// <summary>Servers that come, and servers that have left.</summary>
public sealed class LeavingTests : ServerStory
{
    [Fact]
    public void Who_has_left_and_speaks_is_told_so_and_not_heard()
    {
        FollowsAnnWithout(Bea.Id);

        Bea.AsksForVote(9, Id(99, 8));

        Assert.Equal(new Term(5), Bea.Hears<RemovalNotice>().Header.Term);
        Assert.Equal((ServerRole.Follower, 5), Role());
        Ann.HearsNothing();
    }

    [Fact]
    public void Not_while_that_may_be_taken_back()
    {
        FollowsAnnWithout(Bea.Id, commit: 0);

        Bea.AsksForVote(9, Id(99, 8));

        Bea.HearsNothing();
        Assert.Equal((ServerRole.Follower, 5), Role());
    }

    [Fact]
    public void A_leader_that_leaves_is_heard_until_it_is_followed()
    {
        FollowsAnnWithout(Ann.Id, commit: 0);

        Ann.Beats(5, Id(1, 5), commit: 1);
        Assert.Equal(At(1), Indexes().Commit);
        Ann.HearsAll();

        Ann.Appends(5, Id(1, 5), Entries(2, 5), commit: 1);   // The last of what it took from clients.
        Disk.CatchesUp();
        Assert.Equal(At(2), Ann.HearsAll().OfType<AppendAccepted>().Last().Matched);

        Bea.Beats(6, Id(2, 5), commit: 2);
        Ann.Beats(5, Id(2, 5), commit: 2);
        Ann.Hears<RemovalNotice>();
    }

    [Fact]
    public void A_notice_is_no_answer_to_a_notice()
    {
        FollowsAnnWithout(Bea.Id);

        Bea.Says(new RemovalNotice(new MessageHeader(Cluster, Group, Bea.Id, new Term(3))));

        Bea.HearsNothing();
        WaitUntil(ServerRole.PreCandidate);   // Nor does one that has left decide about others.
    }

    [Theory]
    [InlineData(2)]
    [InlineData(9)]
    public void A_server_that_hears_that_it_has_left_campaigns_no_more_whatever_the_terms(int term)
    {
        AsksForPreVotes(term: 4, log: [4]);

        Ann.Says(new RemovalNotice(new MessageHeader(Cluster, Group, Ann.Id, new Term(term))));
        Wait(2000);

        Assert.Equal((ServerRole.Follower, 4), Role());
        Ann.PreVotes(5);
        Bea.PreVotes(5);
        Disk.HearsNothing();
        Assert.Equal((ServerRole.Follower, 4), Role());
    }

    [Fact]
    public void A_server_that_joins_hears_of_the_leader_with_the_next_heartbeat()
    {
        LeadsInHarmony(term: 5);
        Clem.Says(new ChangeMembers(7, [new MemberChange.Add(new Member(Cid.Id, "cid:4053", MemberRole.Learner))]));
        Disk.CatchesUp();

        Wait(50);

        Assert.Equal(new Term(5), Cid.Hears<AppendEntries>().Header.Term);
    }

    /// <summary>Follows Ann in term 5, with a log whose only entry says that one server has left.</summary>
    private void FollowsAnnWithout(ServerId gone, int commit = 1)
    {
        Starts(servers: 4);
        Disk.Hears<OpenLog>();
        var members = new[] { Ann.Id, Bea.Id, Cid.Id, Sam }.Where(id => id != gone).Select(id => new Member(id, $"{id}:4053"));
        var entry = LogEntry.Create(
            Id(1, 5), EntryKind.Configuration, ConfigurationCodec.Encode(Configuration.Of(members, [gone])));
        Disk.Says(Disk.Opened(5, vote: null, LogSlice.Of(entry), int.MaxValue) with
        {
            Configurations = [(At(1), entry.Payload)],
        });
        OpensSnapshots(newest: null);
        Ann.Beats(5, Id(1, 5), commit);
        ForgetAllThatWasSaid();
    }
}
