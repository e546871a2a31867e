using RaftAkka.Simulation.Worlds;

namespace RaftAkka.Simulation.Faults;

/// <summary>Everything that the nemesis can do.</summary>
internal static partial class Catalogue
{
    public static IReadOnlyList<Strike> All { get; } = [.. Network, .. Crashes, .. Disks, .. Identity];

    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(20);

    private static IReadOnlyList<Strike> Crashes =>
    [
        Crash("kill", (nemesis, _) => Down(nemesis, nemesis.Victim(), powerLoss: false)),
        Crash("power loss", (nemesis, _) => Down(nemesis, nemesis.Victim(), powerLoss: true)),
        Crash("blackout", Blackout),
        Crash("crash at a step", CrashAtStep),
        Crash("long absence", LongAbsence),
        Crash("pause", Pause),
    ];

    private static Strike Crash(string name, Func<Nemesis, World, Action?> hit) => new(name, FaultKinds.Crash, hit);

    private static Action? Down(Nemesis nemesis, SimulatedServer server, bool powerLoss)
    {
        if (!server.IsUp) return null;
        if (powerLoss) server.LosePower("by the nemesis");
        else server.Kill("by the nemesis");
        nemesis.StartLater(server, nemesis.Dice.Chance(0.3) ? Soon : null);
        return Strike.NothingToUndo;
    }

    // All at once: what no disk has now, nobody has.
    private static Action Blackout(Nemesis nemesis, World world)
    {
        foreach (var server in world.Servers)
        {
            server.LosePower("in a blackout");
            nemesis.StartLater(server);
        }

        return Strike.NothingToUndo;
    }

    // Between two steps of a write, a sync, a rename or a send.
    private static Action? CrashAtStep(Nemesis nemesis, World world)
    {
        var (server, powerLoss) = (nemesis.Victim(), nemesis.Dice.Chance(0.7));
        if (server.Host is not { } host) return null;

        host.CrashAtStep(nemesis.Dice.Between(1, nemesis.Dice.Pick([4, 20, 100])), step =>
        {
            if (powerLoss) server.LosePower($"at step '{step}'");
            else server.Kill($"at step '{step}'");
            nemesis.StartLater(server);
        });
        return Strike.NothingToUndo;
    }

    private static Action? LongAbsence(Nemesis nemesis, World world)
    {
        var server = nemesis.AnyServer();
        if (!server.IsUp) return null;
        server.LosePower("for long");
        nemesis.StartLater(server, TimeSpan.FromSeconds(5));
        return Strike.NothingToUndo;
    }

    private static Action? Pause(Nemesis nemesis, World world)
    {
        if (nemesis.Victim().Host is not { IsPaused: false } host) return null;
        host.Pause();
        return host.Resume;
    }
}
