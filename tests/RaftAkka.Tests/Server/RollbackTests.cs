using RaftAkka.Protocol;
using RaftAkka.Server;
using RaftAkka.Tests.Server.Cast;
using Xunit;
using static RaftAkka.Tests.Server.Cast.Logs;

namespace RaftAkka.Tests.Server;

/// <summary>A follower's disk that went back in time, or that two processes run on copies of.</summary>
public sealed class RollbackTests : ServerStory
{
    private static readonly DiskId AnnsDisk = new(21);
    private static readonly DiskId BeasDisk = new(31);
    private static readonly DiskId SamsDisk = new(11);

    [Fact]
    public void A_follower_that_rejects_anew_what_it_had_acknowledged_does_not_count_any_more()
    {
        LeadsWithAnnUpTo(4);

        var round = AnnRejects(index: 4);
        Ann.Rejects(6, Id(4, 6), Id(2, 0), round);

        Assert.Equal(DiskId.RolledBack, Members().Find(Ann.Id)!.Disk);
        Assert.Contains(Status().Problems, problem => problem.Contains("ann", StringComparison.Ordinal));

        // What it acknowledges makes nothing committed: Bea alone is no majority with what Ann says.
        Cora.Proposes(9);
        Disk.CatchesUp();
        var before = Indexes().Commit;
        Ann.Accepts(6, (int)Indexes().Last.Value);
        Assert.Equal(before, Indexes().Commit);
    }

    [Fact]
    public void It_is_told_so_once_that_is_committed_and_with_it_where_the_cluster_is()
    {
        LeadsWithAnnUpTo(4);
        Ann.Rejects(6, Id(4, 6), Id(2, 0), AnnRejects(index: 4));
        Disk.CatchesUp();
        Bea.Accepts(6, (int)Indexes().Last.Value);
        Ann.HearsAll();

        Ann.Accepts(6, 1);

        var refused = Ann.Hears<DiskRefused>();
        Assert.Equal((AnnsDisk, true), (refused.Disk, refused.IsRolledBack));
        Assert.Contains(refused.View!.Members, member => member.Server == Bea.Id);
    }

    // The leader has sent more by then, which it rejects as well; how long its log is says enough.
    [Fact]
    public void So_does_one_whose_log_is_shorter_than_what_it_had_acknowledged()
    {
        LeadsWithAnnUpTo(4);
        Cora.Proposes(3);

        Ann.Rejects(6, Id(5, 6), Id(2, 0), round: 0);
        Wait(60);
        var round = (int)Ann.HearsAll().OfType<AppendEntries>().Last().Round.Value;
        Ann.Rejects(6, Id(5, 6), Id(2, 0), round);

        Assert.Equal(DiskId.RolledBack, Members().Find(Ann.Id)!.Disk);
    }

    // The network is slow, out of order, and doubles messages: the rejection left before the acknowledgement did.
    [Fact]
    public void An_old_rejection_proves_nothing_however_often_it_comes()
    {
        LeadsWithAnnUpTo(4);

        AnnRejects(index: 4);
        for (var copy = 0; copy < 20; copy++) Ann.Rejects(6, Id(4, 6), Id(2, 0), round: 0);

        Assert.Equal(AnnsDisk, Members().Find(Ann.Id)!.Disk);
        Assert.Empty(Status().Problems);
    }

    [Fact]
    public void A_follower_that_still_has_it_all_clears_itself()
    {
        LeadsWithAnnUpTo(4);
        var round = AnnRejects(index: 4);

        Ann.Accepts(6, 4, round);

        // Another old rejection begins another question, and proves nothing either.
        Ann.Rejects(6, Id(4, 6), Id(2, 0), round);
        Assert.Equal(AnnsDisk, Members().Find(Ann.Id)!.Disk);
    }

