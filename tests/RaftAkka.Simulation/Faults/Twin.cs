using RaftAkka.Simulation.Disks;
using RaftAkka.Simulation.Engine;
using RaftAkka.Simulation.Worlds;

namespace RaftAkka.Simulation.Faults;

/// <summary>
/// A second process with a server's identity: somebody has copied its directory and started it on another machine. It
/// has the server's disk, name and settings, and not its address.
/// </summary>
internal sealed class Twin
{
    private readonly Host _host;

    public Twin(World world, SimulatedServer server, int number)
    {
        var name = $"{server.Name}-twin-{number}";
        var dice = world.Loop.Dice.Fork(name);
        var log = new SimulatedDisk($"disk of {name}", dice.Fork("log"));
        var snapshots = new SimulatedDisk($"snapshots of {name}", dice.Fork("snapshots"));
        new DiskCopy(server.Disk).PutBack(log);
        new DiskCopy(server.SnapshotDisk).PutBack(snapshots);
        _host = new Host(world.Loop, name);
        _host.Run(() => _host.System.ActorOf(
            RaftNode.Props(world.SettingsOf(server.Id), server.TwinParts(_host, log, snapshots, dice)), world.Group.Value));
        world.Events.Add(name, "starts");
    }

    public void End() => _host.Kill();
}
