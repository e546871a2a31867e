namespace RaftAkka.Tool.Bench;

/// <summary>
/// A loop that begins operations at fixed times, whether or not earlier ones have ended. An operation that cannot
/// begin because all callers are waiting keeps its time: so a second in which the cluster stalls is in the latency of
/// every operation of that second, and not only of those that happened to be under way.
/// </summary>
internal sealed class OpenLoop : Loop
{
    // Waking up costs more than beginning an operation. What is due within this time begins together, and late by
    // as much at most; the latencies say so.
    private const long WakeUpMin = 200 * BenchClock.Microsecond;

    // Nothing can begin before a caller comes back, and that one looks for what is due by itself.
    private const long AllBusyPause = BenchClock.Millisecond;

    // What came due just before the end begins although the thread that looks for it wakes up just after.
    private const long LastCall = 10 * BenchClock.Millisecond;

    // A stop comes by a flag.
    private const long StopPause = 100 * BenchClock.Millisecond;

    private readonly Workload _workload;
    private readonly BenchClock _clock;
    private readonly double _nanosecondsEach;
    private readonly Lock _lock = new();
    private readonly Stack<Caller> _idle = new();

    private long _start;
    private long _begun;
    private int _callers;
    private bool _isOver;

    public OpenLoop(Workload workload, double rate, BenchClock clock, Measurements measurements) : base(measurements) =>
        (_workload, _nanosecondsEach, _clock) = (workload, BenchClock.Second / rate, clock);

    /// <summary>Operations whose time came, and which no caller was free to begin before the end.</summary>
    public long NeverBegun { get; private set; }

    public override Task RunAsync(IReadOnlyList<Caller> callers)
    {
        _callers = callers.Count;
        _start = _clock.Now;
        foreach (var caller in callers)
        {
            caller.Join(this);
            _idle.Push(caller);
        }

        // A thread of its own: the pool is for the answers, and would let it wait behind them.
        new Thread(Pace) { IsBackground = true, Name = "open loop" }.Start();
        return Ended;
    }

    public override bool TryNext(Caller caller, out Work work)
    {
        lock (_lock)
        {
            if (TryTakeDue(caller, out work)) return true;

            _idle.Push(caller);
            if (_isOver && _idle.Count == _callers) End();
            return false;
        }
    }

    public override void Stop()
    {
        lock (_lock) Finish(_clock.Now);
    }

    private void Pace()
    {
        try
        {
            while (true)
            {
                var isEnd = _clock.Now >= Measurements.Until;
                BeginWhatIsDue();
                if (IsOver(isEnd)) return;
                _clock.WaitUntil(NextWakeUp());
            }
        }
        catch (Exception bug)
        {
            Break(bug);
        }
    }

    private void BeginWhatIsDue()
    {
        while (TryWake(out var caller, out var work)) caller.RunFrom(work);
    }

    private bool TryWake(out Caller caller, out Work work)
    {
        lock (_lock)
        {
            work = default;
            if (!_idle.TryPop(out caller!)) return false;
            if (TryTakeDue(caller, out work)) return true;
            _idle.Push(caller);
            return false;
        }
    }

    private bool TryTakeDue(Caller caller, out Work work)
    {
        var now = _clock.Now;
        var intended = TimeOf(_begun);
        var isLeftOver = now >= Measurements.Until && intended < Measurements.Until - LastCall;
        if (_isOver || isLeftOver || intended > now || intended >= Measurements.Until)
        {
            work = default;
            return false;
        }

        _begun++;
        work = _workload.Next(caller, intended);
        return true;
    }

    private long NextWakeUp()
    {
        lock (_lock)
        {
            var now = _clock.Now;
            var next = _idle.Count == 0 ? now + AllBusyPause : Math.Max(TimeOf(_begun), now + WakeUpMin);
            return Math.Min(Math.Min(next, now + StopPause), Math.Max(Measurements.Until, now + 1));
        }
    }

    private bool IsOver(bool isEnd)
    {
        lock (_lock)
        {
            if (isEnd) Finish(Measurements.Until);
            return _isOver;
        }
    }

    private void Finish(long end)
    {
        if (_isOver) return;

        _isOver = true;
        for (var time = TimeOf(_begun + NeverBegun); time < end; time = TimeOf(_begun + NeverBegun)) NeverBegun++;
        if (_idle.Count == _callers) End();
    }

    private long TimeOf(long number) => _start + (long)(number * _nanosecondsEach);
}
