using RaftAkka.Simulation.Engine;
using RaftAkka.Simulation.Worlds;
using Xunit;

namespace RaftAkka.Simulation.Scenarios;

public sealed class Churn
{
    private const int Servers = 7;
    private const int DownMax = 2;   // One more, and every one of the others had to be heard.

    // Leaders that fail as soon as they have taken something, so that entries of many terms lie about, and a network
    // that brings them late and in any order.
    [Fact]
    public void A_thousand_rounds_of_figure_8_on_an_unreliable_network()
    {
        var story = Story.WithServers(Servers);
        var dice = new Dice(8).Fork("churn");
        var network = story.World.Network.Faults;
        (network.DropRate, network.DuplicateRate, network.ReorderRate, network.LateRate) = (0.1, 0.05, 0.5, 0.05);
        KeyValueUser[] users = [story.User("ann"), story.User("bea"), story.User("cid")];

        for (var round = 0; round < 1000; round++)
        {
            var leader = story.Leader;
            foreach (var user in users.Where(user => !user.IsWaiting)) user.Act(dice, ["a", "b", "c"]);
            story.RunFor(TimeSpan.FromMilliseconds(dice.Chance(0.1) ? dice.Below(500) : dice.Below(13)));

            leader.LosePower("in office");
            var down = story.World.Servers.Where(server => !server.IsUp).ToArray();
            if (down.Length > DownMax) dice.Pick(down).Start();
        }

        network.Heal();
        foreach (var server in story.World.Servers) server.Start();
        story.RunUntil(() => users.All(user => !user.IsWaiting), "all hear what came of their calls");
        story.EndsWell();
    }
}
