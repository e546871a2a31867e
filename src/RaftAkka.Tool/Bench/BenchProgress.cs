using System.Globalization;
using RaftAkka.Tool.Output;

namespace RaftAkka.Tool.Bench;

/// <summary>Tells somebody who waits how far the run is.</summary>
internal interface IBenchProgress
{
    void Show(string what);

    void Show(Timeline timeline, TimeSpan of, long failures);

    void Clear();
}

/// <summary>Nobody watches.</summary>
internal sealed class NoProgress : IBenchProgress
{
    public static readonly NoProgress Instance = new();

    public void Show(string what)
    {
        // Nobody watches.
    }

    public void Show(Timeline timeline, TimeSpan of, long failures)
    {
        // Nobody watches.
    }

    public void Clear()
    {
        // There is nothing to clear.
    }
}

/// <summary>One line of a terminal, which is written again and again.</summary>
internal sealed class ProgressLine(TextWriter terminal) : IBenchProgress
{
    public void Show(string what) => terminal.Write(Colours.LineAgain + what);

    public void Show(Timeline timeline, TimeSpan of, long failures)
    {
        var last = timeline.Seconds[^1];
        Show(string.Create(
            CultureInfo.InvariantCulture,
            $"{last.End.TotalSeconds:F0} of {of.TotalSeconds:F0} s   {last.PerSecond:N0}/s   p50 {last.P50Ms:F2} ms"
            + $"   p99 {last.P99Ms:F2} ms   max {last.MaxMs:F1} ms   failed {failures:N0}"));
    }

    public void Clear() => terminal.Write(Colours.LineAgain);
}
