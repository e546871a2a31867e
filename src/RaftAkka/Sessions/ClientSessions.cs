using System.Globalization;
using Akka.Actor;
using Akka.Event;
using Akka.Remote;
using RaftAkka.Protocol;
using RaftAkka.Server;
using RaftAkka.Snapshots;

namespace RaftAkka.Sessions;

/// <summary>
/// The door for clients: takes those of this cluster and group, gives each its own <see
/// cref="ClientSession"/>, and answers who asks how the server stands. It need not live in the server's actor
/// system.
/// </summary>
internal sealed class ClientSessions : UntypedActor
{
    private const int ClientNameLengthMax = 128;

    private readonly RaftNodeSettings _settings;
    private readonly IActorRef _server;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<string, IActorRef> _sessions = new(StringComparer.Ordinal);
    private readonly Dictionary<IActorRef, string> _clients = [];
    private ClusterView _view;
    private long _sessionsEver;

    public ClientSessions(RaftNodeSettings settings, IActorRef server)
    {
        _settings = settings;
        _server = server;
        _view = new ClusterView(Term.Zero, null, settings.Members);
    }

    public static Props Props(RaftNodeSettings settings, IActorRef server) =>
        Akka.Actor.Props.Create(() => new ClientSessions(settings, server));

    // A session that threw has lost count of its proposals. It ends, and the client starts a fresh one.
    protected override SupervisorStrategy SupervisorStrategy() =>
        Akka.Actor.SupervisorStrategy.StoppingStrategy;

    protected override void PreStart() =>
        Context.System.EventStream.Subscribe(Self, typeof(DisassociatedEvent));

    protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ConnectClient connect:      OnConnect(connect);        break;
            case AskStatus ask:              OnAskStatus(ask);          break;
            case TakeSnapshot take:          OnTakeSnapshot(take);      break;
            case OpenBackup open:            OnOpenBackup(open);        break;
            case AskMembers ask:             OnAskMembers(ask);         break;
            case ChangeMembership change:    OnChange(change);          break;
            case HandOver hand:              OnHandOver(hand);          break;
            case ViewChanged changed:        OnViewChanged(changed);    break;
            case DisassociatedEvent lost:    OnDisassociated(lost);     break;
            case Terminated ended:           OnSessionEnded(ended);     break;
            default:                         Unhandled(message);        break;
        }
    }

    private void OnConnect(ConnectClient connect)
    {
        if (!IsMeant(connect.Cluster, connect.Group)) return;

        if (!IsClientName(connect.Client))
        {
            // The name is not repeated: it comes from a stranger and may hold anything.
            Refuse(
                $"A client's name takes 1 to {ClientNameLengthMax} letters, digits, dots, dashes "
                + "or underscores.",
                isFinal: true);
            return;
        }

        if (!_sessions.TryGetValue(connect.Client, out var session))
        {
            if (_sessions.Count >= _settings.ClientsMax)
            {
                Refuse(
                    $"{_settings.Server} serves {_sessions.Count} clients and takes no more (ClientsMax). "
                    + "Use fewer clients, one serves a whole process; or raise the limit on every server.",
                    isFinal: false);
                return;
            }

            session = StartSession(connect.Client);
        }

        session.Tell(new ClientArrived(Sender, _view));
    }

    private void OnAskStatus(AskStatus ask)
    {
        if (IsMeant(ask.Cluster, ask.Group)) _server.Tell(new ReportStatus(), Sender);
    }

    private void OnTakeSnapshot(TakeSnapshot take)
    {
        if (IsMeant(take.Cluster, take.Group)) _server.Tell(new RequestSnapshot(), Sender);
    }

    private void OnOpenBackup(OpenBackup open)
    {
        if (IsMeant(open.Cluster, open.Group)) _server.Tell(RequestBackup.Instance, Sender);
    }

    private void OnAskMembers(AskMembers ask)
    {
        if (IsMeant(ask.Cluster, ask.Group)) _server.Tell(ReportMembers.Instance, Sender);
    }

    private void OnChange(ChangeMembership change)
    {
        if (IsMeant(change.Cluster, change.Group)) _server.Tell(new ChangeMembers(change.Id, change.Changes), Sender);
    }

    private void OnHandOver(HandOver hand)
    {
        if (IsMeant(hand.Cluster, hand.Group)) _server.Tell(new HandOverLeadership(hand.Id, hand.Target), Sender);
    }

    private void OnViewChanged(ViewChanged changed)
    {
        _view = changed.View;
        foreach (var session in _sessions.Values) session.Tell(changed);
    }

    private void OnDisassociated(DisassociatedEvent lost)
    {
        var news = new ClientConnectionLost(lost.RemoteAddress);
        foreach (var session in _sessions.Values) session.Tell(news);
    }

    private void OnSessionEnded(Terminated ended)
    {
        if (_clients.Remove(ended.ActorRef, out var client)) _sessions.Remove(client);
    }

    private IActorRef StartSession(string client)
    {
        // The number makes the actor's name unique while an earlier session of the same client still stops.
        var number = (++_sessionsEver).ToString(CultureInfo.InvariantCulture);
        var session = Context.ActorOf(
            ClientSession.Props(_settings, _server, client).WithDispatcher(Context.Props.Dispatcher), $"{number}-{client}");

        // A child of this very actor: the rule against watching concerns actors across the network.
        Context.Watch(session);
        _sessions.Add(client, session);
        _clients.Add(session, client);
        return session;
    }

    private bool IsMeant(ClusterId cluster, GroupName group)
    {
        if (cluster == _settings.Cluster && group == _settings.Group) return true;

        Refuse(
            $"{_settings.Server} serves group '{_settings.Group}' of cluster '{_settings.Cluster}', and was "
            + $"asked for group '{group}' of cluster '{cluster}'. Correct the client's cluster and group, or "
            + "its seeds.",
            isFinal: true);
        return false;
    }

    private void Refuse(string reason, bool isFinal)
    {
        // At debug level: a stranger who asks again and again must not fill the log.
        _log.Debug("raft {0}: refused client {1}: {2}", _settings.Server, Sender.Path, reason);
        Sender.Tell(new ClientRefused(_settings.Server, reason, isFinal), Self);
    }

    private static bool IsClientName(string name) =>
        name.Length is > 0 and <= ClientNameLengthMax
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');
}
