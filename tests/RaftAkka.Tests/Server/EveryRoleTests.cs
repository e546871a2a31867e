using RaftAkka.Protocol;
using RaftAkka.Tests.Server.Cast;
using Xunit;
using static RaftAkka.Tests.Server.Cast.Logs;

namespace RaftAkka.Tests.Server;

/// <summary>What is true of a server whatever it is at the moment: the gate, and messages meant for another role.</summary>
public sealed class EveryRoleTests : ServerStory
{
    [Theory, MemberData(nameof(Roles))]
    public void A_newer_term_makes_a_follower_of_everyone(ServerRole role)
    {
        Is(role);

        Bea.Accepts(term: 9, matched: 1);

        Assert.Equal((ServerRole.Follower, 9), Role());
        Assert.Equal(new HardState(new Term(9), null), Disk.Takes().HardState);
    }

    [Theory, MemberData(nameof(Roles))]
    public void A_newer_term_within_a_question_for_a_pre_vote_changes_no_term(ServerRole role)
    {
        var (_, term) = Is(role);

        Bea.AsksForPreVote(proposed: 10, last: Id(9, 8), term: 9);

        Assert.Equal(term, Role().Term);
        Disk.HearsNothing();
    }

    [Theory, MemberData(nameof(Roles))]
    public void Messages_of_another_cluster_group_or_of_a_stranger_are_not_listened_to(ServerRole role)
    {
        var before = Is(role);

        Bea.Says(Ballot(Cluster, Group, "zoe"));
        Bea.Says(Ballot(new ClusterId("other"), Group, "bea"));
        Bea.Says(Ballot(Cluster, new GroupName("other"), "bea"));

        Assert.All(Bea.HearsAll(), message => Assert.IsType<AskConfiguration>(message));   // Does anybody know Zoe?
        Disk.HearsNothing();
        Assert.Equal(before, Role());
    }

    [Theory, MemberData(nameof(Roles))]
    public void A_second_process_under_this_servers_name_is_not_listened_to(ServerRole role)
    {
        var before = Is(role);

        Bea.Says(Ballot(Cluster, Group, Sam.Value));
        Bea.Says(new AppendEntries(
            new MessageHeader(Cluster, Group, Sam, new Term(5)), EntryId.Zero, LogSlice.Empty, LogIndex.Zero,
            ReadRound.None));

        Disk.HearsNothing();
        Assert.Equal(before, Role());
    }

    [Theory, MemberData(nameof(Roles))]
    public void Answers_of_an_older_term_mean_nothing(ServerRole role)
    {
        var before = Is(role);

        Bea.PreVotes(proposed: 5, term: 4);
        Bea.Votes(term: 4);
        Bea.Accepts(term: 4, matched: 1);
        Bea.Rejects(term: 4, rejected: Id(1, 4), conflict: Id(1, 0));

        Assert.Equal(before, Role());
        Bea.HearsNothing();
        Disk.HearsNothing();
    }

    [Theory, MemberData(nameof(Roles))]
    public void Refusals_and_late_answers_of_its_own_term_change_no_role(ServerRole role)
    {
        var before = Is(role);

        Bea.PreVotes(proposed: 6, granted: false, term: 5);
        Bea.Votes(term: 5, granted: false);
        if (role != ServerRole.Leader)
        {
            Bea.Accepts(term: 5, matched: 1);
            Bea.Rejects(term: 5, rejected: Id(1, 4), conflict: Id(1, 0));
        }

        Assert.Equal(before, Role());
        Bea.HearsNothing();
        Disk.HearsNothing();
    }

    [Theory, MemberData(nameof(Roles))]
    public void A_server_says_how_it_stands(ServerRole role)
    {
        Is(role);

        var status = Status();

        Assert.Equal((Sam, role, new Term(5)), (status.Server, status.Role, status.View.Term));
        Assert.Equal(["ann", "bea", "sam"], status.View.Members.Select(member => member.Server.Value).Order());
    }

    [Theory, MemberData(nameof(Roles))]
    public void A_disk_that_fills_and_has_space_again_changes_no_role(ServerRole role)
    {
        var before = Is(role);

        Disk.Says(new RaftAkka.Log.LogOutOfSpace("0 bytes are left"));
        Disk.Says(new RaftAkka.Log.LogHasSpace());

        Assert.Equal(before, Role());
    }

    [Fact]
    public void A_message_that_no_leader_would_send_is_dropped()
    {
        FollowsAnn(term: 5, log: [5]);

        // There is no entry before the first.
        DropsWithOneWarning("no log of term 5 has an entry 0@3", () => Ann.Beats(term: 5, previous: Id(0, 3)));

        Ann.HearsNothing();
        Assert.Equal((ServerRole.Follower, 5), Role());
    }

    public static TheoryData<ServerRole> Roles() =>
        [ServerRole.Follower, ServerRole.PreCandidate, ServerRole.Candidate, ServerRole.Leader];

    /// <summary>Brings the server into a role, in term 5.</summary>
    private (ServerRole Role, int Term) Is(ServerRole role)
    {
        switch (role)
        {
            case ServerRole.Follower:     Follows(term: 5);         break;
            case ServerRole.PreCandidate: AsksForPreVotes(term: 5); break;
            case ServerRole.Candidate:    Campaigns(term: 5);       break;
            default:                      Leads(term: 5);           break;
        }

        Assert.Equal((role, 5), Role());
        return Role();
    }

    private static RequestVote Ballot(ClusterId cluster, GroupName group, string sender) =>
        new(new MessageHeader(cluster, group, new ServerId(sender), new Term(9)), Id(9, 8));
}
