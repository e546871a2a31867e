using RaftAkka.Simulation.Judging;
using RaftAkka.Simulation.Worlds;
using Xunit;

namespace RaftAkka.Simulation.Tests;

public sealed class ClusterTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Three_servers_elect_a_leader_and_serve()
    {
        var world = new World(new WorldSettings { Seed = 1, Servers = 3 });
        world.StartServers();
        var ann = new KeyValueUser(world, world.AddClient("ann"), process: 1);

        ann.Put("k");
        Assert.True(world.RunUntil(() => !ann.IsWaiting, 5 * Second), string.Join('\n', world.Events.Recent()));
        Assert.Equal(Outcome.Known, ann.LastOutcome);

        ann.Get("k");
        Assert.True(world.RunUntil(() => !ann.IsWaiting, 5 * Second));
        Assert.Equal("1.1", world.History.Operations[^1].Value);
        Assert.Equal(0, world.Loop.ForeignCalls);
    }
}
