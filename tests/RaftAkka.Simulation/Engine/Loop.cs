using Akka.Dispatch;

namespace RaftAkka.Simulation.Engine;

/// <summary>
/// What takes the place of threads and of time: everything that happens in a simulation is one step of this
/// loop, and which comes next is drawn from the seed.
/// </summary>
internal sealed class Loop(ulong seed)
{
    // Whatever computes takes a little time, so that timers may fire between two turns.
    private const int TurnTicksMax = 60;

    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly Dice _order = new Dice(seed).Fork("order");
    private readonly List<Turn> _ready = [];
    private int _foreignCalls;

    public Dice Dice { get; } = new(seed);

    public Agenda Agenda { get; } = new();

    public TimeSpan Now { get; private set; }

    /// <summary>Turns of actors and appointments, so far.</summary>
    public long Steps { get; private set; }

    /// <summary>How often a thread besides the loop's own interfered: more than 0, and the seed means nothing.</summary>
    public int ForeignCalls => Volatile.Read(ref _foreignCalls);

    /// <summary>How likely it is that a runnable actor must wait for a processor first, and how long at most.</summary>
    public (double Probability, TimeSpan Max) Preemption { get; set; }

    /// <summary>Does the one next thing.</summary>
    /// <returns>Whether there was one, due by <paramref name="until"/>.</returns>
    public bool Step(TimeSpan until)
    {
        var due = Agenda.NextDue;
        if (_ready.Count == 0 && (due is null || due > until)) return false;

        Steps++;
        if (_ready.Count == 0 || (due <= Now && _order.Chance(0.5))) KeepAppointment();
        else TakeTurn();
        return true;
    }

    /// <summary>Goes on until nothing is left to do before a time, and then it is that time.</summary>
    public void RunUntil(TimeSpan time)
    {
        while (Step(time))
        {
        }

        if (Now < time) Now = time;
    }

    public void RunFor(TimeSpan time) => RunUntil(Now + time);

    /// <summary>Counts calls of other threads, whose order no seed decides.</summary>
    internal bool Enter()
    {
        if (Environment.CurrentManagedThreadId == _thread) return true;
        Interlocked.Increment(ref _foreignCalls);
        return false;
    }

    internal void MakeReady(Host host, IRunnable run)
    {
        if (Preemption.Probability > 0 && _order.Chance(Preemption.Probability))
        {
            var wait = _order.Between(TimeSpan.Zero, Preemption.Max);
            Agenda.Plan(Now + wait, host, () => _ready.Add(new Turn(host, run)));
        }
        else
        {
            _ready.Add(new Turn(host, run));
        }
    }

    private void KeepAppointment()
    {
        var (host, action) = Agenda.TakeNext(out var due);
        if (due > Now) Now = due;
        if (host is null) action();
        else if (host is { IsAlive: true, IsPaused: true }) host.HoldWhilePaused(action);
        else if (host.IsAlive) host.Run(action);
    }

    private void TakeTurn()
    {
        var place = _order.Below(_ready.Count);
        var (host, run) = _ready[place];
        _ready[place] = _ready[^1];
        _ready.RemoveAt(_ready.Count - 1);

        if (!host.IsAlive) return;
        if (host.IsPaused)
        {
            host.HoldWhilePaused(() => _ready.Add(new Turn(host, run)));
            return;
        }

        Now += TimeSpan.FromTicks(_order.Below(TurnTicksMax));
        host.Take(run);
    }

    private readonly record struct Turn(Host Host, IRunnable Run);
}
