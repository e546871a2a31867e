using Akka.Actor;
using RaftAkka.Dispatch;

namespace RaftAkka.Client;

/// <summary>How the facade hands a request over, so that it ends even where nobody takes it.</summary>
internal interface ICallDoor
{
    /// <summary>
    /// Whether the calls behind it end on threads of the pool, many together; otherwise as soon as they are answered.
    /// </summary>
    bool EndsCallsTogether { get; }

    void Submit(IFacadeRequest request, TimeSpan timeout);

    /// <summary>The caller of a call has canceled it, perhaps before it was handed over.</summary>
    void Withdraw(ClientCall call);

    Task StopAsync();
}

/// <summary>
/// The door to the client's own actor, which keeps the deadlines, and answers for what it leaves behind.
/// </summary>
internal sealed class DoorToOwnActor(IActorRef actor, ClientDoor door) : ICallDoor
{
    public bool EndsCallsTogether => true;

    public void Submit(IFacadeRequest request, TimeSpan timeout) => door.Submit(request, actor);

    public void Withdraw(ClientCall call) => door.Submit(new CanceledCall(call), actor);

    public Task StopAsync()
    {
        actor.Tell(StopClient.Instance, ActorRefs.NoSender);
        return door.Closed;
    }
}

/// <summary>
/// The door to somebody else's actor, such as a probe, which may forget a request or be dead: a timer for
/// each request sees to its end. Dear, and only right for tests and small loads.
/// </summary>
internal sealed class DoorToAnyActor(IActorRef actor) : ICallDoor
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    // A local actor knows its system. The reference of no actor has none, and there is nobody to tell.
    private readonly IScheduler _scheduler =
        (actor as IInternalActorRef)?.Provider.Guardian.Underlying.System.Scheduler
        ?? throw new ArgumentException(
            $"'{actor}' is not the reference of an actor in this process.", nameof(actor));

    // Whoever plays the actor may look at the task of a call that it has just answered.
    public bool EndsCallsTogether => false;

    public void Submit(IFacadeRequest request, TimeSpan timeout)
    {
        var timer = _scheduler.RunAfter(timeout + Grace, () => GiveUp(request));
        actor.Tell(request, ActorRefs.NoSender);
        if (request is ClientCall call)
            call.Outcome.ContinueWith(_ => timer.Cancel(), TaskScheduler.Default);
    }

    public void Withdraw(ClientCall call)
    {
        // The other actor sees it by the call's outcome.
    }

    public Task StopAsync() => Task.CompletedTask;

    private void GiveUp(IFacadeRequest request)
    {
        var why = $"{actor.Path} did not answer the request in its time.";
        if (request is ClientCall call) call.LeaveUnknown(why);
        else request.Refuse(why);
    }
}
