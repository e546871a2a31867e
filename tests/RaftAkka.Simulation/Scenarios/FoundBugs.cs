using RaftAkka.Log;
using RaftAkka.Protocol;
using RaftAkka.Server;
using RaftAkka.Simulation.Disks;
using RaftAkka.Simulation.Runs;
using RaftAkka.Simulation.Worlds;
using Xunit;

namespace RaftAkka.Simulation.Scenarios;

/// <summary>
/// Bugs that seeds found in this code. The seeds stay; but what a seed does changes with the code, so that each bug
/// is told as a story, too.
/// </summary>
public sealed class FoundBugs
{
    private static readonly string First = SegmentHeader.NameOf(1);
    private static readonly string Second = SegmentHeader.NameOf(2);

    [Theory]
    [InlineData(5)]     // Acknowledged before the term was on disk.
    [InlineData(268)]   // A segment was sealed before the name of the next one was durable.
    [InlineData(748)]   // The next segment's header vouched for a mark that was not synced.
    [InlineData(862)]   // The one voter that a change left lacked it, and nobody who had it campaigned.
    [InlineData(1192)]  // A follower that had a snapshot already was sent it for ever.
    [InlineData(3382)]  // A server that was behind led a client back to servers long gone.
    [InlineData(44)]    // A round that asked after a rolled-back disk answered reads before an entry of the term was committed.
    [InlineData(700140)]   // A wiped server named a leader without an address to a client that reached nobody else.
    [InlineData(700165)]   // All that clients knew was the word of a server that had been away, and was gone.
    public void A_seed_that_found_a_bug_keeps_every_promise(ulong seed) =>
        Assert.Empty(new SeedRun(seed, new RunSettings()).Run().Violations);

    // It came back in the old term, where the old leader could replace what the new one took for matched.
    [Fact]
    public void Not_even_what_is_on_disk_is_acknowledged_in_a_term_that_is_not()
    {
        var story = Story.WithServers(5);
        story.Puts("ann", "k");
        var follower = story.Followers[0];
        story.RunUntil(() => follower.Applied == story.World.Machines.CommandsApplied, "it has what the others have");

        // Another leader is elected without it, and that leader's first entry does not reach it.
        story.Isolate(follower);
        var old = story.Leader;
        old.Kill("for an election");
        story.RunUntil(() => story.World.Leader is { } leader && leader != old, "another server leads");
        var term = story.World.Protocol[story.Leader.Id].State.Term;
        story.RunFor(Story.Second / 20);

        // It hears a heartbeat, whose term is to be on its disk in two seconds; and loses its power before that.
        follower.Disk.Faults.SlowedBy = 2 * Story.Second;
        follower.Disk.Faults.CrashMode = CrashMode.LoseUnsynced;
        story.World.Network.MendAll();
        story.RunUntil(() => story.World.Protocol[follower.Id].State.Term == term, "it hears of the term");
        story.RunFor(Story.Second);
        Assert.True(story.World.Protocol[follower.Id].PromisedIn < term);
        follower.LosePower("before the term is on its disk");

        follower.Disk.Faults.SlowedBy = TimeSpan.Zero;
        story.EndsWell();
    }

    // The seal promises a next segment. Without that, no start was possible ever after.
    [Fact]
    public void Recovery_seals_a_segment_only_once_the_name_of_the_next_one_is_durable()
    {
        var (story, server) = Alone();
        server.Host!.CrashWhen((step, name) => (step, name) == ("renamed", Second), server.Kill);
        PutUntilItStops(story, server);
        Assert.False(server.Disk.DurableFiles.ContainsKey(Second));

        // The new process sees the name, which only the kernel knows so far, and gets as far as the seal.
        server.Start();
        server.Host!.CrashWhen((step, name) => (step, name) == ("synced", First), server.LosePower);
        story.RunUntil(() => !server.IsUp, "it seals the first segment");

        story.EndsWell();
    }