    [Fact]
    public void A_rejection_of_what_it_never_acknowledged_only_shows_where_to_go_on()
    {
        LeadsWithAnnUpTo(2);

        Ann.Rejects(6, Id(4, 6), Id(3, 0), round: 0);

        Assert.Equal(Id(2, 6), Ann.HearsAll().OfType<AppendEntries>().Last().Previous);
        Assert.Equal(AnnsDisk, Members().Find(Ann.Id)!.Disk);
    }

    [Fact]
    public void A_server_that_hears_that_its_disk_went_back_refuses_itself_and_says_why()
    {
        FollowsAnn(term: 5, log: [5]);

        Bea.Says(new DiskRefused(new MessageHeader(Cluster, Group, Bea.Id, new Term(5)), DiskId.Unknown) { IsRolledBack = true });

        Assert.Contains("lacks what it had acknowledged", Assert.Single(Status().Problems), StringComparison.Ordinal);
        Cora.Proposes(1);
        Assert.Contains("does not count", Cora.Hears<ProposalRefused>().Facts, StringComparison.Ordinal);
        Wait(10_000);
        Assert.Equal((ServerRole.Follower, 5), Role());
    }

    // It was wiped, or away for long: the members that it knows may all be gone.
    [Fact]
    public void A_server_that_does_not_count_tells_its_clients_where_the_cluster_is()
    {
        FollowsAnn(term: 5, log: [5]);
        var now = new ClusterView(new Term(7), Tim.Id, [new MemberAddress(Tim.Id, "tim:4053"), new MemberAddress(Cid.Id, "cid:4053")])
        {
            MembersIndex = new LogIndex(90),
        };

        Bea.Says(new DiskRefused(new MessageHeader(Cluster, Group, Bea.Id, new Term(5)), DiskId.Unknown) { View = now });

        Assert.Null(Status().View.Leader);   // It hears none, so it cannot know when that one leads no more.
        Assert.Equal([Tim.Id, Cid.Id], Status().View.Members.Select(member => member.Server));
    }

    /// <summary>Leads term 6 among Ann and Bea, whose disks are known; Ann has acknowledged the log up to an index.</summary>
    private void LeadsWithAnnUpTo(int index)
    {
        (Ann.Disk, Bea.Disk) = (AnnsDisk, BeasDisk);
        Starts();
        Disk.Hears<RaftAkka.Log.OpenLog>();
        var members = Configuration.Of(
        [
            new Member(Ann.Id, "ann:4053", Disk: AnnsDisk), new Member(Bea.Id, "bea:4053", Disk: BeasDisk),
            new Member(Sam, "sam:4053", Disk: SamsDisk),
        ]);
        var entry = LogEntry.Create(Id(1, 5), EntryKind.Configuration, ConfigurationCodec.Encode(members));
        Disk.Says(Disk.Opened(5, vote: null, LogSlice.Of(entry), int.MaxValue) with
        {
            Disk = SamsDisk, Configurations = [(At(1), entry.Payload)],
        });
        OpensSnapshots(newest: null);
        WaitUntil(ServerRole.PreCandidate);
        Bea.PreVotes(6, term: 5);
        Disk.CatchesUp();
        Bea.Votes(6);
        Disk.CatchesUp();
        Cora.Proposes(1);
        Cora.Proposes(2);
        Disk.CatchesUp();
        Ann.Accepts(6, index);
        Bea.Accepts(6, 4);
        ForgetAllThatWasSaid();
        Assert.Equal((ServerRole.Leader, 6), Role());
        Assert.Equal(At(4), Indexes().Commit);
    }

    /// <summary>Ann rejects an entry; the next heartbeat asks in a new round.</summary>
    private int AnnRejects(int index)
    {
        Ann.Rejects(6, Id(index, 6), Id(2, 0), round: 0);
        Wait(60);
        return (int)Ann.HearsAll().OfType<AppendEntries>().Last().Round.Value;
    }

    private Configuration Members()
    {
        Clem.HearsAll();
        Clem.Says(ReportMembers.Instance);
        return Clem.Hears<MembersReport>().Members;
    }
}
