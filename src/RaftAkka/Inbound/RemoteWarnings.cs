using System.Net;
using Akka.Event;

namespace RaftAkka.Inbound;

/// <summary>
/// Warnings that input from outside causes: one for each host in <see cref="Interval"/>, with the number of those that
/// were left out, and no more than <see cref="LinesMax"/> for all hosts.
/// </summary>
/// <param name="log">Where to.</param>
/// <param name="now">The monotonic time.</param>
internal sealed class RemoteWarnings(ILoggingAdapter log, Func<TimeSpan> now)
{
    /// <summary>One host causes at most one line in this time.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>All hosts together cause at most so many lines in <see cref="Interval"/>.</summary>
    public const int LinesMax = 20;

    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _leftOut = [];
    private TimeSpan _since;
    private int _lines;
    private int _leftOutOfOthers;
    private bool _hasBegun;

    /// <summary>Warns, unless the host has caused a line already. The text ends with a full stop.</summary>
    public void Warn(IPAddress host, string text)
    {
        string? said;
        lock (_gate) said = LineOf(host, text);
        if (said is not null) log.Warning("{0}", said);
    }

    private string? LineOf(IPAddress host, string text)
    {
        var leftOut = BeginWindow();
        if (_leftOut.TryGetValue(host, out var before))
        {
            _leftOut[host] = before + 1;
            return null;
        }

        if (_lines >= LinesMax)
        {
            _leftOutOfOthers++;
            return null;
        }

        _lines++;
        _leftOut[host] = 0;
        return leftOut == 0 ? text : $"{text} {leftOut} warnings like it were left out in the {Interval.TotalSeconds:0} s before.";
    }

    // Of a window that is over, the first line of the next one tells how much was left out.
    private int BeginWindow()
    {
        var time = now();
        if (_hasBegun && time - _since < Interval) return 0;

        var leftOut = _leftOutOfOthers + _leftOut.Values.Sum();
        _leftOut.Clear();
        (_hasBegun, _since, _lines, _leftOutOfOthers) = (true, time, 0, 0);
        return leftOut;
    }
}
