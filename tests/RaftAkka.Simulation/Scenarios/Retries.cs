using RaftAkka.Simulation.Breaks;
using RaftAkka.Simulation.Judging;
using RaftAkka.Simulation.Worlds;
using Xunit;

namespace RaftAkka.Simulation.Scenarios;

public sealed class Retries
{
    [Fact]
    public void A_command_whose_answer_was_lost_with_the_leader_is_applied_once()
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            var story = Story.WithServers(3, seed);
            story.Puts("ann", "k");
            var leader = story.Leader;

            // The entry is committed and applied, and the client hears nothing of it: it must ask another leader.
            story.World.Network.Cut(leader.Name, "ann");
            var applied = story.World.Machines.CommandsApplied;
            story.User("ann").Put("k");
            story.RunUntil(() => story.World.Machines.CommandsApplied > applied, "the leader applies it");
            leader.LosePower("before it could answer");
            story.World.Network.MendAll();

            story.RunUntil(() => !story.User("ann").IsWaiting, "ann hears of it");
            Assert.Equal(Outcome.Known, story.User("ann").LastOutcome);
            Assert.Equal(applied + 1, story.World.Machines.CommandsApplied);
            story.EndsWell();
        }
    }

    [Fact]
    public void A_leader_that_loses_office_and_wins_it_again_gives_everyone_their_own_answers()
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            var story = Story.WithServers(3, seed);
            var old = story.Leader;
            string[] users = ["ann", "bea", "cid", "dan"];
            foreach (var user in users) story.Puts(user, user);

            // What these propose gets indexes that the next leader uses for others' commands.
            story.Isolate(old);
            foreach (var user in users) story.User(user).Put(user);
            story.RunUntil(() => story.World.Leader != old, "the others elect another leader");
            story.Puts("eve", "k");
            story.World.Network.MendAll();
            story.RunUntil(() => users.All(user => !story.User(user).IsWaiting), "all hear of their puts");

            // The same happens to the next one, until the old leader has won again.
            while (story.Leader is var next && next != old)
            {
                story.Isolate(next);
                foreach (var user in users) story.User(user).Swap(user);
                story.RunUntil(() => story.World.Leader != next, "the others elect another leader again");
                story.World.Network.MendAll();
                story.RunUntil(() => users.All(user => !story.User(user).IsWaiting), "all hear of their swaps");
            }

            story.EndsWell();
        }
    }

    [Fact]
    public void An_old_write_that_becomes_durable_late_does_not_vouch_for_the_entry_that_replaced_it()
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            var story = WithAnOldWriteUnderWay(seed, Breakage.None);
            story.Puts("bea", "k");
            story.EndsWell();
        }
    }

    [Fact]
    public void An_old_write_that_vouches_for_the_entry_that_replaced_it_is_caught()
    {
        var world = WithAnOldWriteUnderWay(seed: 1, AllBreaks.Make("stale-ticket")).World;

        world.Run(5 * Story.Second);

        Assert.StartsWith("what is acknowledged", world.Violations.Found[0].Promise, StringComparison.Ordinal);
    }

    [Fact]
    public void A_client_that_was_silent_for_long_goes_on_with_its_session()
    {
        var story = Story.WithServers(3);
        story.Puts("ann", "k");
        story.RunFor(TimeSpan.FromMinutes(10));
        var commands = story.World.Machines.CommandsApplied;

        story.Puts("ann", "k");

        Assert.Equal(commands + 1, story.World.Machines.CommandsApplied);
        story.EndsWell();
    }

    // A follower had entries 4 to 8 of an old leader. Its slow disk is writing the next leader's term while it gets
    // that leader's entry 4: the write of the term must not vouch for this one, though "8" is on disk.
    private static Story WithAnOldWriteUnderWay(ulong seed, Breakage breakage)
    {
        var story = Story.WithServers(5, seed, breakage);
        story.Puts("ann", "k");
        var (leader, slow) = (story.Leader, story.Followers[0]);
        var last = story.World.Protocol[leader.Id].Submitted.LastIndex;

        var others = story.World.Servers.Where(server => server != leader && server != slow);
        story.World.Network.Split([leader.Name, slow.Name], [.. others.Select(server => server.Name)]);
        for (var put = 0; put < 5; put++)
        {
            story.User("ann").Put("k");
            story.RunFor(Story.Second / 50);
        }

        Assert.Equal(last + 5, story.World.Protocol[slow.Id].Durable.LastIndex);

        leader.LosePower("with everything that only one other has");
        slow.Disk.Faults.SlowedBy = Story.Second;
        story.World.Network.MendAll();
        story.RunUntil(() => story.World.Leader is { } next && next != leader, "the others elect another leader");
        return story;
    }
}
