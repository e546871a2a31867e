using RaftAkka.Simulation.Disks;
using RaftAkka.Simulation.Worlds;
using Xunit;

namespace RaftAkka.Simulation.Scenarios;

public sealed class Crashes
{
    [Fact]
    public void A_voter_that_crashes_at_any_step_of_granting_its_vote_votes_once()
    {
        for (var step = 1; step <= 40; step++)
        {
            var story = Story.WithServers(3, seed: (ulong)step);
            var (leader, voter) = (story.Leader, story.Followers[0]);
            leader.Kill("for an election");
            voter.Host!.CrashAtStep(step, at => LosePowerAndReturn(story, voter, at));

            story.RunFor(2 * Story.Second);
            story.EndsWell();
        }
    }

    [Fact]
    public void A_leader_that_loses_its_power_at_any_step_of_a_write_loses_nothing_acknowledged()
    {
        for (var step = 1; step <= 60; step++)
        {
            var story = Story.WithServers(3, seed: (ulong)step);
            var leader = story.Leader;
            leader.Disk.Faults.CrashMode = step % 2 == 0 ? CrashMode.LoseUnsynced : CrashMode.TearUnsynced;
            leader.Host!.CrashAtStep(step, at => LosePowerAndReturn(story, leader, at));

            for (var put = 0; put < 5; put++) story.Puts("ann", "k");

            Assert.Equal("1.5", story.Gets("bea", "k"));
            story.EndsWell();
        }
    }

    [Fact]
    public void Every_acknowledged_write_outlives_a_blackout()
    {
        var story = Story.WithServers(5);
        for (var put = 0; put < 20; put++) story.Puts("ann", "k");

        foreach (var server in story.World.Servers)
        {
            server.Disk.Faults.CrashMode = CrashMode.LoseUnsynced;
            server.LosePower("in a blackout");
        }

        story.World.StartServers();
        Assert.StartsWith("1.20", story.Gets("ann", "k"), StringComparison.Ordinal);
        story.EndsWell();
    }

    [Fact]
    public void A_server_that_starts_again_on_its_address_serves_within_two_seconds()
    {
        var story = Story.WithServers(3);
        story.Puts("ann", "k");
        var follower = story.Followers[0];

        follower.Kill("once");
        story.Puts("ann", "k");
        follower.Start();

        story.RunUntil(
            () => follower.Applied == story.World.Machines.CommandsApplied, "it has caught up", 2 * Story.Second);
        story.EndsWell();
    }

    [Fact]
    public void A_follower_that_was_away_for_long_catches_up_from_the_disks_of_the_others()
    {
        // Its entries have long left the leader's memory.
        var story = Story.WithServers(3);
        var absent = story.Followers[0];
        absent.LosePower("for long");
        for (var put = 0; put < 200; put++) story.Puts("ann", $"k{put % 7}");

        absent.Start();

        story.EndsWell();
    }

    [Fact]
    public void A_failed_sync_stops_the_node_and_nothing_of_it_is_acknowledged()
    {
        var story = Story.WithServers(3);
        var leader = story.Leader;
        leader.Disk.Faults.SyncErrorRate = 1;

        story.Puts("ann", "k");

        Assert.False(leader.IsUp);
        Assert.Contains("sync", leader.Failure!.Message, StringComparison.Ordinal);
        leader.Disk.Faults.Heal();
        leader.Disk.LosePower();
        story.EndsWell();
    }

    [Fact]
    public void A_full_disk_costs_no_acknowledged_write_and_the_node_goes_on_when_there_is_space()
    {
        var story = Story.WithServers(3);
        foreach (var server in story.World.Servers) server.Disk.Faults.IsFull = true;
        for (var put = 0; put < 400; put++) story.User("ann").Put("k");
        story.RunFor(8 * Story.Second);
        Assert.All(story.World.Servers, server => Assert.True(server.IsUp && server.Disk.Counts.Full > 0));

        foreach (var server in story.World.Servers) server.Disk.Faults.IsFull = false;

        story.RunFor(3 * Story.Second);
        story.EndsWell();
    }

    [Fact]
    public void A_leader_whose_disk_hangs_lets_another_lead()
    {
        var story = Story.WithServers(3);
        var leader = story.Leader;
        leader.Disk.Faults.SlowedBy = TimeSpan.FromSeconds(4);

        story.Puts("ann", "k");
        story.RunFor(5 * Story.Second);
        story.Puts("ann", "k");

        Assert.NotEqual(leader, story.Leader);
        leader.Disk.Faults.SlowedBy = TimeSpan.Zero;
        story.RunFor(10 * Story.Second);   // What it had begun takes as long as it takes.
        story.EndsWell();
    }

    [Fact]
    public void A_leader_whose_disk_is_slow_but_answers_in_time_stays_in_office()
    {
        var story = Story.WithServers(3);
        var (leader, elections) = (story.Leader, story.World.Protocol.Elections);
        leader.Disk.Faults.SlowedBy = TimeSpan.FromMilliseconds(200);

        story.Puts("ann", "k");
        story.RunFor(5 * Story.Second);

        Assert.Equal(elections, story.World.Protocol.Elections);
        story.EndsWell();
    }

    private static void LosePowerAndReturn(Story story, SimulatedServer server, string step)
    {
        server.LosePower($"at step '{step}'");
        story.World.Loop.Agenda.Plan(story.World.Loop.Now + TimeSpan.FromMilliseconds(200), null, server.Start);
    }
}
