using RaftAkka.Protocol;
using RaftAkka.Server;
using RaftAkka.Simulation.Checks;
using RaftAkka.Simulation.Engine;
using RaftAkka.Simulation.Worlds;

namespace RaftAkka.Simulation.Faults;

/// <summary>
/// Somebody who changes the cluster's members while everything else goes wrong: asks for one change after another, asks
/// again where no answer comes, and takes away whoever has left, after a while.
/// </summary>
internal sealed class Operator
{
    private const int AttemptsMax = 12;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LeavesAfter = TimeSpan.FromSeconds(2);

    private readonly World _world;
    private readonly Nemesis _nemesis;
    private readonly TimeSpan _every;
    private readonly Dice _dice;
    private readonly MemberShuffle _shuffle;
    private readonly Dictionary<long, Host> _unanswered = [];
    private readonly HashSet<ServerId> _leaving = [];
    private ProtocolChecks _cluster;
    private long _lastId;
    private Task? _task;

    public Operator(World world, Nemesis nemesis, TimeSpan every)
    {
        (_world, _nemesis, _every) = (world, nemesis, every);
        _dice = world.Loop.Dice.Fork("operator");
        (_shuffle, _cluster) = (new MemberShuffle(world, nemesis, _dice), world.Protocol);
        PlanNext();
    }

    /// <summary>How often each kind of change was asked for.</summary>
    public SortedDictionary<string, long> Asked { get; } = new(StringComparer.Ordinal);

    /// <summary>Nothing that was asked for can still come into effect.</summary>
    public bool HasNothingOpen
    {
        get
        {
            foreach (var (id, host) in _unanswered.ToArray())
                if (!host.IsAlive) _unanswered.Remove(id);
            return _task is null && _unanswered.Count == 0;
        }
    }

    private void PlanNext() => After(_dice.Exponential(_every), () =>
    {
        if (_nemesis.IsOver) return;
        if (_cluster != _world.Protocol) BeginAnew();
        Tidy();
        if (_task is null && !_world.IsTornDown && _world.Protocol.CommittedIndex > LogIndex.Zero) Begin();
        PlanNext();
    });

    // The cluster was set up anew: what was to be done to the one before is of no use to it.
    private void BeginAnew()
    {
        _cluster = _world.Protocol;
        _leaving.Clear();
        if (_task is { } task) End(task, "drops");
    }

    private void Begin()
    {
        if (_dice.Chance(0.05)) Run(new Task("nonsense", _shuffle.Nonsense()));
        else if (_world.Protocol.IsMembershipSettled && HasNothingOpen && _shuffle.Choose() is var (name, changes))
            Run(new Task(name, changes));
    }

    private void Run(Task task)
    {
        _task = task;
        Asked[task.Name] = Asked.GetValueOrDefault(task.Name) + 1;
        _world.Events.Add("operator", $"is to {task.Name}");

        // Most people start a new server before they have it taken in, some after.
        foreach (var server in Joining(task))
            if (_dice.Chance(0.8)) server.Start();
            else _nemesis.StartLater(server);
        Ask(task, null);
    }

    private IEnumerable<SimulatedServer> Joining(Task task) => task.Changes.OfType<MemberChange.Add>()
        .Where(add => !_world.Protocol.Members.Retired.Contains(add.Id)).Select(add => _world[add.Id]);

    private void Ask(Task task, ServerId? leader)
    {
        if (_nemesis.IsOver || _world.IsTornDown || _cluster != _world.Protocol || ++task.Attempts > AttemptsMax)
        {
            End(task, "gives up");
            return;
        }

        var server = leader is { } named ? _world[named]
            : _world.Leader is { } known && _dice.Chance(0.8) ? known
            : _nemesis.AnyServer();
        var (id, attempt) = (++_lastId, task.Attempts);
        var host = server.Host;
        if (server.Ask(new ChangeMembers(id, task.Changes), answer => OnAnswer(task, id, answer))) _unanswered.Add(id, host!);
        After(Patience, () =>
        {
            if (_task == task && task.Attempts == attempt) Ask(task, null);
        });
    }

    private void OnAnswer(Task task, long id, object answer)
    {
        _unanswered.Remove(id);
        if (_task != task) return;

        switch (answer)
        {
            case MembersChanged:
                _world.Violations.Require(task.Name != "nonsense", "what makes no sense is refused",
                    $"the change to {string.Join(", ", task.Changes)} was made");
                End(task, "did");
                break;

            case MembersNotChanged { Reason: null } not:
                var leader = not.View.Leader is { } named && _world.Servers.Any(server => server.Id == named) ? named : (ServerId?)null;
                After(Pause, () => AskAgain(task, leader));
                break;

            case MembersNotChanged { Reason: MembershipRefusal.ChangeUnderWay or MembershipRefusal.NoOwnTermCommit }:
                After(Pause, () => AskAgain(task, null));
                break;

            default:
                End(task, "was refused to");
                break;
        }
    }

    private void AskAgain(Task task, ServerId? leader)
    {
        if (_task == task) Ask(task, leader);
    }

    private void End(Task task, string how)
    {
        _task = null;
        _world.Events.Add("operator", $"{how} {task.Name}");
    }

    // What was asked for may have come about without a word to whom asked.
    private void Tidy()
    {
        var members = _world.Protocol.Members;
        foreach (var server in _world.Servers)
        {
            if (members.Retired.Contains(server.Id) && _leaving.Add(server.Id))
                After(_dice.Exponential(LeavesAfter), () => TakeAway(server));
            if (server.Addresses.Count > 1 && members.Find(server.Id)?.Address == server.Addresses[^1]) Settle(server);
        }
    }

    private void TakeAway(SimulatedServer server)
    {
        if (!_nemesis.IsOver && _world.Protocol.Members.Retired.Contains(server.Id)) server.TakeAway();
    }

    // From now on only the new address leads there.
    private void Settle(SimulatedServer server)
    {
        server.Addresses = [server.Addresses[^1]];
        server.Kill("to move");
        _nemesis.StartLater(server, Pause);
    }

    private void After(TimeSpan wait, Action action) => _world.Loop.Agenda.Plan(_world.Loop.Now + wait, null, action);

    private sealed class Task(string name, IReadOnlyList<MemberChange> changes)
    {
        public string Name => name;

        public IReadOnlyList<MemberChange> Changes => changes;

        public int Attempts { get; set; }
    }
}
