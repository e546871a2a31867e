using Akka.Actor;

namespace RaftAkka.Tool.Node;

/// <summary>Hears from the event stream how the node fares.</summary>
internal static class NodeWatch
{
    /// <summary>Starts listening. To be called before the node starts: nothing that it says is missed then.</summary>
    /// <returns>When the node is ready, and why it failed; neither may ever come.</returns>
    public static (Task Ready, Task<Exception> Failed) Start(ActorSystem system)
    {
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var failed = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        var watch = system.ActorOf(Props.Create(() => new NodeListener(ready, failed)));
        system.EventStream.Subscribe(watch, typeof(RaftNodeReady));
        system.EventStream.Subscribe(watch, typeof(RaftNodeFailed));
        return (ready.Task, failed.Task);
    }
}

/// <summary>The ear of <see cref="NodeWatch"/>.</summary>
internal sealed class NodeListener : UntypedActor
{
    private readonly TaskCompletionSource _ready;
    private readonly TaskCompletionSource<Exception> _failed;

    public NodeListener(TaskCompletionSource ready, TaskCompletionSource<Exception> failed) =>
        (_ready, _failed) = (ready, failed);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case RaftNodeReady:           _ready.TrySetResult();                  break;
            case RaftNodeFailed failed:   _failed.TrySetResult(failed.Cause);     break;
            default:                      Unhandled(message);                     break;
        }
    }
}
