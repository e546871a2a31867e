using Akka.Actor;
using Akka.Event;
using Akka.Remote;
using RaftAkka.Protocol;

namespace RaftAkka.Client;

/// <summary>
/// Carries out the calls of one <see cref="RaftClient"/>: finds the leader, sends in batches what queued,
/// tries again under the same session and sequence numbers, and tells every caller exactly what is known. It
/// is <c>Seeking</c> a leader or <c>Serving</c> calls through one; calls are taken in both.
/// </summary>
internal sealed partial class RaftClientActor : UntypedActor
{
    private readonly RaftClientSettings _settings;
    private readonly IServers _servers;
    private readonly Random _random;
    private readonly Func<SessionToken> _drawToken;
    private readonly ClientDoor _door;
    private readonly ClientLog _log;
    private readonly ConnectClient _connect;
    private readonly ClusterMap _map;

    // The client's latest actor on each server that has taken it: to say goodbye, and to know who speaks.
    private readonly Dictionary<ServerId, IActorRef> _sessionActors = [];
    private bool _isBroken;

    public RaftClientActor(
        RaftClientSettings settings, IServers servers, string client, Random random, Func<SessionToken> drawToken,
        ClientDoor door)
    {
        _settings = settings;
        _servers = servers;
        _random = random;
        _drawToken = drawToken;
        _door = door;
        _log = new ClientLog(Context.GetLogger(), client);
        _connect = new ConnectClient(settings.Cluster, settings.Group, client);
        _map = new ClusterMap(settings.Seeds);
        _deadlines = new DeadlineWheel(Now);
    }

    /// <param name="settings">Checked by the caller.</param>
    /// <param name="servers">The door to the servers.</param>
    /// <param name="client">A name that no other client has, not even this one's predecessor.</param>
    /// <param name="random">Spreads the retries of many clients. Used by this actor only.</param>
    /// <param name="drawToken">
    /// Draws the token of a session: never the same one twice, and none that anybody else can guess.
    /// </param>
    /// <param name="door">
    /// Where the facade leaves its requests; the actor also takes them as messages.
    /// </param>
    public static Props Props(
        RaftClientSettings settings, IServers servers, string client, Random random, Func<SessionToken> drawToken,
        ClientDoor door) =>
        Akka.Actor.Props.Create(() => new RaftClientActor(settings, servers, client, random, drawToken, door));

    protected override SupervisorStrategy SupervisorStrategy() =>
        Akka.Actor.SupervisorStrategy.StoppingStrategy;

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(DisassociatedEvent));
        Context.System.EventStream.Subscribe(Self, typeof(AssociatedEvent));
        Seek(left: null, "it starts");
    }

    // What was under way is lost with the state, and the servers know the client's name and numbers already.
    // So there is no second life: the calls end, and the facade says that the client is stopped.
    protected override void PreRestart(Exception reason, object message)
    {
        _isBroken = true;
        _log.Broken(reason);
        base.PreRestart(reason, message);
    }

    protected override void PostRestart(Exception reason) => Context.Stop(Self);

    protected override void PostStop()
    {
        _timer?.Cancel();
        Context.System.EventStream.Unsubscribe(Self);
        _door.Close();
        EndAllCalls();
        var goodbye = new DisconnectClient(_session?.Id ?? SessionId.None);
        foreach (var session in _sessionActors.Values) session.Tell(goodbye, Self);
    }

    // Never reached: PreStart and PostRestart leave a behaviour, or nothing, behind.
    protected override void OnReceive(object message) => Unhandled(message);

    private void Seeking(Search search, object message)
    {
        switch (message)
        {
            case ClientConnected connected:    OnConnected(search, connected);         break;
            case ClientRefused refused:        OnRefused(search, refused);             break;
            case KeepAliveReply reply:         OnKeepAliveReply(search, reply);        break;
            case BatchRefused refused:         OnBatchRefused(search, refused);        break;
            case ClientCall call:              OnCall(call); HurryUp(search);          break;
            case Knock:                        OnKnock(); HurryUp(search);             break;
            case Flush:                        OnFlush();                              break; // No leader.
            case Tick tick:                    OnTick(search, tick);                   break;
            case DisassociatedEvent lost:      OnDisassociated(search, lost);          break;
            default:                           InEveryState(message);                  break;
        }
    }

    private void Serving(Connection connection, object message)
    {
        switch (message)
        {
            case ClientCall call:              OnCall(call);                           break;
            case Knock:                        OnKnock();                              break;
            case Flush:                        OnFlush(connection);                    break;
            case BatchRefused refused:         OnBatchRefused(connection, refused);    break;
            case KeepAliveReply reply:         OnKeepAliveReply(connection, reply);    break;
            case ClientConnected connected:    OnConnected(connection, connected);     break;
            case ClientRefused refused:        OnRefused(connection, refused);         break;
            case Tick tick:                    OnTick(connection, tick);               break;
            case DisassociatedEvent lost:      OnDisassociated(connection, lost);      break;
            default:                           InEveryState(message);                  break;
        }
    }

    private void InEveryState(object message)
    {
        switch (message)
        {
            case BatchResults results:         OnResults(results);                     break;
            case AssociatedEvent connected:    OnAssociated(connected);                break;
            case SessionRegistered registered: OnSessionRegistered(registered);        break;
            case IFacadeRequest request:       OnRequest(request);                     break;
            case StopClient:                   Context.Stop(Self);                     break;
            default:                           Unhandled(message);                     break;
        }
    }

    // Each has an actor of its own, which answers for it whatever happens: also when this one stops.
    private void OnRequest(IFacadeRequest request)
    {
        switch (request)
        {
            case StatusCall call:
                Context.ActorOf(StatusCollector.Props(call, _settings, _servers, _map.Members));
                break;
            case SnapshotCall call:
                Context.ActorOf(SnapshotAsker.Props(call, _settings, _servers));
                break;
            case BackupCall call:
                Context.ActorOf(BackupAsker.Props(call, _settings, _servers));
                break;
            case MembersCall call:
                Context.ActorOf(MembersAsker.Props(call, _settings, _servers, _map.AllAddresses));
                break;
            case CanceledCall canceled:
                OnCanceled(canceled.Call);
                break;
            default:
                request.Refuse($"The client knows no request of the kind {request.GetType().Name}.");
                break;
        }
    }

    private ServerId? WhoIs(IActorRef sender)
    {
        foreach (var (server, session) in _sessionActors)
        {
            if (session.Equals(sender)) return server;
        }

        return null;
    }

    private sealed class Flush : INoSerializationVerificationNeeded
    {
        public static readonly Flush Instance = new();
    }
}
