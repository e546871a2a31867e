using Akka.Event;

namespace RaftAkka.Machine;

/// <summary>What a user's state machine threw, in words that may be logged and sent.</summary>
internal static class MachineFailure
{
    /// <summary>The most characters of a description: it travels to clients, and may hold whatever the machine was sent.</summary>
    public const int LengthMax = 1024;

    /// <summary>The exception's type and text, on one line and of a bounded length.</summary>
    public static string Describe(Exception failure)
    {
        var text = $"{failure.GetType().Name}: {TextOf(failure)}";
        return text.Length <= LengthMax ? text : string.Concat(text.AsSpan(0, LengthMax - 1), "…");
    }

    // The text is the user's code too.
    private static string TextOf(Exception failure)
    {
        try
        {
            return failure.Message.ReplaceLineEndings(" ");
        }
        catch (Exception e)
        {
            return $"(its text cannot be had: {e.GetType().Name})";
        }
    }
}

/// <summary>
/// Logs what a machine's callers can make it throw: at most one warning in <see cref="Interval"/>, which says how many there
/// were in between.
/// </summary>
internal sealed class MachineFailureLog(ILoggingAdapter log, Func<TimeSpan> now)
{
    /// <summary>A person reads one a minute; more would let a client fill the log.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private TimeSpan? _last;
    private long _unsaid;

    /// <summary>Warns now, or counts it for the next warning.</summary>
    public void Warn(Exception cause, string template, params object[] facts)
    {
        if (_last is { } last && now() - last < Interval)
        {
            _unsaid++;
            return;
        }

        var more = _unsaid == 0 ? "" : $" ({_unsaid} more like it since the last such line.)";
        (_last, _unsaid) = (now(), 0);
        log.Warning(cause, template + more, facts);
    }
}
