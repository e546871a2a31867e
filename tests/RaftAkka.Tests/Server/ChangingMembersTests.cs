using RaftAkka.Protocol;
using RaftAkka.Server;
using RaftAkka.Tests.Server.Cast;
using Xunit;
using static RaftAkka.Tests.Server.Cast.Logs;

namespace RaftAkka.Tests.Server;

/// <summary>The leader's part in changes of membership (§6; dissertation §4).</summary>
public sealed class ChangingMembersTests : ServerStory
{
    public ChangingMembersTests() => (Cid.Disk, Tim.Disk) = (new DiskId(41), new DiskId(51));

    [Fact]
    public void A_change_counts_from_when_it_is_appended_and_is_answered_once_it_is_committed()
    {
        LeadsInHarmony(term: 5);

        Clem.Says(Asks(new MemberChange.Add(Learner(Cid))));

        Assert.Equal("(ann bea cid+ sam)", Written());
        Assert.Equal(4, Status().View.Members.Count);
        Disk.CatchesUp();
        Clem.HearsNothing();
        Ann.Accepts(5, 2);
        var changed = Clem.Hears<MembersChanged>();
        Assert.Equal((7, Sam, At(2), "(ann bea cid+ sam)"), (changed.Id, changed.Leader, changed.Index, $"{changed.Members}"));
    }

    [Fact]
    public void A_learner_does_not_count_for_commits()
    {
        HasLearner();
        Cora.Proposes(1);
        Disk.CatchesUp();

        Cid.Accepts(5, 4);
        Assert.Equal(At(3), Indexes().Commit);

        Ann.Accepts(5, 4);
        Assert.Equal(At(4), Indexes().Commit);
    }

    [Fact]
    public void A_learner_that_keeps_up_is_promoted_by_way_of_a_joint_configuration()
    {
        HasLearner();

        Cid.Accepts(5, 3);

        Assert.Equal("(ann bea cid sam) from (ann bea sam)", Written());
    }

    [Fact]
    public void A_replica_stays_one()
    {
        HasLearner(MemberRole.Replica);

        Cid.Accepts(5, 3);

        Disk.HearsNothing();
    }

    [Fact]
    public void A_learner_whose_round_took_longer_than_an_election_timeout_is_not_promoted_yet()
    {
        HasLearner();
        for (var beat = 0; beat < 6; beat++)
        {
            Wait(50);
            Ann.Accepts(5, 3);
            Bea.Accepts(5, 3);
        }

        Cid.Accepts(5, 3);
        Disk.HearsNothing();

        Cid.Accepts(5, 3);   // The next round was a short one.
        Assert.Equal("(ann bea cid sam) from (ann bea sam)", Written());
    }

    [Theory]
    [InlineData("cid tim")]   // Of those who come two, and Sam alone of those who go.
    [InlineData("bea")]       // Of those who go two, and nobody of those who come.
    [InlineData("ann")]
    public void A_joint_configuration_commits_with_both_majorities_only(string accepting)
    {
        // Sam goes and Cid and Tim come, for Bea: (ann cid tim) from (ann bea sam).
        IsReplacingTwo();

        foreach (var name in accepting.Split(' ')) Named(name).Accepts(5, 5);

        Assert.Equal(At(4), Indexes().Commit);
    }

    [Theory]
    [InlineData("ann cid")]          // Ann and Cid of those who come; Ann and Sam of those who go.
    [InlineData("bea cid tim")]
    public void And_with_both_it_is_left_at_once(string accepting)
    {
        IsReplacingTwo();

        foreach (var name in accepting.Split(' ')) Named(name).Accepts(5, 5);

        Assert.Equal(At(5), Indexes().Commit);
        Assert.Equal("(ann cid tim)", Written());
        Clem.HearsNothing();   // The change is not over before that is committed, too.
    }

    [Fact]
    public void A_leader_that_goes_does_not_count_itself_and_steps_down_when_that_is_committed()
    {
        IsReplacingTwo();
        Ann.Accepts(5, 5);
        Cid.Accepts(5, 5);
        Disk.CatchesUp();

        Ann.Accepts(5, 6);
        Assert.Equal((ServerRole.Leader, 5), Role());
        Assert.Equal(At(5), Indexes().Commit);
        Clem.HearsNothing();
        ForgetAllThatWasSaid();

        Tim.Accepts(5, 6);
        Assert.Equal("(ann cid tim)", $"{Clem.Hears<MembersChanged>().Members}");

        // One who has everything campaigns at once.
        Assert.Contains(Ann.HearsAll(), message => message is TimeoutNow);
        Assert.DoesNotContain(Cid.HearsAll().Concat(Tim.HearsAll()), message => message is TimeoutNow);
        Ann.AsksForVote(6, Id(6, 5), isTransfer: true);
        Assert.Equal((ServerRole.Follower, 6), Role());
    }

