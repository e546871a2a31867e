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
    private readonly ConnectedClients _clients;
    private ClusterView _view;
    private long _sessionsEver;

    public ClientSessions(RaftNodeSettings settings, IActorRef server)
    {
        _settings = settings;
        _server = server;
        _clients = new ConnectedClients(settings);
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

        var (address, now) = (Sender.Path.Address, Context.System.Scheduler.MonotonicClock);
        var client = _clients.Find(connect.Client);
        if (client is null)
        {
            if (!HasRoomFor(address, now)) return;
            client = StartSession(connect.Client, address, now);
        }

        _clients.Moved(client, address, now);
        client.Session.Tell(new ClientArrived(Sender, _view));
    }

    private bool HasRoomFor(Address address, TimeSpan now)
    {
        var onHost = _clients.CountOn(address);
        if (_clients.Count < _settings.ClientsMax && onHost < _settings.ClientsPerHostMax) return true;

        if (_clients.ToPushOut(address, now) is { } other)
        {
            // Its place is free at once; its actor stops as soon as it has told the client.
            _clients.Remove(other.Session, out _);
            other.Session.Tell(MakeRoom.Instance);
            return true;
        }

        Refuse(
            onHost >= _settings.ClientsPerHostMax
                ? $"{_settings.Server} serves {onHost} clients of the host that this one is on, and takes no more of one "
                    + "host (clients-per-host-max). Use fewer clients, one serves a whole process; or raise the limit on "
                    + "every server."
                : $"{_settings.Server} serves {_clients.Count} clients and takes no more (clients-max). "
                    + "Use fewer clients, one serves a whole process; or raise the limit on every server.",
            isFinal: false);
        return false;
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
        foreach (var client in _clients.All) client.Session.Tell(changed);
    }

    private void OnDisassociated(DisassociatedEvent lost)
    {
        var news = new ClientConnectionLost(lost.RemoteAddress);
        foreach (var client in _clients.At(lost.RemoteAddress)) client.Session.Tell(news);
    }

    private void OnSessionEnded(Terminated ended) => _clients.Remove(ended.ActorRef, out _);

    private ConnectedClient StartSession(string name, Address address, TimeSpan now)
    {
        var client = _clients.Add(name, address, now);

        // The number makes the actor's name unique while an earlier session of the same client still stops.
        var number = (++_sessionsEver).ToString(CultureInfo.InvariantCulture);
        var session = Context.ActorOf(
            ClientSession.Props(_settings, _server, client).WithDispatcher(Context.Props.Dispatcher), $"{number}-{name}");

        // A child of this very actor: the rule against watching concerns actors across the network.
        Context.Watch(session);
        _clients.Started(client, session);
        return client;
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
