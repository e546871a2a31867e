using RaftAkka.Simulation.Breaks;
using RaftAkka.Simulation.Worlds;
using Xunit;

namespace RaftAkka.Simulation.Scenarios;

public sealed class PaperFigures
{
    [Fact]
    public void Figure_7_six_diverged_followers_all_take_the_leaders_log()
    {
        // The leader at the top of the figure, with the followers (a) to (f) below it.
        var story = new Story(servers: 7);
        story.GivesLog(1, term: 7, 1, 1, 1, 4, 4, 5, 5, 6, 6, 6);
        story.GivesLog(2, term: 6, 1, 1, 1, 4, 4, 5, 5, 6, 6);
        story.GivesLog(3, term: 4, 1, 1, 1, 4);
        story.GivesLog(4, term: 6, 1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6);
        story.GivesLog(5, term: 7, 1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7);
        story.GivesLog(6, term: 4, 1, 1, 1, 4, 4, 4, 4);
        story.GivesLog(7, term: 3, 1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3);

        // (c) and (d), whose logs are longer, come back only when the leader has won.
        story.Start(1, 2, 3, 6, 7);
        Assert.Equal(story.World[1], story.Leader);
        story.Start(4, 5);

        story.EndsWell();
        Assert.StartsWith("1 1 1 4 4 5 5 6 6 6 8", story.LogOf(7), StringComparison.Ordinal);
    }

    [Fact]
    public void Figure_8_an_old_entry_on_a_majority_is_overwritten_because_it_was_not_committed()
    {
        var story = Figure8C(Breakage.None);

        // (d): S1 is gone, and S5, which is the first to notice, wins with its later term.
        foreach (var number in new[] { 2, 3, 4 }) story.World[number].ClockRate = 0.1;
        story.Start(2, 3, 4, 5);
        Assert.Equal(story.World[5], story.Leader);

        story.Start(1);
        story.EndsWell();
        Assert.StartsWith("1 3 ", story.LogOf(1), StringComparison.Ordinal);
    }

    [Fact]
    public void Figure_8_a_leader_commits_an_old_entry_only_with_one_of_its_own_term()
    {
        // (e): S1 wins again before S5 is back, and its own entry reaches a majority.
        var story = Figure8C(Breakage.None);
        story.Start(1, 2, 3);
        Assert.Equal(story.World[1], story.Leader);
        story.Puts("ann", "k");

        story.Start(4, 5);
        story.EndsWell();
        Assert.StartsWith("1 2 ", story.LogOf(5), StringComparison.Ordinal);
    }

    [Fact]
    public void Figure_8_counting_an_old_entry_is_caught()
    {
        var story = Figure8C(AllBreaks.Make("commit-old-term"));
        story.Start(1, 2, 3);

        story.World.Run(5 * Story.Second);

        Assert.Contains("§5.4.2", Assert.Single(story.World.Violations.Found).Promise, StringComparison.Ordinal);
    }

    // The moment (c): an entry of term 2 lies on S1, S2 and S3, and S5 has one of term 3 at the same place.
    private static Story Figure8C(Breakage breakage)
    {
        // One entry a message, so that the old entry is on a majority before the leader's own is.
        var oneByOne = new WorldSettings().Node with { AppendBytesMax = 1, WindowEntriesMax = 1 };
        var story = new Story(servers: 5, breakage: breakage, node: oneByOne);
        story.GivesLog(1, term: 4, 1, 2, 4);
        story.GivesLog(2, term: 4, 1, 2);
        story.GivesLog(3, term: 4, 1, 2);
        story.GivesLog(4, term: 3, 1);
        story.GivesLog(5, term: 3, 1, 3);
        return story;
    }
}
