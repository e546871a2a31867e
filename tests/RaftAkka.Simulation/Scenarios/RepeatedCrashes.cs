using RaftAkka.Simulation.Disks;
using RaftAkka.Simulation.Engine;
using RaftAkka.Simulation.Worlds;
using Xunit;

namespace RaftAkka.Simulation.Scenarios;

/// <summary>
/// A server alone, so that all of it is its disk's: it crashes at some step of writing, again at some step of
/// recovering from that, and is there with everything that it had acknowledged.
/// </summary>
public sealed class RepeatedCrashes
{
    [Fact]
    public void A_server_that_crashes_while_it_writes_and_again_while_it_recovers_forgets_nothing()
    {
        for (ulong seed = 1; seed <= 400; seed++)
        {
            var dice = new Dice(seed).Fork("crashes");
            // A file of a few records, so that many of the crashes meet the change from one file to the next.
            var tiny = new WorldSettings().Node with { SegmentBytes = 4 * 1024 };
            var story = new Story(servers: 1, seed, node: tiny);
            var server = story.World[1];
            server.Start();
            server.Host!.CrashAtStep(dice.Between(20, 250), _ => End(server, losesPower: dice.Chance(0.5)));
            for (var put = 0; put < 20; put++) story.User("ann").Put("k");
            story.World.RunUntil(() => !server.IsUp, 2 * Story.Second);

            for (var crash = 0; crash < 3; crash++)
            {
                if (dice.Chance(0.5)) server.Disk.Faults.SyncErrorRate = 0.2;
                server.Start();
                server.Host!.CrashAtStep(dice.Between(1, 30), _ => End(server, losesPower: dice.Chance(0.5)));
                story.RunFor(Story.Second / 2);
                server.Kill("to be sure");
                server.Disk.Faults.Heal();
            }

            server.Disk.Faults.CrashMode = dice.Pick(Enum.GetValues<CrashMode>());
            server.LosePower("at last");
            story.EndsWell();
        }
    }

    private static void End(SimulatedServer server, bool losesPower)
    {
        if (losesPower) server.LosePower("in the test");
        else server.Kill("in the test");
    }
}
