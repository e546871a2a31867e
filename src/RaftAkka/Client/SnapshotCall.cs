using System.Globalization;
using Akka.Actor;
using RaftAkka.Dispatch;
using RaftAkka.Protocol;

namespace RaftAkka.Client;

/// <summary>Somebody wants a server to take a snapshot.</summary>
internal sealed class SnapshotCall(string address, TimeSpan timeout) : IFacadeRequest
{
    private readonly TaskCompletionSource<LogIndex> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Address { get; } = address;

    public TimeSpan Timeout { get; } = timeout;

    public Task<LogIndex> Outcome => _outcome.Task;

    public void Complete(LogIndex index) => _outcome.TrySetResult(index);

    public void Refuse(string reason) => _outcome.TrySetException(new SnapshotFailedException(reason));
}

/// <summary>Asks one server for a snapshot, and ends with its answer or when the time is up.</summary>
internal sealed class SnapshotAsker(SnapshotCall call, RaftClientSettings settings, IServers servers) : UntypedActor
{
    private ICancelable? _timer;

    public static Props Props(SnapshotCall call, RaftClientSettings settings, IServers servers) =>
        Akka.Actor.Props.Create(() => new SnapshotAsker(call, settings, servers));

    protected override void PreStart()
    {
        _timer = Context.System.Scheduler.TellAfter(call.Timeout, Self, ReceiveTimeout.Instance);
        servers.At(call.Address).Tell(new TakeSnapshot(settings.Cluster, settings.Group), Self);
    }

    protected override void PostStop()
    {
        _timer?.Cancel();

        // Where an answer came first, this changes nothing.
        call.Refuse("The client was stopped before the server had answered.");
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case SnapshotTaken taken:   OnTaken(taken);             break;
            case ClientRefused refused: End(refused.Reason);        break;
            case ReceiveTimeout:        End(Silence());             break;
            default:                    Unhandled(message);         break;
        }
    }

    private void OnTaken(SnapshotTaken taken)
    {
        if (taken.Problem.Length > 0)
        {
            End($"{taken.Server} has not taken a snapshot: {taken.Problem}");
            return;
        }

        call.Complete(taken.Index);
        Context.Stop(Self);
    }

    private string Silence()
    {
        var seconds = call.Timeout.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
        return $"The server at {call.Address} did not answer within {seconds} s. It may be taking the snapshot all the "
            + "same: its status shows when it is there. Asking again is safe.";
    }

    private void End(string problem)
    {
        call.Refuse(problem);
        Context.Stop(Self);
    }
}
