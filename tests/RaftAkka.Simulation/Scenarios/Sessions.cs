using RaftAkka.Simulation.Judging;
using RaftAkka.Simulation.Worlds;
using Xunit;

namespace RaftAkka.Simulation.Scenarios;

/// <summary>Sessions that expire by the time in the log. The timeout is two seconds.</summary>
public sealed class Sessions
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    [Fact]
    public void A_retry_across_an_expiry_is_not_applied_again_and_its_outcome_is_called_unknown()
    {
        for (ulong seed = 1; seed <= 10; seed++)
        {
            var story = Begin(seed);
            story.Puts("ann", "k");
            var ann = story.User("ann");
            ann.Timeout = TimeSpan.FromMinutes(1);

            // The command is applied, and its answer does not come.
            var applied = story.World.Machines.CommandsApplied;
            ann.Put("k");
            story.World.Network.Cut(story.Leader.Name, "ann");
            story.RunUntil(() => story.World.Machines.CommandsApplied > applied, "the leader applies it");
            foreach (var server in story.World.Servers) story.World.Network.CutBothWays(server.Name, "ann");
            story.RunFor(3 * Timeout);

            story.World.Network.MendAll();
            story.RunUntil(() => !ann.IsWaiting, "ann hears of the put", within: TimeSpan.FromMinutes(1));

            Assert.Equal(Outcome.Unknown, ann.LastOutcome);
            Assert.Equal(applied + 1, story.World.Machines.CommandsApplied);
            story.Puts("ann", "k");   // In a new session.
            story.EndsWell();
        }
    }

    [Fact]
    public void A_client_that_was_cut_off_with_nothing_on_its_way_notices_nothing()
    {
        var story = Begin(seed: 1);
        story.Puts("ann", "k");
        foreach (var server in story.World.Servers) story.World.Network.CutBothWays(server.Name, "ann");
        story.RunFor(3 * Timeout);
        story.RunUntil(() => story.World.Sessions.Count == 0, "ann's session expires");
        story.World.Network.MendAll();

        story.Puts("ann", "k");

        story.EndsWell();
    }

    [Fact]
    public void A_silent_client_that_renews_keeps_its_session_through_changes_of_the_leader()
    {
        var story = Begin(seed: 1);
        story.Puts("ann", "k");
        for (var change = 0; change < 4; change++)
        {
            story.RunFor(3 * Timeout);
            var old = story.Leader;
            old.Kill("for a change");
            story.RunUntil(() => story.World.Leader is { } next && next != old, "there is another leader");
            old.Start();
        }

        story.RunFor(3 * Timeout);

        Assert.Equal((1, 1), (story.World.Sessions.Count, story.World.Sessions.CountMax));
        story.Puts("ann", "k");
        Assert.Equal(1, story.World.Sessions.CountMax);   // The same one.
        story.EndsWell();
    }

    [Fact]
    public void Time_without_a_leader_does_not_count()
    {
        var story = Begin(seed: 1);
        story.Puts("ann", "k");
        story.RunFor(Timeout);
        var time = story.World.Sessions.Time;
        foreach (var server in story.World.Servers) server.LosePower("for days");
        story.RunFor(TimeSpan.FromDays(3));

        foreach (var server in story.World.Servers) server.Start();
        story.RunFor(3 * Timeout);

        Assert.InRange(story.World.Sessions.Time - time, Timeout, 4 * Timeout);
        Assert.Equal((1, 1), (story.World.Sessions.Count, story.World.Sessions.CountMax));
        story.EndsWell();
    }

    [Fact]
    public void An_idle_cluster_without_sessions_writes_nothing()
    {
        var story = Begin(seed: 1);
        story.Puts("ann", "k");
        foreach (var server in story.World.Servers) story.World.Network.CutBothWays(server.Name, "ann");
        story.RunUntil(() => story.World.Sessions.Count == 0, "ann's session expires");
        var last = story.World.Protocol.CommittedIndex;

        story.RunFor(TimeSpan.FromMinutes(5));

        Assert.Equal(last, story.World.Protocol.CommittedIndex);
        story.EndsWell();
    }

    [Fact]
    public void A_server_that_goes_on_from_a_snapshot_has_the_same_sessions_as_the_others()
    {
        for (ulong seed = 1; seed <= 10; seed++)
        {
            var story = Begin(seed);
            story.Puts("ann", "k");
            story.Puts("bea", "k");
            var absent = story.Followers[0];
            absent.Kill("to fall behind");

            // Ann's session expires while the follower is away, and bea's goes on.
            foreach (var server in story.World.Servers) story.World.Network.CutBothWays(server.Name, "ann");
            for (var put = 0; put < 40; put++)
            {
                story.Puts("bea", "k");
                story.RunFor(Timeout / 10);
            }

            absent.Start();
            story.RunUntil(() => story.World.Protocol.Installations > 0, "it is sent a snapshot");
            story.World.Network.MendAll();

            story.Puts("ann", "k");
            story.RunFor(3 * Timeout);
            story.EndsWell();   // The world compares the sessions of all servers at every step.
            Assert.True(story.World.Sessions.Compared > 20, "sessions were hardly compared");
        }
    }

    private static Story Begin(ulong seed)
    {
        var story = new Story(3, seed, node: new WorldSettings().Node with
        {
            SessionTimeout = Timeout, SnapshotEveryEntries = 12, SnapshotKeepEntries = 0, SnapshotsKept = 1,
        }, client: new WorldSettings().Client with { KeepAliveInterval = Timeout / 8 });
        story.World.StartServers();
        _ = story.Leader;
        return story;
    }
}
