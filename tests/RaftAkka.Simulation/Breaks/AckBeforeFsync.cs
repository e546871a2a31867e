using RaftAkka.Simulation.Worlds;

namespace RaftAkka.Simulation.Breaks;

/// <summary>Acknowledges what is not on disk: every sync says that it is done, and does nothing.</summary>
internal sealed class AckBeforeFsync : Breakage
{
    public override void Prepare(World world)
    {
        foreach (var server in world.Servers) server.Disk.Faults.IgnoresSyncs = true;
    }
}
