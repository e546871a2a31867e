using Akka.Actor;

namespace RaftAkka.Dispatch;

/// <summary>
/// The only way to Akka's scheduler. A delay is mostly "until then, from now", and its end may pass while it is computed:
/// the thread is preempted, or a garbage collection runs. Akka's scheduler throws for a delay below zero, and that would
/// stop an actor at the very moment something became due. Here such a delay means at once.
/// </summary>
internal static class Delays
{
#pragma warning disable RS0030 // The symbols that are banned everywhere else.
    /// <summary>Tells an actor a message after a delay, or at once where the delay is over already.</summary>
    /// <param name="scheduler">The scheduler.</param>
    /// <param name="delay">From now.</param>
    /// <param name="to">The receiver.</param>
    /// <param name="message">The message.</param>
    /// <param name="sender">Its sender; the receiver itself where nobody else is named.</param>
    public static ICancelable TellAfter(
        this IScheduler scheduler, TimeSpan delay, IActorRef to, object message, IActorRef? sender = null) =>
        scheduler.ScheduleTellOnceCancelable(AtLeastZero(delay), to, message, sender ?? to);

    /// <summary>Tells an actor a message again and again.</summary>
    public static ICancelable TellEvery(this IScheduler scheduler, TimeSpan interval, IActorRef to, object message) =>
        scheduler.ScheduleTellRepeatedlyCancelable(AtLeastZero(interval), interval, to, message, to);

    /// <summary>Runs something after a delay, or at once where the delay is over already.</summary>
    public static ICancelable RunAfter(this IScheduler scheduler, TimeSpan delay, Action action) =>
        scheduler.Advanced.ScheduleOnceCancelable(AtLeastZero(delay), action);

    /// <summary>Runs something again and again.</summary>
    public static ICancelable RunEvery(this IScheduler scheduler, TimeSpan interval, Action action) =>
        scheduler.Advanced.ScheduleRepeatedlyCancelable(AtLeastZero(interval), interval, action);
#pragma warning restore RS0030

    private static TimeSpan AtLeastZero(TimeSpan delay) => delay > TimeSpan.Zero ? delay : TimeSpan.Zero;
}
