using RaftAkka.Simulation.Faults;
using RaftAkka.Simulation.Worlds;

namespace RaftAkka.Simulation.Runs;

/// <summary>What went wrong in a world, by kind.</summary>
internal static class FaultCounts
{
    public static SortedDictionary<string, long> Of(World world, Nemesis nemesis)
    {
        var counts = new SortedDictionary<string, long>(nemesis.Hits, StringComparer.Ordinal);
        if (nemesis.Operator is { } people)
        {
            Add(counts, people.Asked);
            counts["joint configurations"] = world.Protocol.JointChanges;
            counts["learners promoted"] = world.Protocol.Promotions;
        }

        var network = world.Network.Counts;
        counts["messages lost"] = network.Lost;
        counts["messages duplicated"] = network.Duplicated;
        counts["messages reordered"] = network.Reordered;
        counts["messages late"] = network.Late;
        counts["disk errors"] = world.Servers.Sum(server => server.Disk.Counts.Errors);
        counts["disk full"] = world.Servers.Sum(server => server.Disk.Counts.Full);
        if (nemesis.Stranger is { } stranger)
            (counts["forged messages"], counts["forgeries nobody could write or read"]) = (stranger.Forged, stranger.Unreadable);
        if (nemesis.Greedy is { } greedy) counts["greedy requests"] = greedy.Sent;
        if (nemesis.Buggy is { } buggy) counts["nonsense of a member"] = buggy.Sent;
        (counts["queries that threw"], counts["queries that stalled"]) = (world.QueriesThatThrew, world.QueriesThatStalled);
        counts["late looks at the clock"] = world.Servers.Sum(server => server.LateLooks);
        counts["disk stalls"] = world.Servers.Sum(server => server.Disk.Counts.Stalls);
        counts["bits flipped in reads"] = world.Servers.Sum(server => server.Disk.Counts.Flips);
        return counts;
    }

    public static void Add(SortedDictionary<string, long> total, IReadOnlyDictionary<string, long> counts)
    {
        foreach (var (name, count) in counts) total[name] = total.GetValueOrDefault(name) + count;
    }
}