    // A mark does not wait for the disk; a header that says where the records end says so of it, too.
    [Fact]
    public void A_mark_is_on_disk_before_the_next_segments_header_vouches_for_it()
    {
        var (story, server) = Alone();
        server.Host!.CrashWhen(
            (step, _) => step == "synced directory" && server.Disk.DurableFiles.ContainsKey(Second), server.LosePower);

        // One after another: each is followed by its mark, and one of the marks by a new segment.
        PutUntilItStops(story, server);

        story.EndsWell();
    }

    // All that it knew were gone but one, and that one named a leader of which it gave no address, for ever.
    [Fact]
    public void A_client_that_reaches_nobody_but_a_wiped_server_learns_from_it_where_the_cluster_is()
    {
        var story = Story.WithServers(3);
        story.Puts("last", "k");
        var wiped = story.Followers[0];
        Replace(story, [.. story.World.Servers.Where(server => server != wiped)]);
        wiped.Kill("to lose its disks");
        wiped.Disk.Wipe();
        wiped.SnapshotDisk.Wipe();
        story.World.Protocol.OnWiped(wiped.Id);

        // All whom it knew have gone, and it takes nobody's word: its operator writes the members as they are now.
        wiped.Named = [.. story.World.Protocol.Members.Servers.Select(
            member => new MemberAddress(member.Id, story.World[member.Id].Addresses[^1]))];
        wiped.Start();

        story.Puts("ann", "k");   // Ann's file names the three servers of the beginning.

        wiped.TakeAway();
        story.EndsWell();
    }

    // By then it had forgotten where the cluster was, over the word of a server that was behind and then went, too.
    [Fact]
    public void A_client_that_only_heard_a_server_that_was_away_goes_back_to_where_the_cluster_was()
    {
        var story = Story.WithServers(3);
        story.Puts("ann", "k");
        story.Puts("last", "k");
        var away = story.Followers[0];
        var cluster = Replace(story, [.. story.World.Servers.Where(server => server != away)], away);
        story.Puts("ann", "k");
        story.Puts("last", "k");
        foreach (var server in cluster) server.Kill("in a blackout");
        story.User("ann").Put("k");
        story.RunUntil(() => !story.User("ann").IsWaiting, "nobody can take the command", 30 * Story.Second);

        away.TakeAway();
        foreach (var server in cluster) server.Start();

        story.Puts("ann", "k");
        story.EndsWell();
    }

    /// <summary>New servers take the place of others, one after the other.</summary>
    /// <param name="story">The story.</param>
    /// <param name="goes">The servers that go.</param>
    /// <param name="away">A server that hears nothing of it.</param>
    private static List<SimulatedServer> Replace(Story story, SimulatedServer[] goes, SimulatedServer? away = null)
    {
        var came = new List<SimulatedServer>();
        foreach (var server in goes)
        {
            var next = story.World.AddServer();
            if (away is not null) story.Isolate(away);
            next.Start();
            Change(story, new MemberChange.Add(new(next.Id, next.Addresses[0], MemberRole.Learner)));
            story.RunUntil(() => story.World.Protocol.Members.IsVoter(next.Id), $"{next.Name} has caught up");
            Change(story, new MemberChange.Remove(server.Id));
            server.TakeAway();
            came.Add(next);
        }

        return came;
    }

    private static void Change(Story story, MemberChange change)
    {
        object? answer = null;
        for (var attempt = 0; attempt < 20 && answer is not MembersChanged; attempt++)
        {
            story.Leader.Ask(new ChangeMembers(1, [change]), given => answer = given);
            story.RunFor(Story.Second / 5);
        }

        Assert.IsType<MembersChanged>(answer);
    }

    private static (Story Story, SimulatedServer Server) Alone()
    {
        var tiny = new WorldSettings().Node with { SegmentBytes = 4 * 1024 };
        var story = new Story(servers: 1, node: tiny);
        story.Start(1);
        story.World[1].Disk.Faults.CrashMode = CrashMode.LoseUnsynced;
        return (story, story.World[1]);
    }

    private static void PutUntilItStops(Story story, SimulatedServer server)
    {
        var ann = story.User("ann");
        while (server.IsUp)
        {
            ann.Put("k");
            story.RunUntil(() => !server.IsUp || !ann.IsWaiting, "the put ends, or the server");
        }
    }
}
