using RaftAkka.Protocol;
using RaftAkka.Server;
using RaftAkka.Simulation.Judging;
using Xunit;

namespace RaftAkka.Simulation.Scenarios;

/// <summary>Members change, and leaders hand over, while servers fail.</summary>
public sealed class Memberships
{
    [Fact]
    public void A_leader_that_dies_before_it_leaves_the_joint_configuration_leaves_that_to_the_next_one()
    {
        var story = Serving(5);
        var leader = story.Leader;
        var goes = story.Followers[0];
        leader.Ask(Asks(new MemberChange.Remove(goes.Id)), _ => { });
        story.RunUntil(() => HaveJoint(story, atLeast: 3), "the joint configuration is on a majority");
        leader.Kill("half-way through a change");

        story.RunUntil(() => story.World.Protocol.Members is { IsJoint: false, Members.Length: 4 }, "the change is over");
        goes.TakeAway();
        story.EndsWell();
    }

    [Fact]
    public void A_leader_removes_itself_and_another_one_goes_on_at_once()
    {
        var story = Serving(3);
        var leader = story.Leader;
        var answers = new List<object>();
        leader.Ask(Asks(new MemberChange.Remove(leader.Id)), answers.Add);

        story.RunUntil(() => answers.Count > 0, "the change is made");
        Assert.IsType<MembersChanged>(Assert.Single(answers));
        story.RunUntil(() => story.World.Leader is { } next && next != leader, "another one leads", Story.Second / 4);
        leader.TakeAway();
        story.EndsWell();
    }

    [Fact]
    public void Of_two_leaders_apart_only_the_one_with_a_majority_changes_members()
    {
        var story = Serving(5);
        var (old, friend) = (story.Leader, story.Followers[0]);
        var others = story.World.Servers.Where(server => server != old && server != friend).ToArray();
        story.World.Network.Split([old.Name, friend.Name], [.. others.Select(server => server.Name)]);
        old.Ask(Asks(new MemberChange.Remove(others[0].Id)), _ => { });
        story.RunUntil(() => story.World.Leader is { } leader && others.Contains(leader), "the larger side elects");

        var answers = new List<object>();
        story.RunUntil(() => Ask(), "the larger side changes members");
        story.RunFor(Story.Second);
        Assert.Null(story.World.Protocol.Members.Find(friend.Id));
        Assert.NotNull(story.World.Protocol.Members.Find(others[0].Id));
        friend.TakeAway();
        story.EndsWell();

        bool Ask()
        {
            if (answers.LastOrDefault() is MembersChanged) return true;
            if (answers.LastOrDefault() is MembersNotChanged or null)
            {
                answers.Clear();
                answers.Add("asked");
                story.World.Leader?.Ask(Asks(new MemberChange.Remove(friend.Id)), answers.Add);
            }

            return false;
        }
    }

    [Fact]
    public void A_hand_over_to_a_server_that_is_gone_is_given_up_and_the_leader_serves_on()
    {
        var story = Serving(3);
        var (leader, target) = (story.Leader, story.Followers[0]);
        target.Kill("before the hand-over");
        var answers = new List<object>();

        leader.Ask(new HandOverLeadership(1, target.Id), answers.Add);
        story.User("bea").Put("k");
        story.RunUntil(() => !story.User("bea").IsWaiting, "writes go on", Story.Second / 2);

        Assert.IsType<NotHandedOver>(Assert.Single(answers));
        Assert.Equal((Outcome.Known, leader), (story.User("bea").LastOutcome, story.Leader));
        story.EndsWell();
    }

    [Fact]
    public void A_hand_over_loses_no_write_and_elects_once()
    {
        var story = Serving(3);
        var (leader, target) = (story.Leader, story.Followers[0]);
        var elections = story.World.Protocol.Elections;

        story.User("bea").Put("k");
        leader.Ask(new HandOverLeadership(1, target.Id), _ => { });
        story.RunUntil(() => story.World.Leader == target, "the target leads", Story.Second / 10);
        story.RunUntil(() => !story.User("bea").IsWaiting, "the write is done");

        Assert.Equal(Outcome.Known, story.User("bea").LastOutcome);
        Assert.Equal(elections + 1, story.World.Protocol.Elections);
        story.EndsWell();
    }

    [Fact]
    public void A_replica_never_leads_whoever_else_is_gone()
    {
        var story = Serving(3);
        var replica = story.World.AddServer();
        replica.Start();
        story.Leader.Ask(Asks(new MemberChange.Add(new Member(replica.Id, replica.Addresses[0], MemberRole.Replica))), _ => { });
        story.RunUntil(() => story.World.Protocol.Members.Find(replica.Id) is not null, "it is a member");
        story.Puts("ann", "k");
        story.RunUntil(() => replica.Applied == story.World.Machines.CommandsApplied, "it has what the others have");

        var voters = story.World.Servers.Where(server => server != replica).ToArray();
        foreach (var voter in voters) voter.Kill("to leave the replica alone");
        story.RunFor(10 * Story.Second);

        Assert.NotEqual(replica, story.World.Leader);
        story.EndsWell();
    }

    // The one voter that is left lacks the entry that says so; those who have it vote no more by it.
    [Fact]
    public void Servers_that_a_change_takes_the_vote_from_have_it_committed_when_nobody_else_can()
    {
        var story = Serving(3);
        var leader = story.Leader;
        var (goes, stays) = (story.Followers[0], story.Followers[1]);
        leader.Ask(Asks(new MemberChange.Remove(leader.Id), new MemberChange.Remove(goes.Id)), _ => { });
        story.RunUntil(() => HaveJoint(story, atLeast: 3), "all have the joint configuration");
        story.World.Network.Cut(leader.Name, stays.Name);   // Its word still reaches the leader.
        story.World.Network.Cut(goes.Name, stays.Name);
        story.RunUntil(() => story.World.Protocol.MembersOf(goes.Id) is { IsJoint: false, Members.Length: 1 }, "it is left");
        leader.Kill("before the voter that is left has heard");
        story.World.Network.MendAll();
        Assert.True(story.World.Protocol.MembersOf(stays.Id).IsJoint);

        story.RunUntil(() => story.World.Protocol.Members is { IsJoint: false, Members.Length: 1 }, "the change is over");
        leader.TakeAway();
        goes.TakeAway();
        story.EndsWell();
    }

    private static Story Serving(int servers)
    {
        var story = Story.WithServers(servers);
        story.Puts("ann", "k");
        return story;
    }

    private static ChangeMembers Asks(params MemberChange[] changes) => new(1, changes);

    private static bool HaveJoint(Story story, int atLeast) =>
        story.World.Servers.Count(server => story.World.Protocol.MembersOf(server.Id).IsJoint) >= atLeast;
}
