using System.Diagnostics;
using System.Runtime.InteropServices;

namespace RaftAkka.Tool.Bench;

/// <summary>The time of a run, in nanoseconds from a point that means nothing. Tests have one that they move.</summary>
internal abstract class BenchClock
{
    public const long Second = 1_000_000_000;
    public const long Millisecond = 1_000_000;
    public const long Microsecond = 1_000;

    public abstract long Now { get; }

    /// <summary>Blocks until then, or somewhat longer.</summary>
    public abstract void WaitUntil(long time);

    /// <summary>The same without a thread that waits, and with less precision.</summary>
    public abstract Task WhenAsync(long time, CancellationToken stop);

    public static long Of(TimeSpan span) => span.Ticks * TimeSpan.NanosecondsPerTick;

    public static TimeSpan Span(long time) => TimeSpan.FromTicks(time / TimeSpan.NanosecondsPerTick);
}

/// <summary>The clock of this machine.</summary>
internal sealed class MachineClock : BenchClock
{
    public static readonly MachineClock Instance = new();

    public override long Now => Stopwatch.Frequency == Second
        ? Stopwatch.GetTimestamp()
        : (long)(Stopwatch.GetTimestamp() * ((double)Second / Stopwatch.Frequency));

    // Thread.Sleep knows milliseconds only, which is longer than many an operation takes.
    public override void WaitUntil(long time)
    {
        var left = time - Now;
        if (left <= 0) return;

        if (!OperatingSystem.IsLinux())
        {
            Thread.Sleep((int)Math.Max(1, left / Millisecond));
            return;
        }

        var span = new TimeSpec(left / Second, left % Second);
        _ = NanoSleep(in span, IntPtr.Zero);   // A signal may end it early, and the caller looks at the clock again.
    }

    public override async Task WhenAsync(long time, CancellationToken stop)
    {
        for (var left = time - Now; left > 0 && !stop.IsCancellationRequested; left = time - Now)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling((double)left / Millisecond)), stop)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [DllImport("libc", EntryPoint = "nanosleep")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int NanoSleep(in TimeSpec span, IntPtr remaining);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct TimeSpec(long Seconds, long Nanoseconds);
}
