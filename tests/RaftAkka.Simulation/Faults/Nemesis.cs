using RaftAkka.Protocol;
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

    /// <summary>Who changes the members, if anyone does.</summary>
    public Operator? Operator { get; private set; }

    /// <summary>Who forges messages, if anyone does.</summary>
    public Stranger? Stranger { get; private set; }

    /// <summary>Who takes what it can get, if anyone does.</summary>
    public GreedyClient? Greedy { get; private set; }

    /// <summary>The member that errs, if one does.</summary>
    public BuggyMember? Buggy { get; private set; }

    /// <summary>
    /// Whether a server's disk may be damaged: of too many, and what was acknowledged may be lost for good. A new cluster
    /// cannot begin without all of its servers; and while members change, nobody knows how many are too many.
    /// </summary>
    public bool MayDamage(SimulatedServer server)
    {
        if (server.IsDamaged) return true;
        if (_world.Protocol.CommittedIndex == LogIndex.Zero || !_world.Protocol.IsMembershipSettled) return false;
        return Operator?.HasNothingOpen != false && IsSafe(_world.Protocol.Members.Members, server);
    }

    /// <summary>Whether the members may be changed so, for all that was damaged.</summary>
    public bool MayBecome(IReadOnlyList<MemberChange> changes) =>
        MembershipRules.Decide(_world.Protocol.Members, true, true, changes) is MembershipDecision.Accepted next
        && IsSafe(next.Next.Members, null);

    /// <summary>Another server is set up, with everything that this world does to servers.</summary>
    public SimulatedServer AddServer()
    {
        var server = _world.AddServer();
        Equip(server);
        return server;
    }

    // A learner that is damaged counts as a voter that it may be by the time, one that is not does not.
    private bool IsSafe(IReadOnlyCollection<Member> members, SimulatedServer? next)
    {
        var voters = members.Count(member => member.IsVoter);
        var damaged = members.Count(member => member.Role != MemberRole.Replica
            && (_world[member.Id].IsDamaged || member.Id == next?.Id));
        return damaged <= (voters - 1) / 2;
    }

    public void Begin()
    {
        var network = _world.Network.Faults;
        (network.DropRate, network.DuplicateRate) = (_plan.DropRate, _plan.DuplicateRate);
        (network.ReorderRate, network.LateRate, network.DelayMax) = (_plan.ReorderRate, _plan.LateRate, _plan.DelayMax);
        if (_plan.PreemptionRate > 0)
            _world.Loop.Preemption = (_plan.PreemptionRate, TimeSpan.FromMilliseconds(100));
        foreach (var server in _world.Servers) Equip(server);
        PlanStrike();
        if (_plan.ChangeMembersEvery is { } every)
        {
            Operator = new Operator(_world, this, every);
            _ = new SettingsUpdates(_world);
        }

        if (_plan.StrangerEvery is { } forges) Stranger = new Stranger(_world, forges);
        if (_plan.GreedyEvery is { } asks) Greedy = new GreedyClient(_world, asks);
        if (_plan.BuggyMemberEvery is { } errs) Buggy = new BuggyMember(_world, this, errs);
        if (_plan.SetsUpAnewAfter is { } anew)
            _world.Loop.Agenda.Plan(_world.Loop.Now + _world.Loop.Dice.Fork("anew").Exponential(anew), null, SetUpAnew);
    }

    // Somebody deletes everything and begins again under the old names. It takes a while, and nothing that is still on its
    // way between hosts outlasts it.
    private void SetUpAnew()
    {
        if (IsOver || _world.Protocol.CommittedIndex == LogIndex.Zero) return;
        Hits["cluster set up anew"] = 1;
        _world.TearDown();
        _world.Loop.Agenda.Plan(_world.Loop.Now + _world.Network.Faults.LateMax + TimeSpan.FromSeconds(1), null, () =>
        {
            _world.SetUpAnew();
            foreach (var server in _world.Servers) server.Start();
        });
    }

    /// <summary>A server's disk went back.</summary>
    public void CountRollback() => Hits["disk rolled back"] = Hits.GetValueOrDefault("disk rolled back") + 1;

    /// <summary>One server's disk hangs, or is full, from now on: the leader's, where the others are enough without it.</summary>
    public void LetOneDiskBeSick()
    {
        if (!_plan.LeavesOneDiskSick || _world.Leader is not { IsDamaged: false } leader) return;
        if (!_world.Protocol.IsMembershipSettled || !IsSafe(_world.Protocol.Members.Members, leader)) return;

        Sick = leader;
        foreach (var faults in new[] { leader.Disk.Faults, leader.SnapshotDisk.Faults })
            if (Dice.Fork("sick").Chance(0.5)) faults.IsFull = true;
            else faults.SlowedBy = TimeSpan.FromSeconds(30);
        Hits["sick leader's disk"] = 1;
        _world.Events.Add("nemesis", $"leaves the disk of {leader.Id} sick");
    }

    /// <summary>Whose disk is sick while all else is well.</summary>
    public SimulatedServer? Sick { get; private set; }

    /// <summary>That one's disk works again, too.</summary>
    public void HealTheSick()
    {
        Sick?.Disk.Faults.Heal();
        Sick?.SnapshotDisk.Faults.Heal();
        Sick = null;
    }

    private void Equip(SimulatedServer server)
    {
        foreach (var disk in new[] { server.Disk.Faults, server.SnapshotDisk.Faults })
            (disk.SyncTime, disk.StallRate, disk.StallMax) = (_plan.SyncTime, _plan.StallRate, TimeSpan.FromSeconds(1));
        server.LateLookRate = _plan.LateLookRate;
        server.ClockRate = 1 + (_plan.ClockSkewMax * (Dice.Between(-1000, 1000) / 1000.0));
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
