using RaftAkka.Simulation.Judging;
using Xunit;

namespace RaftAkka.Simulation.Scenarios;

public sealed class Partitions
{
    [Fact]
    public void The_side_with_the_majority_serves_and_the_other_does_not()
    {
        var story = Story.WithServers(5);
        var (leader, friend) = (story.Leader, story.Followers[0]);
        var others = story.World.Servers.Where(server => server != leader && server != friend).ToArray();
        story.World.Network.Split([leader.Name, friend.Name, "cutoff"], [.. others.Select(server => server.Name)]);

        var cutOff = story.User("cutoff");
        cutOff.Timeout = 3 * Story.Second;
        cutOff.Put("k");
        story.Puts("ann", "k");
        story.RunUntil(() => !cutOff.IsWaiting, "the one on the small side gives up");

        Assert.NotEqual(Outcome.Known, cutOff.LastOutcome);
        story.EndsWell();
    }

    [Fact]
    public void A_leader_that_woke_from_a_pause_serves_no_stale_read()
    {
        var story = Story.WithServers(3);
        story.Puts("ann", "k");
        var old = story.Leader;

        // A read is on its way to the leader when it stops.
        story.User("bea").Get("k");
        old.Host!.Pause();
        story.RunUntil(() => story.World.Leader != old, "the others elect another leader");
        story.Puts("ann", "k");
        old.Host!.Resume();

        story.RunUntil(() => !story.User("bea").IsWaiting, "the read ends");
        story.EndsWell();
    }

    [Fact]
    public void A_bridge_between_two_halves_keeps_the_service_going_without_an_election_storm()
    {
        var story = Story.WithServers(5);
        var names = story.World.Servers.Select(server => server.Name).ToArray();
        story.World.Network.Split([names[0], names[1]], [names[3], names[4]]);

        story.RunFor(5 * Story.Second);
        var elections = story.World.Protocol.Elections;
        for (var put = 0; put < 20; put++) story.Puts("ann", "k");
        story.RunFor(20 * Story.Second);

        Assert.InRange(story.World.Protocol.Elections - elections, 0, 2);
        story.EndsWell();
    }

    [Fact]
    public void A_follower_on_a_flapping_link_does_not_depose_the_leader()
    {
        var story = Story.WithServers(3);
        var (leader, follower) = (story.Leader, story.Followers[0]);
        var elections = story.World.Protocol.Elections;

        for (var flap = 0; flap < 20; flap++)
        {
            story.Isolate(follower);
            story.RunFor(Story.Second);
            story.World.Network.MendAll();
            story.RunFor(Story.Second / 4);
        }

        Assert.Equal((elections, leader), (story.World.Protocol.Elections, story.Leader));
        story.EndsWell();
    }

    [Fact]
    public void A_server_that_hears_nobody_but_is_heard_does_not_disturb_the_others()
    {
        var story = Story.WithServers(3);
        var (leader, deaf) = (story.Leader, story.Followers[0]);
        var elections = story.World.Protocol.Elections;
        foreach (var other in story.World.Servers.Where(other => other != deaf))
            story.World.Network.Cut(other.Name, deaf.Name);

        story.RunFor(20 * Story.Second);

        Assert.Equal((elections, leader), (story.World.Protocol.Elections, story.Leader));
        story.EndsWell();
    }

    [Fact]
    public void A_leader_that_is_heard_and_hears_nobody_steps_down_for_one_who_does()
    {
        var story = Story.WithServers(3);
        var deaf = story.Leader;
        foreach (var other in story.Followers) story.World.Network.Cut(other.Name, deaf.Name);

        story.Puts("ann", "k");

        Assert.NotEqual(deaf, story.Leader);
        story.EndsWell();
    }

    // Every way in which links between five servers can be cut, up to the servers' names, that leaves one who sees
    // two others. The logs are the same when it happens: a hub that lacks entries could not win.
    [Fact]
    public void Whatever_links_are_cut_a_server_that_sees_a_majority_is_elected_and_serves_without_a_storm()
    {
        foreach (var links in Graphs.OfFive().Where(Graphs.HasHub))
        {
            var story = Story.WithServers(5, seed: 3);
            foreach (var (left, right) in Graphs.Missing(links))
                story.World.Network.CutBothWays($"s{left + 1}", $"s{right + 1}");

            story.RunFor(10 * Story.Second);
            var elections = story.World.Protocol.Elections;

            story.Puts("ann", "k");
            story.RunFor(10 * Story.Second);
            Assert.Equal(elections, story.World.Protocol.Elections);
            story.EndsWell();
        }
    }
}
