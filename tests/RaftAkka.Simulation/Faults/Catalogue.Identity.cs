using RaftAkka.Simulation.Disks;
using RaftAkka.Simulation.Worlds;

namespace RaftAkka.Simulation.Faults;

internal static partial class Catalogue
{
    private static readonly TimeSpan RollbackPoll = TimeSpan.FromMilliseconds(5);

    private static IReadOnlyList<Strike> Identity =>
    [
        new("hung disk", FaultKinds.Hang, Hang),
        new("rolled-back disk", FaultKinds.Rollback, RollBack),
        new("twin", FaultKinds.Twin, StartTwin),
    ];

    // Longer than elections, and than clients wait; a leader's as often as not.
    private static Action Hang(Nemesis nemesis, World world)
    {
        var victim = nemesis.Victim();
        var time = TimeSpan.FromSeconds(nemesis.Dice.Pick([1.0, 5, 40]));
        (victim.Disk.Faults.SlowedBy, victim.SnapshotDisk.Faults.SlowedBy) = (time, time);
        return () => (victim.Disk.Faults.SlowedBy, victim.SnapshotDisk.Faults.SlowedBy) = (TimeSpan.Zero, TimeSpan.Zero);
    }

    private static Action? StartTwin(Nemesis nemesis, World world)
    {
        var server = nemesis.Victim();
        return server.IsUp ? new Twin(world, server, nemesis.Dice.Below(1000)).End : null;
    }

    // Somebody takes a copy of a server's disk and puts it back later: an image of a virtual machine, a backup of a
    // directory. Raft assumes that disks do not forget, so that a rollback may lose what only a majority with this server
    // had. It is done when the others have enough without it, and nobody was promised anything but what is committed.
    private static Action? RollBack(Nemesis nemesis, World world)
    {
        var server = nemesis.AnyServer();
        if (!server.IsUp || !nemesis.MayDamage(server)) return null;

        var (log, snapshots) = (new DiskCopy(server.Disk), new DiskCopy(server.SnapshotDisk));
        var cluster = world.Protocol;
        var shadow = cluster.CopyOf(server.Id);
        return () => RollBackWhenSafe(200);

        void RollBackWhenSafe(int attempts)
        {
            if (nemesis.IsOver || attempts == 0 || server.IsGone) return;
            if (world.IsTornDown || world.Protocol != cluster) return;   // A copy of another cluster's disk by now.
            if (!nemesis.MayDamage(server) || !world.Protocol.OutlivesRollback(shadow))
            {
                world.Loop.Agenda.Plan(world.Loop.Now + RollbackPoll, null, () => RollBackWhenSafe(attempts - 1));
                return;
            }

            server.IsDamaged = true;
            server.LosePower("to get its disk of before");
            log.PutBack(server.Disk);
            snapshots.PutBack(server.SnapshotDisk);
            world.Protocol.OnRolledBack(shadow);
            nemesis.CountRollback();
            nemesis.StartLater(server);
        }
    }
}
