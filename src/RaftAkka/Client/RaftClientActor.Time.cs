using Akka.Actor;
using RaftAkka.Dispatch;
using RaftAkka.Protocol;

namespace RaftAkka.Client;

/// <content>
/// What happens by time alone: deadlines, retries, keep-alives, and the patience with a silent server.
/// </content>
internal sealed partial class RaftClientActor
{
    private const int SilencesDoublingMax = 3;

    private static readonly TimeSpan TickMin = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan BackoffMin = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan BackoffMax = TimeSpan.FromMilliseconds(200);

    private ICancelable? _timer;
    private TimeSpan _timerDue;
    private long _timerNumber;

    private static TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    // One timer, which only ever moves to an earlier time; the tick that it brings looks at everything that
    // may be due. While calls are open it comes every 20 ms, however many there are.
    private void WakeBy(TimeSpan due)
    {
        if (_timer is not null && _timerDue <= due) return;

        _timer?.Cancel();
        _timerDue = due;
        var delay = due - Now;
        if (delay < TickMin) delay = TickMin;
        _timer = Context.System.Scheduler.TellAfter(delay, Self, new Tick(++_timerNumber));
    }

    private bool IsPresent(Tick tick)
    {
        if (tick.Number != _timerNumber) return false;   // It had left before it was replaced.
        _timer = null;
        return true;
    }

    // 20, 40, 80 … 200 ms, and at random up to half of it less, so that clients do not come in step. A client
    // that nobody waits for goes on doubling, up to its keep-alive interval.
    private TimeSpan Backoff(int failures)
    {
        var longest = _openCalls > 0 ? BackoffMax : _settings.KeepAliveInterval;
        var delay = BackoffMin * (1 << Math.Clamp(failures, 0, 16));
        return (delay < longest ? delay : longest) * (1 - (_random.NextDouble() / 2));
    }

    private void OnTick(Connection connection, Tick tick)
    {
        if (!IsPresent(tick)) return;

        var now = Now;
        ExpireCalls(now);
        if (IsSilent(connection, now))
        {
            Seek(connection, $"it did not answer in time (ServerTimeout {_settings.ServerTimeout})");
            return;
        }

        if (_registration is { IsOnTheWay: false } registration && registration.Since <= now)
            SendRegistration(connection, registration, now);
        foreach (var batch in _outstanding.ToArray())
        {
            if (!batch.IsOnTheWay && batch.Since <= now) SendAgain(connection, batch, now);
        }

        CheckReads(now);
        QueueFlush();   // Calls that were given up have made room.
        KeepAlive(connection, now);
    }

    private void KeepAlive(Connection connection, TimeSpan now)
    {
        // Queries tell the server that the client lives, and do not keep its session.
        if (now - connection.LastRenewed >= _settings.KeepAliveInterval) SayAlive(connection, now);

        var due = connection.LastRenewed + _settings.KeepAliveInterval;
        if (connection.AskedForLife is { } asked) due = Earlier(due, asked + _settings.ServerTimeout);
        if (_openCalls > 0) due = Earlier(due, now + DeadlineWheel.Tick);
        WakeBy(due);
    }

    private void SayAlive(Connection connection, TimeSpan now)
    {
        Tell(connection, new KeepAlive(_session?.Id ?? SessionId.None), now);
        connection.LastRenewed = now;
        connection.AskedForLife ??= now;
    }

    // A server that is slow rather than gone gets more time at every silence, so that retries do not add to
    // its load.
    private bool IsSilent(Connection connection, TimeSpan now)
    {
        var isSilent = connection.AskedForLife is { } asked && now - asked >= _settings.ServerTimeout;
        if (_registration is { IsOnTheWay: true } registration
            && IsOverdue(registration.Since, registration.Silences, now))
        {
            registration.CountSilence();
            isSilent = true;
        }

        foreach (var batch in _outstanding.Concat(_reads.Where(read => read.Reader == connection.Server)))
        {
            if (!batch.IsOnTheWay || !IsOverdue(batch.Since, batch.Silences, now)) continue;

            batch.CountSilence();
            isSilent = true;
        }

        return isSilent;
    }

    private bool IsOverdue(TimeSpan since, int silences, TimeSpan now) =>
        now - since >= _settings.ServerTimeout * (1 << Math.Min(silences, SilencesDoublingMax));

    private sealed record Tick(long Number) : INoSerializationVerificationNeeded;
}
