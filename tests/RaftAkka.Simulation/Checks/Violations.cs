using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using RaftAkka.Simulation.Engine;

namespace RaftAkka.Simulation.Checks;

/// <summary>
/// What went wrong. It is collected, not thrown: the checks run inside the turns of actors, whose supervisors would
/// swallow an exception.
/// </summary>
internal sealed class Violations(EventLog events)
{
    private readonly List<Violation> _found = [];

    public IReadOnlyList<Violation> Found => _found;

    public bool Any => _found.Count > 0;

    /// <param name="promise">The promise that was broken, by its name.</param>
    /// <param name="facts">What was seen.</param>
    public void Report(string promise, string facts)
    {
        _found.Add(new Violation(promise, facts));
        events.Add("check", $"VIOLATION of {promise}: {facts}");
    }

    /// <summary>Checks a promise; the facts are only put into words where it is broken.</summary>
    public void Require(
        bool holds, string promise, [InterpolatedStringHandlerArgument(nameof(holds))] Facts facts)
    {
        if (!holds) Report(promise, facts.ToString());
    }
}

/// <summary>Words that nobody needs while all is well, which is nearly always.</summary>
[InterpolatedStringHandler]
internal readonly ref struct Facts
{
    private readonly StringBuilder? _text;

    public Facts(int literalLength, int formattedCount, bool holds, out bool isNeeded)
    {
        isNeeded = !holds;
        _text = holds ? null : new StringBuilder(literalLength + (16 * formattedCount));
    }

    public void AppendLiteral(string literal) => _text!.Append(literal);

    public void AppendFormatted<T>(T value) => _text!.Append(CultureInfo.InvariantCulture, $"{value}");

    public override string ToString() => _text!.ToString();
}

internal sealed record Violation(string Promise, string Facts)
{
    public override string ToString() => $"{Promise}: {Facts}";
}
