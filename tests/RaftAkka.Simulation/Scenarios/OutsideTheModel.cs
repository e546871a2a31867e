using RaftAkka.Simulation.Disks;
using RaftAkka.Simulation.Judging;
using Xunit;

namespace RaftAkka.Simulation.Scenarios;

/// <summary>What no protocol promises to survive, and an operator or a machine does all the same.</summary>
public sealed class OutsideTheModel
{
    [Fact]
    public void A_server_whose_disk_went_back_harms_nobody()
    {
        var story = Story.WithServers(3);
        story.Puts("ann", "k");
        var victim = story.Followers[0];
        story.RunUntil(() => victim.Applied == story.World.Machines.CommandsApplied, "it has what the others have");
        var (log, snapshots) = (new DiskCopy(victim.Disk), new DiskCopy(victim.SnapshotDisk));
        var before = story.World.Protocol.CopyOf(victim.Id);
        for (var put = 0; put < 20; put++) story.Puts("ann", "k");
        story.RunUntil(() => story.World.Protocol.OutlivesRollback(before), "the others have enough without it");

        victim.IsDamaged = true;
        victim.LosePower("to get its disk of before");
        log.PutBack(victim.Disk);
        snapshots.PutBack(victim.SnapshotDisk);
        story.World.Protocol.OnRolledBack(before);
        victim.Start();

        story.RunFor(2 * Story.Second);
        story.Puts("bea", "k");
        story.Gets("ann", "k");
    }

    [Fact]
    public void A_cluster_set_up_anew_serves_a_client_that_lived_before_it()
    {
        var story = Story.WithServers(3);
        story.Puts("ann", "k");
        var ann = story.User("ann");
        ann.Timeout = 10 * Story.Second;

        story.World.TearDown();
        ann.Put("k");   // Waits for a cluster that has never heard of its session.
        story.RunFor(4 * Story.Second);
        story.World.SetUpAnew();
        story.World.StartServers();
        story.RunUntil(() => !ann.IsWaiting, "ann hears of the put", within: 20 * Story.Second);

        Assert.NotEqual(Outcome.Known, ann.LastOutcome);
        story.Puts("ann", "k");
        foreach (var operations in story.World.History.Epochs)
            Assert.True(Judge.Check(operations, Budget.Steps(10_000)).IsLinearizable);
    }

    [Fact]
    public void Time_that_passes_between_two_looks_at_the_clock_harms_nobody()
    {
        var story = new Story(3);
        foreach (var server in story.World.Servers) server.LateLookRate = 0.2;
        story.World.StartServers();
        for (var put = 0; put < 20; put++) story.Puts("ann", "k");

        Assert.True(story.World.Servers.Sum(server => server.LateLooks) > 20, "nobody looked late");
        story.EndsWell();
    }
}
