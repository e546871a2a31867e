using RaftAkka.Log;
using RaftAkka.Protocol;
using RaftAkka.Snapshots;
using RaftAkka.Tests.Server.Cast;
using Xunit;
using static RaftAkka.Tests.Server.Cast.Logs;

namespace RaftAkka.Tests.Server;

/// <summary>A server goes by the latest configuration in its log, committed or not (§6).</summary>
public sealed class MembershipTests : ServerStory
{
    [Fact]
    public void A_configuration_counts_from_when_it_is_appended_and_not_any_more_once_it_is_replaced()
    {
        FollowsAnn(5, log: [5]);

        Ann.Appends(5, Id(1, 5), LogSlice.Of(OfMembers(2, 5, Logs.Members("ann bea cid sam"))), commit: 1);
        Assert.Equal("ann bea cid sam", Told());

        Bea.Appends(6, Id(1, 5), Entries(2, 6), commit: 1);
        Assert.Equal("ann bea sam", Told());
    }

    // Cid was never a member for the leader of term 6. What contradicts it is replaced by the same message.
    [Fact]
    public void A_configuration_that_is_replaced_contradicts_none_behind_it()
    {
        FollowsAnn(5, log: [5]);
        Ann.Appends(5, Id(1, 5), LogSlice.Of(OfMembers(2, 5, Logs.Members("ann bea cid sam"))), commit: 1);

        var noOp = LogEntry.Create(Id(2, 6), EntryKind.NoOp, []);
        Bea.Appends(6, Id(1, 5), LogSlice.Of(noOp, OfMembers(3, 6, Logs.Members("ann bea dan sam"))), commit: 1);

        Assert.Equal("ann bea dan sam", Told());
    }

    [Fact]
    public void And_after_a_restart_it_is_the_latest_that_the_log_holds()
    {
        Restarts(Logs.Members("ann bea cid sam"));

        Assert.Equal("ann bea cid sam", Told());
    }

    [Fact]
    public void A_snapshot_brings_the_one_at_its_last_entry()
    {
        FollowsFrom(SnapshotOf(Logs.Members("ann cid sam")), term: 5, Id(9, 5), log: []);

        Assert.Equal("ann cid sam", Told());
    }

    [Fact]
    public void What_the_log_has_behind_a_snapshot_counts_more()
    {
        Starts();
        Disk.Hears<OpenLog>();
        var entry = OfMembers(10, 5, Logs.Members("bea sam"));
        Disk.Says(Disk.Opened(5, vote: null, LogSlice.Of(entry), int.MaxValue, Id(9, 5)) with
        {
            Configurations = [(At(10), entry.Payload)],
        });
        OpensSnapshots(SnapshotOf(Logs.Members("ann cid sam")));

        Assert.Equal("bea sam", Told());
    }

    [Theory]
    [InlineData("ann bea sam+")]
    [InlineData("ann bea sam~")]
    [InlineData("ann bea")]
    public void Who_does_not_vote_does_not_campaign(string members)
    {
        Restarts(Logs.Members(members), commit: 1);

        Wait(5000);

        Assert.Equal(ServerRole.Follower, Role().Role);
        Ann.HearsNothing();
    }

    [Fact]
    public void But_it_votes_for_it_may_not_have_heard_of_its_promotion_yet()
    {
        Restarts(Logs.Members("ann bea sam+"));

        Bea.AsksForVote(6, Id(1, 5));
        Disk.CatchesUp();

        Assert.True(Bea.Hears<VoteReply>().Granted);
    }

    [Fact]
    public void Who_is_no_voter_by_a_change_that_may_not_be_committed_campaigns_when_nobody_else_does()
    {
        Ann.Disk = new DiskId(21);
        Restarts(Logs.Members("ann").WithDisks(_ => Ann.Disk), disk: new DiskId(11));   // The settings say that Sam votes.

        Wait(1400);
        Assert.Equal(ServerRole.Follower, Role().Role);

        WaitUntil(ServerRole.PreCandidate);
        Bea.HearsNothing();
        Bea.PreVotes(6);
        Assert.Equal(ServerRole.PreCandidate, Role().Role);   // Only who votes by the change counts.
        Ann.PreVotes(6);
        Disk.CatchesUp();
        Ann.Votes(6);
        Assert.Equal(ServerRole.Leader, Role().Role);

        Disk.CatchesUp();
        Ann.Accepts(6, 2);
        Assert.Equal(At(2), Indexes().Commit);
        Assert.Contains(Ann.HearsAll(), message => message is TimeoutNow);   // And has nothing left to do.
    }

    [Fact]
    public void A_server_that_joins_waits_until_a_leader_tells_it_who_belongs_to_the_cluster()
    {
        Settings = Settings with { Joins = true };
        Follows(term: 0);
        Wait(5000);
        Assert.Equal(ServerRole.Follower, Role().Role);
        Ann.HearsNothing();

        Ann.Appends(5, Id(0, 0), LogSlice.Of(OfMembers(1, 5, Logs.Members("ann bea sam"))), commit: 1);
        Assert.Equal("ann bea sam", Told());
        Disk.CatchesUp();

        WaitUntil(ServerRole.PreCandidate);
    }

    [Fact]
    public void A_server_that_has_moved_is_sent_to_where_it_is_now()
    {
        FollowsAnn(5, log: [5]);

        var members = Configuration.Of(
            [new Member(Ann.Id, "ann:4053"), new Member(Bea.Id, "elsewhere:4053"), new Member(Sam, "sam:4053")]);
        Ann.Appends(5, Id(1, 5), LogSlice.Of(OfMembers(2, 5, members)), commit: 1);

        Assert.Equal("elsewhere:4053", Known[Bea.Id]);
        Assert.Equal("elsewhere:4053", Status().View.Members.Single(member => member.Server == Bea.Id).Address);
    }

    /// <summary>A follower in term 5 whose log is one entry, a configuration.</summary>
    private void Restarts(Configuration members, int commit = 0, DiskId disk = default)
    {
        Starts();
        Disk.Hears<OpenLog>();
        var entry = OfMembers(1, 5, members);
        Disk.Says(Disk.Opened(5, vote: null, LogSlice.Of(entry), int.MaxValue) with
        {
            Disk = disk,
            Configurations = [(At(1), entry.Payload)],
        });
        OpensSnapshots(newest: null);
        if (commit > 0) Ann.Beats(5, Id(1, 5), commit);
        ForgetAllThatWasSaid();
    }

    private static StoredSnapshot SnapshotOf(Configuration members) =>
        new(new SnapshotHead(Id(9, 5), ConfigurationCodec.Encode(members)), 1000, 9);

    private string Told() => string.Join(' ', Status().View.Members.Select(member => member.Server).Order());
}
