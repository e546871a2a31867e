using System.Globalization;

namespace RaftAkka.Simulation.Engine;

/// <summary>
/// Everything that happened, a line each: the last of it kept for the report of a violation, all of it written to
/// <see cref="Trace"/> where there is one, and a fingerprint by which two runs are compared.
/// </summary>
internal sealed class EventLog(Loop loop, Func<object, string> describe, int recentMax = 400)
{
    private const ulong FnvOffset = 14695981039346656037;
    private const ulong FnvPrime = 1099511628211;

    private readonly Event[] _recent = new Event[recentMax];
    private long _count;

    public TextWriter? Trace { get; set; }

    public ulong Fingerprint { get; private set; } = FnvOffset;

    public long Count => _count;

    public void Add(string who, string what, object? about = null)
    {
        var happened = new Event(loop.Now, who, what, about);
        _recent[_count++ % _recent.Length] = happened;
        // Every draw of chance moves a time or the number of steps, so that these tell two runs apart.
        Fingerprint = (Fingerprint ^ (ulong)happened.At.Ticks) * FnvPrime;
        Fingerprint = (Fingerprint ^ (ulong)loop.Steps) * FnvPrime;
        Trace?.Write(Line(happened) + "\n");
    }

    /// <summary>The last events, oldest first.</summary>
    public IEnumerable<string> Recent()
    {
        for (var number = Math.Max(0, _count - _recent.Length); number < _count; number++)
            yield return Line(_recent[number % _recent.Length]);
    }

    private string Line(Event happened)
    {
        var about = happened.About is null ? "" : " " + describe(happened.About);
        var at = happened.At.TotalSeconds.ToString("F6", CultureInfo.InvariantCulture);
        return $"{at,11} {happened.Who,-14} {happened.What}{about}";
    }

    private readonly record struct Event(TimeSpan At, string Who, string What, object? About);
}
