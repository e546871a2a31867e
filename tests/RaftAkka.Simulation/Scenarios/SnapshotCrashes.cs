using RaftAkka.Simulation.Disks;
using RaftAkka.Simulation.Engine;
using RaftAkka.Simulation.Worlds;
using Xunit;

namespace RaftAkka.Simulation.Scenarios;

/// <summary>
/// Snapshots of every dozen entries, in parts of a few hundred bytes, and a crash at every step of taking, sending and
/// installing one: between two parts, before and after each sync, rename and compaction.
/// </summary>
public sealed class SnapshotCrashes
{
    private static readonly RaftNodeSettings Often = new WorldSettings().Node with
    {
        SegmentBytes = 4 * 1024,
        SnapshotEveryEntries = 12,
        SnapshotKeepEntries = 0,
        SnapshotsKept = 1,
    };

    [Fact]
    public void A_server_alone_that_crashes_at_any_step_of_taking_a_snapshot_forgets_nothing()
    {
        for (ulong step = 1; step <= 120; step++)
        {
            var story = new Story(servers: 1, seed: step, node: Often);
            var server = story.World[1];
            server.Start();
            for (var put = 0; put < 8; put++) story.Puts("ann", $"k{put % 3}");

            CrashAtStep(story, server, (int)step);
            for (var put = 8; put < 24; put++) story.Puts("ann", $"k{put % 3}");

            Assert.StartsWith("1.24", story.Gets("ann", $"k{23 % 3}"), StringComparison.Ordinal);
            story.EndsWell();
        }
    }

    [Fact]
    public void A_follower_that_crashes_at_any_step_of_an_installation_has_the_old_state_or_the_new()
    {
        var installed = 0;
        for (ulong step = 1; step <= 90; step++)
        {
            var (story, absent) = WithAFollowerFarBehind(seed: step);

            absent.Start();
            CrashAtStep(story, absent, (int)step);

            story.EndsWell();
            installed += story.World.Protocol.Installations;
        }

        Assert.True(installed >= 80, $"only {installed} snapshots were installed");
    }

    [Fact]
    public void A_leader_that_crashes_at_any_step_of_an_installation_is_replaced_and_the_next_one_finishes_it()
    {
        for (ulong step = 1; step <= 60; step++)
        {
            var (story, absent) = WithAFollowerFarBehind(seed: step);

            absent.Start();
            CrashAtStep(story, story.Leader, (int)step);

            story.EndsWell();
        }
    }

    [Fact]
    public void A_blackout_at_any_moment_of_an_installation_leaves_every_server_a_state_to_start_from()
    {
        for (ulong seed = 1; seed <= 60; seed++)
        {
            var (story, absent) = WithAFollowerFarBehind(seed);

            absent.Start();
            story.RunFor(TimeSpan.FromMilliseconds(2 * seed));
            foreach (var server in story.World.Servers) server.LosePower("in a blackout");
            story.World.StartServers();

            story.EndsWell();
        }
    }

    [Fact]
    public void A_link_that_loses_half_of_all_parts_only_delays_an_installation()
    {
        var (story, absent) = WithAFollowerFarBehind(seed: 7);
        (story.World.Network.Faults.DropRate, story.World.Network.Faults.DuplicateRate) = (0.5, 0.2);
        story.World.Network.Faults.ReorderRate = 0.3;

        absent.Start();
        story.RunUntil(() => absent.Applied > 0, "the snapshot is there", 60 * Story.Second);

        story.World.Network.Faults.Heal();
        story.EndsWell();
    }

    // One of three servers was away while the others wrote, and compacted their logs.
    private static (Story Story, SimulatedServer Absent) WithAFollowerFarBehind(ulong seed)
    {
        var story = new Story(servers: 3, seed, node: Often);
        story.World.StartServers();
        var absent = story.Followers[0];
        absent.LosePower("for long");
        for (var put = 0; put < 30; put++) story.Puts("ann", $"k{put % 20}");
        Assert.True(story.World.Protocol.Compactions > 0);
        return (story, absent);
    }

    private static void CrashAtStep(Story story, SimulatedServer server, int step)
    {
        var mode = new Dice((ulong)step).Pick(Enum.GetValues<CrashMode>());
        (server.Disk.Faults.CrashMode, server.SnapshotDisk.Faults.CrashMode) = (mode, mode);
        server.Host!.CrashAtStep(step, at =>
        {
            server.LosePower($"at step '{at}'");
            story.World.Loop.Agenda.Plan(story.World.Loop.Now + TimeSpan.FromMilliseconds(100), null, server.Start);
        });
    }
}
