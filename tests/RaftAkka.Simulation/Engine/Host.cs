using Akka.Actor;
using Akka.Dispatch;

namespace RaftAkka.Simulation.Engine;

/// <summary>
/// One process on one machine: an actor system of its own, whose mailboxes and timers run when the loop says so.
/// A killed host never runs again, and nothing it had planned happens: a restart is a new host.
/// </summary>
internal sealed class Host
{
    [ThreadStatic]
    private static Host? running;

    private readonly Dictionary<IRunnable, TimeSpan> _stalled = [];
    private readonly Queue<Action> _heldByPause = new();
    private readonly Dice _dice;
    private readonly Dice _lookDice;

    private ActorSystem? _system;
    private IRunnable? _turn;
    private TimeSpan _stall;
    private Func<string, string?, bool>? _isTimeToCrash;
    private Action<string>? _crash;

    public Host(Loop loop, string name)
    {
        (Loop, Name, _dice) = (loop, name, loop.Dice.Fork(name));
        _lookDice = loop.Dice.Fork($"looks {name}");
        _system = Run(() => ActorSystem.Create(HostConfig.SystemName, HostConfig.Setup));
    }

    /// <summary>The host whose code this thread runs. The parts of an actor system find their host by it.</summary>
    public static Host Running => running ?? throw new InvalidOperationException("no host runs on this thread");

    public static Host? RunningOrNull => running;

    public Loop Loop { get; }

    public string Name { get; }

    /// <summary>The host's actors. Gone once it is killed, so that memory does not grow with every restart.</summary>
    public ActorSystem System => _system ?? throw new InvalidOperationException($"{Name} was killed");

    public bool IsAlive { get; private set; } = true;

    public bool IsPaused { get; private set; }

    /// <summary>How fast its clock and timers run: 1.1 is a tenth too fast.</summary>
    public double ClockRate { get; init; } = 1;

