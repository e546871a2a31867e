using RaftAkka.Client;
using RaftAkka.Simulation.Engine;
using RaftAkka.Simulation.Faults;
using RaftAkka.Simulation.Judging;
using RaftAkka.Simulation.Worlds;

namespace RaftAkka.Simulation.Runs;

/// <summary>The life of one seed: faults under load, then healing, then the promises that must hold at the end.</summary>
internal sealed class SeedRun
{
    private const long JudgeStepsMax = 3_000_000;

    private static readonly TimeSpan SlowWriteMax = TimeSpan.FromMinutes(10);

    // Word gets round as fast as people talk, or as programs do.
    private static readonly TimeSpan WordMean = TimeSpan.FromMilliseconds(10);

    private static readonly string[] Keys = ["a", "b", "c", "d"];

    private readonly RunSettings _settings;
    private readonly World _world;
    private readonly FaultPlan _plan;
    private readonly Nemesis _nemesis;
    private readonly Dice _dice;
    private readonly List<KeyValueUser> _users = [];
    private readonly List<KeyValueUser> _listeners = [];
    private bool _isUndecided;
    private TimeSpan _servedAfter;

    public SeedRun(ulong seed, RunSettings settings, TextWriter? trace = null)
    {
        _settings = settings;
        _dice = new Dice(seed).Fork("run");
        var sizes = _dice.Fork("sizes");
        var usual = new WorldSettings();
        _world = new World(usual with
        {
            Seed = seed,
            Servers = settings.Servers ?? _dice.Pick([3, 3, 5]),
            Break = settings.MakeBreak(),
            Node = Sizes.Draw(sizes, usual.Node),
            Client = Sizes.Draw(sizes, usual.Client),
            SnapshotChunkBytes = Sizes.DrawSnapshotChunk(sizes),
            ServerTimeouts = Sizes.ServerTimeouts,
        });
        _world.Events.Trace = trace;
        _plan = FaultPlan.Draw(_dice.Fork("plan"), settings.Faults);
        _nemesis = new Nemesis(_world, _plan);
    }

    public RunResult Run()
    {
        try
        {
            Live();
        }
        catch (Exception failure)
        {
            // Nothing is known of the promises then; but the seed and its events are, and show it again.
            _world.Events.Trace = null;
            _world.Violations.Report(RunResult.SimulatorFails, $"{failure}");
        }

        return Result();
    }

    private void Live()
    {
        _world.Events.Add("plan", _plan.ToString());
        _nemesis.Begin();
        _world.StartServers();
        StartUsers();
        _world.Run(TimeSpan.MaxValue / 4, _settings.Steps);

        if (!_world.Violations.Any) HealAndSettle();
        if (!_world.Violations.Any) JudgeHistory();
        _world.Violations.Require(_world.Loop.ForeignCalls == 0, "one thread",
            $"{_world.Loop.ForeignCalls} calls came from other threads: the seed does not decide everything");
    }

    private void StartUsers()
    {
        var think = TimeSpan.FromMilliseconds(_dice.Pick([0.2, 2, 20, 100]));
        var process = 0;
        foreach (var name in new[] { "ann", "bea", "cid" })
        {
            var client = _world.AddClient(name);
            var nap = DrawNap(name);
            for (var user = _dice.Between(1, 3); user > 0; user--)
                _users.Add(NewUser(client, ++process, think, nap, onlyReads: false));
            _users.Add(NewUser(client, ++process, think, nap, onlyReads: true));
        }

        // A whole client that only reads: nothing of it hangs where a leader is cut off or paused, so that it stays
        // there. Some of its users read every now and then, and some what they hear that others have just written.
        var reader = _world.AddClient("dot", ReadFrom.Leader);
        for (var user = 0; user < 3; user++)
            _users.Add(NewUser(reader, ++process, TimeSpan.FromMilliseconds(300), nap: default, onlyReads: true));
        for (var user = 0; user < 3; user++)
            _listeners.Add(new KeyValueUser(_world, reader, ++process) { OnlyReads = true });
        _users.AddRange(_listeners);
    }

    private void SpreadWord(Dice dice, string key)
    {
        if (!dice.Chance(0.5)) return;
        _world.Loop.Agenda.Plan(_world.Loop.Now + dice.Exponential(WordMean), null, () =>
            _listeners.Find(listener => listener is { IsWaiting: false, IsAtRest: false })?.Get(key));
    }

    // All of a client's users are silent for a while, so that its session may expire.
    private (TimeSpan From, TimeSpan To) DrawNap(string client)
    {
        var dice = _dice.Fork($"nap {client}");
        var from = dice.Exponential(TimeSpan.FromSeconds(2));
        return (from, from + TimeSpan.FromSeconds(dice.Pick([0, 0, 0, 0, 0, 0, 0, 0, 0, 3])));
    }

    private KeyValueUser NewUser(
        SimulatedClient client, int process, TimeSpan think, (TimeSpan From, TimeSpan To) nap, bool onlyReads)
    {
        var (dice, troubles) = (_dice.Fork($"user {process}"), _dice.Fork($"troubles {process}"));
        var user = new KeyValueUser(_world, client, process) { OnlyReads = onlyReads };
        user.Answered = () =>
        {
            if (user.LastWrote is { } key) SpreadWord(dice, key);
            ActLater();
        };
        ActLater();
        return user;

        void ActLater()
        {
            var at = _world.Loop.Now + dice.Exponential(think);
            _world.Loop.Agenda.Plan(at >= nap.From && at < nap.To ? nap.To : at, null, () =>
            {
                if (user.IsAtRest) return;
                if (_plan.QueryTroubleRate > 0 && troubles.Chance(_plan.QueryTroubleRate)) user.AskForTrouble(troubles.Chance(0.8));
                else user.Act(dice, Keys);
            });
        }
    }