    [Fact]
    public void A_leader_that_goes_brings_who_is_to_lead_up_to_date_first()
    {
        IsReplacingTwo();
        Ann.Accepts(5, 5);
        Cid.Accepts(5, 5);
        Cora.Proposes(1);
        Disk.CatchesUp();
        Ann.Accepts(5, 6);
        Tim.Accepts(5, 6);
        Assert.DoesNotContain(Ann.HearsAll(), message => message is TimeoutNow);

        Ann.Accepts(5, 7);

        Assert.Contains(Ann.HearsAll(), message => message is TimeoutNow);
    }

    [Fact]
    public void And_steps_down_when_nobody_takes_over_within_an_election_timeout()
    {
        IsReplacingTwo();
        Ann.Accepts(5, 5);
        Cid.Accepts(5, 5);
        Disk.CatchesUp();
        Ann.Accepts(5, 6);
        Tim.Accepts(5, 6);

        for (var beat = 0; beat < 6; beat++)
        {
            Wait(50);
            Ann.Accepts(5, 6);
            Tim.Accepts(5, 6);
        }

        Assert.Equal((ServerRole.Follower, 5), Role());
        Assert.Equal(At(6), Cid.HearsAll().OfType<AppendEntries>().Last().LeaderCommit);
    }

    [Fact]
    public void And_is_a_follower_from_then_on_that_beats_no_more()
    {
        And_steps_down_when_nobody_takes_over_within_an_election_timeout();
        ForgetAllThatWasSaid();
        Tim.HearsAll();
        Disk.HearsAll();

        Wait(1000);

        Assert.All([Ann, Cid, Tim], peer => peer.HearsNothing());
        Disk.HearsNothing();
    }

    [Fact]
    public void Who_leads_next_ends_a_change_that_it_finds_half_way()
    {
        var joint = Joint("ann cid sam", "ann bea sam");
        FollowsAnn(5, log: [5]);
        Ann.Appends(5, Id(1, 5), LogSlice.Of(OfMembers(2, 5, joint)), commit: 1);
        Disk.CatchesUp();
        ForgetAllThatWasSaid();
        WaitUntil(ServerRole.PreCandidate);

        Ann.PreVotes(6);
        Disk.CatchesUp();
        Ann.Votes(6);   // Of both halves a majority.
        Disk.CatchesUp();
        Assert.Equal((ServerRole.Leader, 6), Role());
        Ann.Accepts(6, 3);

        Assert.Equal("(ann cid sam)", Written());
    }

    [Theory]
    [InlineData("bea", ServerRole.PreCandidate)]       // Two of the three that go, one of the three that come.
    [InlineData("cid tim", ServerRole.PreCandidate)]   // Not of those that go.
    [InlineData("bea cid", ServerRole.Candidate)]
    public void An_election_needs_both_majorities_while_voters_change(string granting, ServerRole role)
    {
        Cid.Disk = Tim.Disk = DiskId.Unknown;   // As of old logs.
        FollowsAnn(5, log: [5], servers: 5);
        Ann.Appends(5, Id(1, 5), LogSlice.Of(OfMembers(2, 5, Joint("cid sam tim", "ann bea sam"))), commit: 1);
        Disk.CatchesUp();
        ForgetAllThatWasSaid();
        WaitUntil(ServerRole.PreCandidate);

        foreach (var name in granting.Split(' ')) Named(name).PreVotes(6);

        Assert.Equal(role, Role().Role);
    }

    [Fact]
    public void A_second_change_is_refused_while_one_is_under_way()
    {
        LeadsInHarmony(term: 5);
        Clem.Says(Asks(new MemberChange.Add(Learner(Cid))));
        Written();

        Cora.Says(Asks(new MemberChange.Remove(Bea.Id)));

        Assert.Equal(MembershipRefusal.ChangeUnderWay, Cora.Hears<MembersNotChanged>().Reason);
        Disk.HearsNothing();
    }

    [Fact]
    public void And_before_an_entry_of_the_leaders_own_term_is_committed()
    {
        Leads(term: 5);

        Clem.Says(Asks(new MemberChange.Add(Learner(Cid))));

        Assert.Equal(MembershipRefusal.NoOwnTermCommit, Clem.Hears<MembersNotChanged>().Reason);
        Disk.HearsNothing();
    }