    /// <summary>Timers come up to this much late, as a timer wheel's do.</summary>
    public TimeSpan TimerLateMax { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>The address by which actors on other hosts know those of this one.</summary>
    public Address Address => new("akka.tcp", HostConfig.SystemName, Machine ?? Name, HostConfig.Port);

    /// <summary>The name in its address, where that is not its own.</summary>
    public string? Machine { get; init; }

    /// <summary>The host's monotonic clock.</summary>
    public TimeSpan Clock => Now * ClockRate;

    /// <summary>How likely it is that a look at the clock comes late, and how late at most: the thread had to wait.</summary>
    public (double Probability, TimeSpan Max) LateLooks { get; init; }

    /// <summary>How often that was so.</summary>
    public Action? LookedLate { get; init; }

    /// <summary>The clock as running code reads it. Between two looks in one turn time may pass.</summary>
    public TimeSpan ReadClock()
    {
        if (LateLooks.Probability > 0 && _turn is not null && _lookDice.Chance(LateLooks.Probability))
        {
            Stall(_lookDice.Between(TimeSpan.Zero, LateLooks.Max));
            LookedLate?.Invoke();
        }

        return Clock;
    }

    /// <summary>The world's time as the running code sees it: a turn that waited for its disk is ahead.</summary>
    public TimeSpan Now => Loop.Now + _stall;

    /// <summary>Whether the running turn has waited for something, so that what it does now comes later.</summary>
    public bool IsStalled => _stall > TimeSpan.Zero;

    /// <summary>When the last turn that waits for something goes on.</summary>
    public TimeSpan BusyUntil { get; private set; }

    /// <summary>May change or swallow (by returning false) a message that an actor of this host is to get.</summary>
    public MessageFilter? Filter { get; set; }

    /// <summary>Hears of every message just before its actor handles it.</summary>
    public Action<IActorRef, Envelope>? Handling { get; set; }

    /// <summary>Hears of every event of these types on the host's event stream.</summary>
    public void Listen(Action<object> heard, params Type[] types)
    {
        var listener = new Listener(System, heard);
        foreach (var type in types) Run(() => System.EventStream.Subscribe(listener, type));
    }

    /// <summary>Hears of every step that the host's code takes outside its memory.</summary>
    public Action<string, string?>? Watched { get; set; }

    /// <summary>Is called when the host's code gets to the step at which it crashes.</summary>
    public Action? Crashing { get; set; }

    /// <summary>Is called after every turn of one of the host's actors.</summary>
    public Action? TurnTaken { get; set; }

    /// <summary>Runs code as this host's own, outside of any actor.</summary>
    public T Run<T>(Func<T> code)
    {
        var outer = running;
        running = this;
        try
        {
            return code();
        }
        finally
        {
            running = outer;
        }
    }

    public void Run(Action code) => Run(() =>
    {
        code();
        return true;
    });

    /// <summary>The running turn waits this long: its actor is busy, and what it sends from now on leaves later.</summary>
    public void Stall(TimeSpan time)
    {
        if (_turn is not null) _stall += time;
    }

    public void AfterStall(Action action) => Loop.Agenda.Plan(Now, this, action);

    public void SetTimer(TimeSpan delay, Action action)
    {
        if (!Loop.Enter()) return;
        var due = Now + (delay / ClockRate) + Late();
        Loop.Agenda.Plan(due, this, Ring);

        // When a paused process wakes, what came over the network may be handled before the thread of the timers runs.
        void Ring()
        {
            if (Loop.Now > due) Loop.Agenda.Plan(Loop.Now + Late(), this, action);
            else action();
        }

        TimeSpan Late() => TimerLateMax * (_dice.Below(1000) / 1000.0);
    }

    /// <summary>Stops everything at once, in the middle of a turn if need be.</summary>
    public void Kill()
    {
        IsAlive = false;
        _system = null;
        _heldByPause.Clear();
        _stalled.Clear();
    }

    /// <summary>The process is not run (SIGSTOP), and what falls due meanwhile waits.</summary>
    public void Pause() => IsPaused = true;

    public void Resume()
    {
        IsPaused = false;
        // In their old order, and all at one time: as after SIGCONT.
        while (IsAlive && !IsPaused && _heldByPause.TryDequeue(out var action))
            Loop.Agenda.Plan(Loop.Now, this, action);
    }

    /// <summary>
    /// Every write, sync and send of the host's code passes here, before and after: the places to crash at. The
    /// code of a dead process gets no further.
    /// </summary>
    /// <exception cref="ProcessDiedException">The host is, or now was, killed.</exception>
    public void Step(string what, string? about = null)
    {
        if (!IsAlive) throw new ProcessDiedException(Name);
        Watch(what, about);
        if (_isTimeToCrash is null || !_isTimeToCrash(what, about)) return;

        Crashing?.Invoke();
        _crash?.Invoke(what);
        throw new ProcessDiedException(Name);
    }

    /// <summary>Tells those who watch what the host's code does.</summary>
    public void Watch(string what, string? about) => Watched?.Invoke(what, about);

    /// <summary>Arms a crash at the host's step of this number from now.</summary>
    public void CrashAtStep(int steps, Action<string> crash) => CrashWhen((_, _) => --steps == 0, crash);

    /// <summary>Arms a crash at the first step of which this is true: what is done, and to which file.</summary>
    public void CrashWhen(Func<string, string?, bool> isTime, Action<string> crash) =>
        (_isTimeToCrash, _crash) = (isTime, crash);

    public void DisarmCrash() => (_isTimeToCrash, _crash) = (null, null);

    /// <summary>Runs one mailbox's turn: one message.</summary>
    public void Take(IRunnable turn)
    {
        _turn = turn;
        try
        {
            Run(turn.Run);
        }
        finally
        {
            // Its mailbox may be empty now: also what comes later must wait.
            if (IsAlive && IsStalled) StallFurtherTurns();
            _turn = null;
            _stall = TimeSpan.Zero;
        }

        TurnTaken?.Invoke();
    }

    /// <summary>Keeps what fell due until the host runs again.</summary>
    public void HoldWhilePaused(Action action) => _heldByPause.Enqueue(action);

    internal void Submit(IRunnable run)
    {
        if (!Loop.Enter() || !IsAlive) return;
        if (IsStalled && ReferenceEquals(run, _turn)) StallFurtherTurns();
        if (_stalled.TryGetValue(run, out var until) && until > Loop.Now)
        {
            Loop.Agenda.Plan(until, this, () => Loop.MakeReady(this, run));
            return;
        }

        _stalled.Remove(run);
        Loop.MakeReady(this, run);
    }

    // A mailbox whose turn waits for the disk runs again when that is over.
    private void StallFurtherTurns()
    {
        _stalled[_turn!] = Now;
        if (Now > BusyUntil) BusyUntil = Now;
    }

    internal bool MaySend(IActorRef receiver, ref Envelope envelope) =>
        IsAlive && (Filter is null || Filter(receiver, ref envelope));

    internal void OnHandling(IActorRef owner, Envelope envelope) => Handling?.Invoke(owner, envelope);

    private sealed class Listener(ActorSystem system, Action<object> heard) : MinimalActorRef
    {
        public override ActorPath Path { get; } = new RootActorPath(Address.AllSystems) / "simulation";

        public override IActorRefProvider Provider { get; } = ((ExtendedActorSystem)system).Provider;

        protected override void TellInternal(object message, IActorRef sender) => heard(message);
    }
}

/// <summary>Ends the turn of a process that died in the middle of it.</summary>
internal sealed class ProcessDiedException(string host) : Exception($"{host} died");

internal delegate bool MessageFilter(IActorRef receiver, ref Envelope envelope);
