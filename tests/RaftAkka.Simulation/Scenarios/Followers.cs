using RaftAkka.Protocol;
using RaftAkka.Simulation.Breaks;
using RaftAkka.Simulation.Worlds;
using Xunit;

namespace RaftAkka.Simulation.Scenarios;

public sealed class Followers
{
    [Fact]
    public void A_stale_follower_takes_of_a_high_commit_index_no_more_than_the_message_proves()
    {
        var story = WithAStaleFollower(Breakage.None);

        story.RunUntil(() => story.World[3].Applied == story.World.Machines.CommandsApplied, "it catches up");

        Assert.StartsWith("1 1 6", story.LogOf(3), StringComparison.Ordinal);
        story.EndsWell();
    }

    [Fact]
    public void A_stale_follower_that_takes_all_of_it_is_caught()
    {
        var world = WithAStaleFollower(AllBreaks.Make("commit-unproven")).World;

        world.Run(Story.Second);

        Assert.Contains(world.Violations.Found, found => found.Promise == "state machine safety");
    }

    // Two servers commit entry 3 of term 6. The third has another one there, of term 3, and the first it hears is an
    // empty append behind entry 2 with a commit index of at least 3: what they sent before was lost while it was down.
    private static Story WithAStaleFollower(Breakage breakage)
    {
        var story = new Story(servers: 3, breakage: breakage);
        story.GivesLog(1, term: 5, 1, 1);
        story.GivesLog(2, term: 5, 1, 1);
        story.GivesLog(3, term: 3, 1, 1, 3, 3, 3);

        story.Start(1, 2);
        story.Puts("ann", "k");
        Assert.True(story.World.Protocol.CommittedIndex >= new LogIndex(3));

        story.Start(3);
        return story;
    }
}