    private void HealAndSettle()
    {
        _nemesis.Heal();
        foreach (var user in _users) user.IsAtRest = true;

        // A disk that was slow has yet to end what it began: that is the last of the faults.
        WaitForDisks();

        // A cluster that was torn down is first set up; and the disk that stays sick is the leader's.
        if (_world.IsTornDown || _plan.LeavesOneDiskSick)
            _world.RunUntil(() => !_world.IsTornDown && _world.Leader is not null, RunSettings.ServesAgainWithin);
        _nemesis.LetOneDiskBeSick();
        var healed = _world.Loop.Now;

        // Calls from before may be answered or end as unknown; a call from now on must be answered.
        var last = _world.Clients.Select((client, number) => new KeyValueUser(_world, client, 100 + number)
        {
            IsAtRest = true,
            Timeout = RunSettings.ServesAgainWithin,
        }).ToList();
        foreach (var user in last)
        {
            user.Answered = () => PutAgainIfUnknown(user);
            user.Put(Keys[0]);
        }

        var answered = _world.RunUntil(
            () => _users.TrueForAll(user => !user.IsWaiting)
                && last.TrueForAll(user => !user.IsWaiting && user.LastOutcome == Outcome.Known),
            RunSettings.ServesAgainWithin);
        if (_world.Violations.Any) return;

        _servedAfter = _world.Loop.Now - healed;
        _world.Violations.Require(
            answered && last.TrueForAll(user => user.LastOutcome == Outcome.Known),
            "the cluster serves again (liveness)",
            $"{RunSettings.ServesAgainWithin.TotalSeconds} s after the faults ended, "
            + $"{last.Count(user => user.IsWaiting || user.LastOutcome != Outcome.Known)} of {last.Count} commands are not answered");
        if (!_world.Violations.Any) Agree();
    }

    private void WaitForDisks() => _world.RunUntil(
        () => _world.Servers.All(server => !(server.Host?.BusyUntil > _world.Loop.Now)), SlowWriteMax);

    // The client's session expired during the faults, and the first try got lost with the last of them: it cannot be
    // known. The next command has a new session.
    private void PutAgainIfUnknown(KeyValueUser user)
    {
        user.Answered = null;
        if (user.LastOutcome == Outcome.Unknown)
            _world.Loop.Agenda.Plan(_world.Loop.Now, null, () => user.Put(Keys[0]));
    }

    private void Agree()
    {
        if (_nemesis.Sick is not null)
        {
            _nemesis.HealTheSick();
            WaitForDisks();
        }

        var agree = _world.RunUntil(
            () => _world.Protocol.IsMembershipSettledFor(_world.Protocol.Members)
                && Members().All(server => server.IsUp && server.Applied == _world.Machines.CommandsApplied),
            RunSettings.AgreesWithin);
        if (_world.Violations.Any) return;

        var servers = Members();
        _world.Violations.Require(agree, "every server catches up",
            $"of {_world.Protocol.Members} after {RunSettings.AgreesWithin.TotalSeconds} s: "
            + $"{string.Join(", ", servers.Select(Progress))}, of {_world.Machines.CommandsApplied} commands");
        var digests = servers.Select(server => server.Digest).Distinct().Count();
        _world.Violations.Require(!agree || digests == 1, "every server has the same state",
            $"{digests} different states after {_world.Machines.CommandsApplied} commands");

        // One with a damaged disk may find that out at any start, and stay away for good.
        SimulatedServer[] Members() =>
            [.. _world.Protocol.Members.Members.Select(member => _world[member.Id]).Where(server => !server.IsDamaged)];

        static string Progress(SimulatedServer server) => server.IsUp ? $"{server.Id} {server.Applied}" : $"{server.Id} down";
    }

    private void JudgeHistory()
    {
        foreach (var operations in _world.History.Epochs)
        {
            var verdict = Judge.Check(operations, Budget.Steps(JudgeStepsMax));
            _isUndecided |= verdict.Answer == Answer.Undecided;
            _world.Violations.Require(verdict.Answer != Answer.NotLinearizable, "linearizability",
                $"{Report.Of(verdict, TimeSpan.Zero)}");
        }

        _world.StaleReads.Check(_world.History.Operations, _world.Violations);
    }

    private RunResult Result() => new(_world.Settings.Seed, _plan.ToString())
    {
        Servers = _world.Servers.Count,
        Steps = _world.Loop.Steps,
        Simulated = _world.Loop.Now,
        ServedAfter = _servedAfter,
        Elections = _world.Protocol.Elections,
        Acknowledged = _world.History.Acknowledged,
        Unknown = _world.History.Unknown,
        Compactions = _world.Protocol.Compactions,
        Installations = _world.Protocol.Installations,
        MemberChanges = _world.Protocol.MemberChanges,
        Faults = FaultCounts.Of(_world, _nemesis),
        Violations = [.. _world.Violations.Found],
        IsUndecided = _isUndecided,
        Fingerprint = _world.Events.Fingerprint,
        LastEvents = _world.Violations.Any ? [.. _world.Events.Recent()] : [],
    };
}
