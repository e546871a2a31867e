using Akka.Event;
using RaftAkka.UserCode;

namespace RaftAkka.Machine;

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
        log.Warning(UserFailure.Printable(cause), template + more, facts);
    }
}
