using System.Collections.Concurrent;
using Akka.Actor;

namespace RaftAkka.Client;

/// <summary>
/// Where the facade leaves its requests for the actor. Many callers cost the actor one message, not one each.
/// And no request is lost when the actor stops: whoever finds the door closed behind his request answers it
/// himself, where a message in the mailbox of a stopped actor would leave its caller waiting for ever.
/// </summary>
internal sealed class ClientDoor
{
    private const string Stopped =
        "The client is stopped: the request was not sent to anybody. Start a new client.";

    private readonly ConcurrentQueue<IFacadeRequest> _requests = new();
    private readonly TaskCompletionSource _closing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _knocked;
    private volatile bool _isClosed;

    /// <summary>Ends when the actor has stopped.</summary>
    public Task Closed => _closing.Task;

    /// <summary>Leaves a request. Never blocks; safe to call from many threads.</summary>
    public void Submit(IFacadeRequest request, IActorRef actor)
    {
        _requests.Enqueue(request);

        // A full fence lies in the exchange: either Close sees the request, or this sees that it is closed.
        var isFirst = Interlocked.Exchange(ref _knocked, 1) == 0;
        if (_isClosed) RefuseAll();
        else if (isFirst) actor.Tell(Knock.Instance, ActorRefs.NoSender);
    }

    /// <summary>The actor answers the knock; a request that comes from now on knocks again.</summary>
    public void Open() => Interlocked.Exchange(ref _knocked, 0);

    public bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out IFacadeRequest? request) =>
        _requests.TryDequeue(out request);

    /// <summary>The actor is gone. Safe to repeat.</summary>
    public void Close()
    {
        _isClosed = true;
        Interlocked.MemoryBarrier();
        RefuseAll();
        _closing.TrySetResult();
    }

    private void RefuseAll()
    {
        while (_requests.TryDequeue(out var request)) request.Refuse(Stopped);
    }
}
