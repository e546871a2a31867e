using Akka.Actor;
using Akka.Event;
using Akka.TestKit;
using RaftAkka.Protocol;
using RaftAkka.Server;
using RaftAkka.Tests.Server.Cast;
using Xunit;
using static RaftAkka.Tests.Server.Cast.Logs;

namespace RaftAkka.Tests.Server;

/// <summary>The servers of a new cluster compare their lists, and say of whom they wait for.</summary>
public sealed class BootstrappingTests : ServerStory
{
    private readonly TestProbe _warnings;

    public BootstrappingTests()
    {
        _warnings = CreateTestProbe();
        Sys.EventStream.Subscribe(_warnings.Ref, typeof(Warning));
    }

    [Fact]
    public void A_question_for_a_vote_says_which_members_the_settings_have_while_the_cluster_begins()
    {
        IsNew();
        WaitUntil(ServerRole.PreCandidate);
        Assert.Equal(["ann:4053", "bea:4053", "sam:4053"], Addresses(Ann.Hears<RequestPreVote>().Bootstrap));

        Ann.PreVotes(1);
        Bea.PreVotes(1);
        Disk.CatchesUp();

        Assert.Equal(["ann:4053", "bea:4053", "sam:4053"], Addresses(Ann.Hears<RequestVote>().Bootstrap));
    }

    [Fact]
    public void A_server_whose_log_has_the_members_sends_no_list()
    {
        BelongsToACluster();
        WaitUntil(ServerRole.PreCandidate);

        Assert.Null(Ann.Hears<RequestPreVote>().Bootstrap);
    }

    [Fact]
    public void A_server_with_another_list_gets_neither_pre_vote_nor_vote_and_the_difference_is_named_once()
    {
        IsNew();
        var other = Members(("ann", "ann:4053"), ("sam", "bea:4053"), ("zoe", "zoe:4053"));

        Ann.Says(new RequestPreVote(Header(Ann, 0), new Term(1), EntryId.Zero) { Bootstrap = other });
        Assert.False(Ann.Hears<PreVoteReply>().Granted);
        Ann.Says(new RequestVote(Header(Ann, 1), EntryId.Zero) { Bootstrap = other });
        Assert.False(Ann.Hears<VoteReply>().Granted);

        Assert.Contains(
            "does not begin a cluster with ann, whose settings have other members: bea (bea:4053) is a member here, and not there; "
                + "sam is at sam:4053 here, and at bea:4053 there; zoe (zoe:4053) is a member there, and not here.",
            OnlyWarning(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_with_the_same_list_in_another_order_and_spelling_gets_its_pre_vote()
    {
        IsNew();

        Ann.Says(new RequestPreVote(Header(Ann, 0), new Term(1), EntryId.Zero)
        {
            Bootstrap = Members(("sam", "SAM.:4053"), ("bea", "bea:4053"), ("ann", "Ann:04053")),
        });

        Assert.True(Ann.Hears<PreVoteReply>().Granted);
        Assert.Empty(Warnings());
    }

    [Fact]
    public void A_server_of_a_version_without_lists_gets_its_pre_vote()
    {
        IsNew();

        Ann.AsksForPreVote(1, EntryId.Zero);

        Assert.True(Ann.Hears<PreVoteReply>().Granted);
    }

    [Fact]
    public void Who_is_missing_is_said_after_ten_seconds_and_rarely_again()
    {
        IsNew();
        Server.Tell(new PeerUnreachable(Bea.Id, "Connection refused"));
        WaitSaying(() => Ann.PreVotes(1), BootstrapWait.WarnAfter - TimeSpan.FromSeconds(1));
        Assert.Empty(Warnings());

        WaitSaying(() => Ann.PreVotes(1), TimeSpan.FromSeconds(2));
        Assert.EndsWith(
            "the new cluster begins once all of its servers agree, and waits for: bea (bea:4053), which cannot be reached: "
                + "Connection refused.",
            OnlyWarning(), StringComparison.Ordinal);

        WaitSaying(() => Ann.PreVotes(1), TimeSpan.FromMinutes(1));
        Assert.Empty(Warnings());

        WaitSaying(() => Ann.PreVotes(1), BootstrapWait.WarnAgainAfter);
        OnlyWarning();
        Assert.Contains(Status().Problems, problem => problem.Contains("bea", StringComparison.Ordinal));
    }

    [Fact]
    public void A_server_that_refuses_and_one_that_says_nothing_are_told_apart()
    {
        IsNew();

        WaitSaying(() => Ann.PreVotes(1, granted: false), BootstrapWait.WarnAfter + TimeSpan.FromSeconds(1));

        var warning = OnlyWarning();
        Assert.Contains("ann (ann:4053), which answers and does not agree", warning, StringComparison.Ordinal);
        Assert.Contains("bea (bea:4053), which has not answered", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_that_has_other_addresses_in_its_settings_than_the_log_says_so_at_its_start()
    {
        BelongsToACluster(sam: "sam:9999");

        var warning = OnlyWarning();
        Assert.Contains(Assert.Single(Status().Problems), warning, StringComparison.Ordinal);
        Assert.Contains("sam is at sam:4053 in its settings, and at sam:9999 in the cluster's log.", warning, StringComparison.Ordinal);
        Assert.Contains("'raftakka member update ID HOST:PORT'", warning, StringComparison.Ordinal);
        Assert.Contains("raft.member-addresses = file", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_the_settings_addresses_count_there_is_nothing_to_say()
    {
        Settings = Settings with { PrefersMembersAddresses = true };
        BelongsToACluster(sam: "sam:9999");

        Assert.Empty(Warnings());
    }

    private void WaitSaying(Action answer, TimeSpan time)
    {
        for (var waited = TimeSpan.Zero; waited < time; waited += TimeSpan.FromMilliseconds(500))
        {
            answer();
            Wait(500);
        }
    }

    private string OnlyWarning()
    {
        var text = _warnings.ExpectMsg<Warning>().Message.ToString()!;
        Assert.Empty(Warnings());
        return text;
    }

    private List<string> Warnings()
    {
        var texts = new List<string>();
        while (_warnings.HasMessages) texts.Add(((Warning)_warnings.ReceiveOne(TimeSpan.Zero)).Message.ToString()!);
        return texts;
    }

    private void IsNew()
    {
        Starts();
        Disk.Hears<RaftAkka.Log.OpenLog>();
        Disk.Says(Disk.Opened(0, vote: null, LogSlice.Empty, cached: 0) with { Disk = new DiskId(11) });
        OpensSnapshots(newest: null);
        Observer.HearsAll();
    }

    private void BelongsToACluster(string sam = "sam:4053")
    {
        Starts();
        Disk.Hears<RaftAkka.Log.OpenLog>();
        var entry = LogEntry.Create(
            Id(1, 5), EntryKind.Configuration,
            ConfigurationCodec.Encode(Members(("ann", "ann:4053"), ("bea", "bea:4053"), ("sam", sam))));
        Disk.Says(Disk.Opened(5, vote: null, LogSlice.Of(entry), int.MaxValue) with
        {
            Disk = new DiskId(11), Configurations = [(At(1), entry.Payload)],
        });
        OpensSnapshots(newest: null);
        Observer.HearsAll();
    }

    private static MessageHeader Header(Peer peer, int term) => new(Cluster, Group, peer.Id, new Term(term));

    private static Configuration Members(params (string Id, string Address)[] members) =>
        Configuration.Of(members.Select(member => new Member(new ServerId(member.Id), member.Address)));

    private static IEnumerable<string> Addresses(Configuration? members) => members!.Members.Select(member => member.Address);
}
