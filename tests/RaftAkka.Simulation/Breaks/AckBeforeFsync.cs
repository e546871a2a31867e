using RaftAkka.Simulation.Worlds;

namespace RaftAkka.Simulation.Breaks;

/// <summary>Acknowledges what is not on disk: every sync of a file says that it is done, and does nothing.</summary>
internal sealed class AckBeforeFsync : Breakage
{
    public override void Prepare(World world)
    {
        foreach (var server in world.Servers) server.Disk.Faults.IgnoresSyncs = true;
    }
}

/// <summary>A new file's name is taken for durable although the directory was not synced.</summary>
internal sealed class NoDirectorySync : Breakage
{
    public override void Prepare(World world)
    {
        foreach (var server in world.Servers) server.Disk.Faults.IgnoresDirectorySyncs = true;
    }
}