    [Fact]
    public void The_same_change_once_more_is_answered_as_done()
    {
        HasLearner(MemberRole.Replica);

        Clem.Says(Asks(new MemberChange.Add(new Member(Cid.Id, "cid:4053", MemberRole.Replica))));

        Assert.Equal((7, At(3)), Clem.Hears<MembersChanged>() is var changed ? (changed.Id, changed.Index) : default);
        Disk.HearsNothing();
    }

    [Fact]
    public void Who_asked_hears_of_lost_leadership_which_leaves_it_open_what_becomes_of_the_change()
    {
        LeadsInHarmony(term: 5);
        Clem.Says(Asks(new MemberChange.Add(Learner(Cid))));
        Written();

        Ann.Beats(6, Id(1, 5));

        Assert.Null(Clem.Hears<MembersNotChanged>().Reason);
    }

    [Fact]
    public void Who_does_not_lead_sends_on_to_who_does()
    {
        FollowsAnn(term: 5);

        Clem.Says(Asks(new MemberChange.Remove(Bea.Id)));

        var no = Clem.Hears<MembersNotChanged>();
        Assert.Equal((null, Ann.Id), (no.Reason, no.View.Leader));
    }

    [Fact]
    public void Who_has_left_is_told_so_with_its_next_answer_and_let_go_of_when_it_is_silent()
    {
        LeadsInHarmony(term: 5);
        Clem.Says(Asks(new MemberChange.Remove(Bea.Id)));
        Disk.CatchesUp();
        Ann.Accepts(5, 2);
        Bea.Accepts(5, 2);
        Disk.CatchesUp();
        Ann.Accepts(5, 3);
        Assert.Equal("(ann sam)", $"{Clem.Hears<MembersChanged>().Members}");
        Assert.Contains(Bea.HearsAll(), message => message is AppendEntries { Entries.Last.Index: var last } && last == At(3));

        Bea.Accepts(5, 3);
        Bea.Hears<RemovalNotice>();
        for (var beat = 0; beat < 9; beat++) Beat();
        Assert.NotEmpty(Bea.HearsAll());
        for (var beat = 0; beat < 2; beat++) Beat();
        Bea.HearsAll();
        for (var beat = 0; beat < 2; beat++) Beat();

        Bea.HearsNothing();
        Assert.NotEmpty(Ann.HearsAll());

        void Beat()
        {
            Wait(50);
            Ann.Accepts(5, 3);
        }
    }

    private static ChangeMembers Asks(params MemberChange[] changes) => new(7, changes);

    private static Member Learner(Peer peer) => new(peer.Id, $"{peer.Id}:4053", MemberRole.Learner);

    /// <summary>Cid is a member that does not vote, and has all but the entry that names its disk; all is committed.</summary>
    private void HasLearner(MemberRole role = MemberRole.Learner)
    {
        LeadsInHarmony(term: 5);
        Clem.Says(Asks(new MemberChange.Add(Learner(Cid) with { Role = role })));
        Cid.Accepts(5, 1);
        Disk.CatchesUp();
        Ann.Accepts(5, 3);
        Bea.Accepts(5, 3);
        ForgetAllThatWasSaid();
        Assert.Equal(At(3), Indexes().Commit);
    }

    /// <summary>Cid and Tim take Bea's and Sam's place; entry 5 says so, and is on Sam's disk only.</summary>
    private void IsReplacingTwo()
    {
        LeadsInHarmony(term: 5);
        Clem.Says(Asks(
            new MemberChange.Add(Learner(Cid) with { Role = MemberRole.Replica }),
            new MemberChange.Add(Learner(Tim) with { Role = MemberRole.Replica })));
        Cid.Accepts(5, 2);
        Tim.Accepts(5, 2);
        Disk.CatchesUp();
        Ann.Accepts(5, 4);
        foreach (var listener in new[] { Clem, Cid, Tim }) listener.HearsAll();
        Clem.Says(Asks(
            new MemberChange.Remove(Sam), new MemberChange.Remove(Bea.Id),
            new MemberChange.SetRole(Cid.Id, MemberRole.Voter), new MemberChange.SetRole(Tim.Id, MemberRole.Voter)));
        Disk.CatchesUp();
        ForgetAllThatWasSaid();
    }

    private Peer Named(string name) => new[] { Ann, Bea, Cid, Tim }.Single(peer => peer.Id.Value == name);

    /// <summary>The configuration that Sam has written.</summary>
    private string Written()
    {
        var entry = Assert.Single(Disk.Takes().Entries);
        Assert.Equal(EntryKind.Configuration, entry.Kind);
        Assert.True(ConfigurationCodec.TryDecode(entry.Payload.Span, out var configuration));
        return $"{configuration}";
    }
}
