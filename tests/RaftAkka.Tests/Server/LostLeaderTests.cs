using RaftAkka.Protocol;
using RaftAkka.Tests.Server.Cast;
using Xunit;
using static RaftAkka.Tests.Server.Cast.Logs;

namespace RaftAkka.Tests.Server;

/// <summary>A server that may not campaign, and does not hear its leader any more.</summary>
public sealed class LostLeaderTests : ServerStory
{
    [Theory]
    [InlineData("ann bea sam~")]
    [InlineData("ann bea sam+")]
    public void A_server_that_does_not_vote_refuses_its_reads_and_names_no_leader(string members)
    {
        FollowsAnn(term: 5, log: [5]);
        Ann.Appends(5, Id(1, 5), LogSlice.Of(OfMembers(2, 5, Members(members))));
        Disk.CatchesUp();
        Ann.Beats(5, Id(2, 5), commit: 2);
        ForgetAllThatWasSaid();
        Cora.Reads(1);
        Cora.Reads(2);

        Wait(1000);

        Assert.Equal([(1L, RefusalReason.NotLeader), (2L, RefusalReason.NotLeader)], Refusals());
        Assert.Null(Status().View.Leader);
        Cora.Reads(3);
        Assert.Equal([(3L, RefusalReason.NotLeader)], Refusals());

        // It follows again as soon as it hears of a leader.
        Ann.Beats(5, Id(2, 5), commit: 2);
        Assert.Equal(Ann.Id, Status().View.Leader);
    }

    [Fact]
    public void So_does_one_whose_disk_is_full()
    {
        FollowsAnn(term: 5, log: [5]);
        Disk.Says(new RaftAkka.Log.LogOutOfSpace("0 bytes are left"));
        Cora.Reads(1);

        Wait(1000);

        Assert.Equal([(1L, RefusalReason.NotLeader)], Refusals());
    }

    [Fact]
    public void A_server_that_hears_that_it_was_removed_refuses_its_reads_and_names_no_leader()
    {
        FollowsAnn(term: 5, log: [5]);
        Cora.Reads(1);

        Bea.Says(new RemovalNotice(new MessageHeader(Cluster, Group, Bea.Id, new Term(5))));

        Assert.Equal([(1L, RefusalReason.NotLeader)], Refusals());
        Assert.Null(Status().View.Leader);
        Assert.Contains("bea", Assert.Single(Status().Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_whose_disk_is_refused_refuses_its_reads_and_names_no_leader()
    {
        FollowsAnn(term: 5, log: [5]);
        Cora.Reads(1);

        Bea.Refuses(5, DiskId.Unknown);

        Assert.Equal([(1L, RefusalReason.NotLeader)], Refusals());
        Assert.Null(Status().View.Leader);
        Assert.Contains("another disk", Assert.Single(Status().Problems), StringComparison.Ordinal);
    }

    private List<(long, RefusalReason)> Refusals() =>
        [.. Cora.HearsAll().OfType<RaftAkka.Server.ProposalRefused>().Select(Refusal)];
}
