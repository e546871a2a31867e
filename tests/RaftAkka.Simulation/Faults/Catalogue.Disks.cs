using RaftAkka.Simulation.Disks;
using RaftAkka.Simulation.Worlds;

namespace RaftAkka.Simulation.Faults;

internal static partial class Catalogue
{
    // Errors come in a row for a moment, as from a real disk.
    private const double ErrorRate = 0.2;

    private static IReadOnlyList<Strike> Disks =>
    [
        Disk("slow disk", (faults, dice) =>
        {
            faults.SlowedBy = TimeSpan.FromMilliseconds(dice.Pick([5.0, 50, 300]));
            return () => faults.SlowedBy = TimeSpan.Zero;
        }),
        new("slow disks", FaultKinds.Disk, SlowAll),
        Disk("full disk", (faults, _) =>
        {
            faults.IsFull = true;
            return () => faults.IsFull = false;
        }),
        Disk("scarce space", (faults, _) =>
        {
            faults.FullRate = ErrorRate;
            return () => faults.FullRate = 0;
        }),
        Disk("write errors", (faults, _) =>
        {
            faults.WriteErrorRate = ErrorRate;
            return () => faults.WriteErrorRate = 0;
        }),
        Disk("sync errors", (faults, _) =>
        {
            faults.SyncErrorRate = ErrorRate;
            return () => faults.SyncErrorRate = 0;
        }),
        Disk("read errors", (faults, _) =>
        {
            faults.ReadErrorRate = ErrorRate;
            return () => faults.ReadErrorRate = 0;
        }),
        new("flipped reads", FaultKinds.Disk, (nemesis, _) =>
        {
            // Not of snapshots: one that looks damaged is set aside for good, and with it perhaps the server.
            var faults = nemesis.Victim().Disk.Faults;
            faults.ReadFlipRate = ErrorRate;
            return () => faults.ReadFlipRate = 0;
        }),
        new("bit rot", FaultKinds.Disk, Rot),
        new("wipe", FaultKinds.Wipe, Wipe),
    ];

    private static Strike Disk(string name, Func<DiskFaults, Engine.Dice, Action> hit) =>
        new(name, FaultKinds.Disk, (nemesis, _) =>
        {
            var victim = nemesis.Victim();
            var (mendLog, mendSnapshots) =
                (hit(victim.Disk.Faults, nemesis.Dice), hit(victim.SnapshotDisk.Faults, nemesis.Dice));
            return () =>
            {
                mendLog();
                mendSnapshots();
            };
        });

    // Writes pile up everywhere, and meet the next leader's.
    private static Action SlowAll(Nemesis nemesis, World world)
    {
        foreach (var server in world.Servers)
            server.Disk.Faults.SlowedBy = TimeSpan.FromMilliseconds(nemesis.Dice.Pick([20.0, 100, 400]));
        return () =>
        {
            foreach (var server in world.Servers) server.Disk.Faults.SlowedBy = TimeSpan.Zero;
        };
    }

    // A bit of a synced file turns over where it lies. The server may refuse to start for good.
    private static Action? Rot(Nemesis nemesis, World world)
    {
        var server = nemesis.AnyServer();
        var files = server.Disk.DurableFiles.Values
            .Where(file => file.IsSynced && server.Disk.DamageableBytes(file) > 0).ToArray();
        if (files.Length == 0) return null;
        if (!nemesis.MayDamage(server)) return null;

        var file = nemesis.Dice.Pick(files);
        server.IsDamaged = true;
        file.FlipBit(nemesis.Dice.Below((int)server.Disk.DamageableBytes(file)), nemesis.Dice.Below(8));
        return Strike.NothingToUndo;
    }

    // Somebody put a new disk in, and left everything else as it was.
    private static Action? Wipe(Nemesis nemesis, World world)
    {
        var server = nemesis.AnyServer();
        if (!nemesis.MayDamage(server)) return null;

        server.IsDamaged = true;
        server.LosePower("to get a new disk");
        server.Disk.Wipe();
        server.SnapshotDisk.Wipe();
        world.Protocol.OnWiped(server.Id);
        nemesis.StartLater(server);
        return Strike.NothingToUndo;
    }
}
