using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

namespace RaftAkka.Tests.Support;

/// <summary>
/// Time that stands still until a test moves it, <see cref="IScheduler"/> and clock in one. What falls due
/// while it moves happens in order, each at its own time, also what is scheduled on the way.
/// </summary>
public sealed class ManualScheduler(Config config, ILoggingAdapter log) : SchedulerBase(config, log)
{
    private readonly PriorityQueue<Item, (TimeSpan Due, long Order)> _items = new();
    private readonly Lock _gate = new();
    private TimeSpan _now = TimeSpan.FromHours(1);
    private long _order;

    public override TimeSpan MonotonicClock => PassesWithALook is { } passes ? _now += passes() : _now;

    /// <summary>How much time passes as somebody looks at the clock, as where a thread is preempted there; null for none.</summary>
    public Func<TimeSpan>? PassesWithALook { get; set; }

    public override TimeSpan HighResMonotonicClock => _now;

    protected override DateTimeOffset TimeNow => DateTimeOffset.UnixEpoch + _now;

    public void Advance(TimeSpan by)
    {
        var until = _now + by;
        while (TakeDue(until) is { } item)
        {
            if (item.Cancelable is not { IsCancellationRequested: true }) item.Act();
        }

        if (until > _now) _now = until;
    }

    protected override void InternalScheduleTellOnce(
        TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Add(delay, () => receiver.Tell(message, sender), cancelable);

    protected override void InternalScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender,
        ICancelable cancelable) =>
        AddRepeatedly(initialDelay, interval, () => receiver.Tell(message, sender), cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, Action action, ICancelable cancelable) =>
        Add(delay, action, cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, IRunnable action, ICancelable cancelable) =>
        Add(delay, action.Run, cancelable);

    protected override void InternalScheduleRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable cancelable) =>
        AddRepeatedly(initialDelay, interval, action, cancelable);

    protected override void InternalScheduleRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, IRunnable action, ICancelable cancelable) =>
        AddRepeatedly(initialDelay, interval, action.Run, cancelable);

    private void AddRepeatedly(TimeSpan delay, TimeSpan interval, Action action, ICancelable cancelable) =>
        Add(delay, () =>
        {
            action();
            AddRepeatedly(interval, interval, action, cancelable);
        }, cancelable);

    private void Add(TimeSpan delay, Action act, ICancelable? cancelable)
    {
        lock (_gate) _items.Enqueue(new Item(act, cancelable), (_now + delay, ++_order));
    }

    private Item? TakeDue(TimeSpan until)
    {
        lock (_gate)
        {
            if (!_items.TryPeek(out var item, out var priority) || priority.Due > until) return null;

            _items.Dequeue();
            if (priority.Due > _now) _now = priority.Due;
            return item;
        }
    }

    private sealed record Item(Action Act, ICancelable? Cancelable);
}
