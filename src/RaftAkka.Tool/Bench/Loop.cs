namespace RaftAkka.Tool.Bench;

/// <summary>
/// Says what the callers do next, and when there is nothing left to do. Callers ask from many threads; the last one
/// that comes to rest ends the loop.
/// </summary>
internal abstract class Loop(Measurements measurements)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Measurements Measurements { get; } = measurements;

    /// <summary>Ends when every call has ended; throws what a caller could not explain.</summary>
    protected Task Ended => _ended.Task;

    /// <summary>Sets the callers to work, and ends when all have come to rest.</summary>
    public abstract Task RunAsync(IReadOnlyList<Caller> callers);

    /// <summary>What this caller does next; false is that it rests.</summary>
    public abstract bool TryNext(Caller caller, out Work work);

    /// <summary>Lets calls that are under way end, and begins no more.</summary>
    public abstract void Stop();

    /// <summary>A caller met a bug. There is nothing to measure any more.</summary>
    public void Break(Exception bug)
    {
        _ended.TrySetException(bug);
        Stop();
    }

    protected void End() => _ended.TrySetResult();
}

/// <summary>One operation.</summary>
/// <param name="Intended">When it was to begin: its latency counts from there.</param>
/// <param name="IsRead">Whether it reads or writes.</param>
/// <param name="Key">The number of its key.</param>
internal readonly record struct Work(long Intended, bool IsRead, int Key);

/// <summary>Mixes reads and writes over the keys.</summary>
internal sealed class Workload(KeyChooser keys, int readsPercent)
{
    public Work Next(Caller caller, long intended)
    {
        var isRead = readsPercent > 0 && (readsPercent == 100 || caller.Random.Below(100) < readsPercent);
        return new Work(intended, isRead, keys.Next(ref caller.Random));
    }
}

/// <summary>A loop in which every caller has one operation under way, until a time.</summary>
internal sealed class ClosedLoop(Workload workload, BenchClock clock, Measurements measurements) : Loop(measurements)
{
    private volatile bool _isStopped;
    private int _working;

    public override Task RunAsync(IReadOnlyList<Caller> callers)
    {
        _working = callers.Count;
        foreach (var caller in callers) caller.Run(this);
        return Ended;
    }

    public override bool TryNext(Caller caller, out Work work)
    {
        var now = clock.Now;
        if (now < Measurements.Until && !_isStopped)
        {
            work = workload.Next(caller, now);
            return true;
        }

        work = default;
        if (Interlocked.Decrement(ref _working) == 0) End();
        return false;
    }

    public override void Stop() => _isStopped = true;
}

/// <summary>A loop that goes through keys once: to write them all before they are read, or to read them back.</summary>
internal sealed class EachKeyOnce(IReadOnlyList<int> keys, bool isRead, BenchClock clock, Measurements measurements)
    : Loop(measurements)
{
    private volatile bool _isStopped;
    private int _working;
    private int _taken;

    /// <summary>How many keys were taken so far.</summary>
    public int Taken => Math.Min(Volatile.Read(ref _taken), keys.Count);

    public override Task RunAsync(IReadOnlyList<Caller> callers)
    {
        _working = callers.Count;
        foreach (var caller in callers) caller.Run(this);
        return Ended;
    }

    public override bool TryNext(Caller caller, out Work work)
    {
        var next = Interlocked.Increment(ref _taken) - 1;
        if (next < keys.Count && !_isStopped)
        {
            work = new Work(clock.Now, isRead, keys[next]);
            return true;
        }

        work = default;
        if (Interlocked.Decrement(ref _working) == 0) End();
        return false;
    }

    public override void Stop() => _isStopped = true;
}
