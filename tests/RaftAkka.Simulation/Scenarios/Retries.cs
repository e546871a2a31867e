using Akka.Actor;
using RaftAkka.Protocol;
using RaftAkka.Server;
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
        // Not in every world: the new leader may be the slow server itself.
        var promises = Enumerable.Range(1, 20).SelectMany(seed =>
        {
            var world = WithAnOldWriteUnderWay((ulong)seed, AllBreaks.Make("stale-ticket")).World;
            world.Run(5 * Story.Second);
            return world.Violations.Found.Take(1).Select(found => found.Promise);
        });

        Assert.Contains("what is acknowledged is what the leader sent", promises);
    }

    [Fact]
    public void A_retry_in_a_session_that_has_expired_is_not_applied_again_and_its_outcome_is_called_unknown()
    {
        var story = Story.WithServers(3);
        story.Puts("ann", "k");
        var ann = story.User("ann");
        ann.Timeout = TimeSpan.FromMinutes(1);

        // The command is applied, and its answer does not come.
        var applied = story.World.Machines.CommandsApplied;
        ann.Put("k");
        story.World.Network.Cut(story.Leader.Name, "ann");
        story.RunUntil(() => story.World.Machines.CommandsApplied > applied, "the leader applies it");
        foreach (var server in story.World.Servers) story.World.Network.CutBothWays(server.Name, "ann");

        // So many others register, each on a host of its own, that there is no room for ann's session.
        var last = story.World.Protocol.CommittedIndex;
        for (var number = 1; number <= SessionTable.SessionsMax; number++)
        {
            Register(story.Leader, number);
            if (number % 250 == 0) story.RunUntil(() => story.World.Protocol.CommittedIndex == last + number, "they are registered");
        }

        story.World.Network.MendAll();
        story.RunUntil(() => !ann.IsWaiting, "ann hears of the put", within: TimeSpan.FromMinutes(1));

        Assert.Equal(Outcome.Unknown, ann.LastOutcome);
        Assert.Equal(applied + 1, story.World.Machines.CommandsApplied);
        story.Puts("ann", "k");   // In a new session.
        story.EndsWell();
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

    private static void Register(SimulatedServer leader, long batch)
    {
        var (host, server) = leader.Door(forPeers: true)!.Value;
        host.Run(() => server.Tell(new Propose(
            batch, EntryKind.OpenSession, new SessionOpening(new(7, (ulong)batch), $"host{batch}").Encode()), ActorRefs.NoSender));
    }

    // A follower had five entries of an old leader. Its slow disk is writing the next leader's term while it gets that
    // leader's entry for the first of their places: the write of the term must not vouch for this one, though the last of
    // the five is on disk.
    private static Story WithAnOldWriteUnderWay(ulong seed, Breakage breakage)
    {
        var story = Story.WithServers(5, seed, breakage);
        string[] writers = ["ann", "cid", "dan"];   // Of one alone, no more than two small batches would be on their way.
        foreach (var writer in writers) story.Puts(writer, "k");
        var (leader, slow) = (story.Leader, story.Followers[0]);
        var last = story.World.Protocol[leader.Id].Submitted.LastIndex;

        var others = story.World.Servers.Where(server => server != leader && server != slow);
        story.World.Network.Split([leader.Name, slow.Name], [.. others.Select(server => server.Name)]);
        for (var put = 0; put < 5; put++)
        {
            story.User(writers[put % writers.Length]).Put("k");
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
