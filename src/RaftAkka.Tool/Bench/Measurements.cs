using System.Collections.Concurrent;
using HdrHistogram;

namespace RaftAkka.Tool.Bench;

/// <summary>
/// What callers report, from many threads: latencies, failures, verdicts. An operation counts if the time at which
/// it was to begin lies in the window that is measured.
/// </summary>
internal sealed class Measurements
{
    private const long LongestMicroseconds = 3_600_000_000;
    private const int Digits = 3;
    private const int Stripes = 4;

    // Each with its lock, so that two threads seldom want the same one.
    private readonly LongHistogram[] _stripes = [.. Enumerable.Range(0, Stripes).Select(_ => Empty())];
    private readonly ConcurrentDictionary<BenchFailure, string> _firstReasons = new();
    private readonly long[] _failures = new long[Enum.GetValues<BenchFailure>().Length];
    private readonly long[] _verdicts = new long[Enum.GetValues<Verdict>().Length];

    /// <summary>When the window begins.</summary>
    public long From { get; init; }

    /// <summary>When it ends.</summary>
    public long Until { get; init; } = long.MaxValue;

    /// <summary>The first reason that was heard for each kind of failure.</summary>
    public IReadOnlyDictionary<BenchFailure, string> FirstReasons => _firstReasons;

    public long Failures => _failures.Sum();

    public static LongHistogram Empty() => new(1, LongestMicroseconds, Digits);

    /// <summary>An operation has ended well.</summary>
    public void Succeeded(int caller, long intended, long now)
    {
        if (intended < From || intended >= Until) return;

        var microseconds = (now - intended) / BenchClock.Microsecond;
        var stripe = _stripes[caller % Stripes];
        lock (stripe) stripe.RecordValue(Math.Clamp(microseconds, 1, LongestMicroseconds));
    }

    public void Failed(long intended, BenchFailure kind, string reason)
    {
        _firstReasons.TryAdd(kind, reason);
        if (intended >= From && intended < Until) Interlocked.Increment(ref _failures[(int)kind]);
    }

    // Also outside the window: a promise holds always.
    public void Judged(Verdict verdict) => Interlocked.Increment(ref _verdicts[(int)verdict]);

    public long Count(BenchFailure kind) => Interlocked.Read(ref _failures[(int)kind]);

    public long Count(Verdict verdict) => Interlocked.Read(ref _verdicts[(int)verdict]);

    /// <summary>Moves what was recorded since the last time into a histogram.</summary>
    public void TakeInto(LongHistogram histogram)
    {
        foreach (var stripe in _stripes)
        {
            lock (stripe)
            {
                if (stripe.TotalCount == 0) continue;
                histogram.Add(stripe);
                stripe.Reset();
            }
        }
    }
}
