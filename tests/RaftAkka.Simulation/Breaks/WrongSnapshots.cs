using Akka.Actor;
using RaftAkka.Protocol;
using RaftAkka.Simulation.Worlds;
using RaftAkka.Snapshots;

namespace RaftAkka.Simulation.Breaks;

/// <summary>The log lets go of its entries while the snapshot that stands for them is in the page cache only.</summary>
internal sealed class CompactBeforeDurable : Breakage
{
    public override void Prepare(World world)
    {
        foreach (var server in world.Servers)
            (server.SnapshotDisk.Faults.IgnoresSyncs, server.SnapshotDisk.Faults.IgnoresDirectorySyncs) = (true, true);
    }
}

/// <summary>A snapshot has the machine's state and an empty table of sessions: a retry after it is a new command.</summary>
internal sealed class SnapshotWithoutSessions : Breakage
{
    public override bool Filter(SimulatedServer server, IActorRef receiver, ref Envelope envelope)
    {
        if (envelope.Message is WriteSnapshot write)
            envelope = new Envelope(write with { Sessions = new SessionTable().Capture() }, envelope.Sender);
        return true;
    }
}
