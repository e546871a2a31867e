using RaftAkka.Simulation.Engine;
using RaftAkka.Simulation.Worlds;

namespace RaftAkka.Simulation.Faults;

/// <summary>Makes things go wrong in a world as its plan says, until it is told to heal.</summary>
internal sealed class Nemesis
{
    private readonly World _world;
    private readonly FaultPlan _plan;

    public Nemesis(World world, FaultPlan plan)
    {
        (_world, _plan) = (world, plan);
        Dice = world.Loop.Dice.Fork("nemesis");
        world.Stopped = server => StartLater(server);
    }

    public Dice Dice { get; }

    /// <summary>It has healed everything, and does nothing more.</summary>
    public bool IsOver { get; private set; }

    /// <summary>How often each strike hit.</summary>
    public SortedDictionary<string, long> Hits { get; } = new(StringComparer.Ordinal);

    /// <summary>How many servers may have a damaged disk: with more, what was acknowledged may be lost for good.</summary>
    public int DamagesMax => (_world.Servers.Count - 1) / 2;

    public void Begin()
    {
        var network = _world.Network.Faults;
        (network.DropRate, network.DuplicateRate) = (_plan.DropRate, _plan.DuplicateRate);
        (network.ReorderRate, network.LateRate, network.DelayMax) = (_plan.ReorderRate, _plan.LateRate, _plan.DelayMax);
        if (_plan.PreemptionRate > 0)
            _world.Loop.Preemption = (_plan.PreemptionRate, TimeSpan.FromMilliseconds(100));
        foreach (var server in _world.Servers)
        {
            foreach (var disk in new[] { server.Disk.Faults, server.SnapshotDisk.Faults })
                (disk.SyncTime, disk.StallRate, disk.StallMax) = (_plan.SyncTime, _plan.StallRate, TimeSpan.FromSeconds(1));
            server.ClockRate = 1 + (_plan.ClockSkewMax * (Dice.Between(-1000, 1000) / 1000.0));
        }

        PlanStrike();
    }

    /// <summary>Everything works from now on, and whatever can run runs.</summary>
    public void Heal()
    {
        IsOver = true;
        _world.Network.MendAll();
        _world.Network.Faults.Heal();
        _world.Network.Faults.DelayMax = TimeSpan.FromMilliseconds(2);
        _world.Loop.Preemption = default;
        foreach (var server in _world.Servers)
        {
            server.Disk.Faults.Heal();
            server.SnapshotDisk.Faults.Heal();
            server.Host?.DisarmCrash();
            server.Host?.Resume();
            if (!server.HasRefused) server.Start();
        }

        _world.Events.Add("nemesis", "heals everything");
    }

    /// <summary>Starts a server that went down, after a while.</summary>
    public void StartLater(SimulatedServer server, TimeSpan? mean = null)
    {
        var wait = Dice.Exponential(mean ?? TimeSpan.FromMilliseconds(500));
        _world.Loop.Agenda.Plan(_world.Loop.Now + wait, null, () =>
        {
            if (!server.HasRefused) server.Start();
        });
    }

    public SimulatedServer AnyServer() => Dice.Pick([.. _world.Servers]);

    /// <summary>The leader as often as not: that is where it hurts.</summary>
    public SimulatedServer Victim() => _world.Leader is { } leader && Dice.Chance(0.5) ? leader : AnyServer();

    private void PlanStrike(TimeSpan rest = default)
    {
        if (_plan.StrikeEvery is not { } every) return;
        _world.Loop.Agenda.Plan(_world.Loop.Now + rest + Dice.Exponential(every), null, () =>
        {
            if (IsOver) return;
            var strike = Dice.Pick(_plan.Strikes);
            Hit(strike);
            PlanStrike(strike.Alone ?? TimeSpan.Zero);
        });
    }

    private void Hit(Strike strike)
    {
        _world.Events.Add("nemesis", strike.Name);
        if (strike.Hit(this, _world) is not { } undo) return;

        Hits[strike.Name] = Hits.GetValueOrDefault(strike.Name) + 1;
        if (undo == Strike.NothingToUndo) return;

        var duration = strike.Alone ?? Dice.Exponential(Dice.Pick([50.0, 500, 2000]) * TimeSpan.FromMilliseconds(1));
        _world.Loop.Agenda.Plan(_world.Loop.Now + duration, null, () =>
        {
            if (IsOver) return;
            _world.Events.Add("nemesis", $"ends {strike.Name}");
            undo();
        });
    }
}
