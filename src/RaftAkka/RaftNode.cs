using Akka.Actor;
using Akka.Event;
using Akka.Remote;
using RaftAkka.Dispatch;
using RaftAkka.Machine;
using RaftAkka.Protocol;
using RaftAkka.Server;
using RaftAkka.Snapshots;
using RaftAkka.Settings;

namespace RaftAkka;

/// <summary>
/// One server of one Raft group: the actor that starts and supervises all the others of it. Start it as
/// <c>/user/GROUP</c>, where peers and clients look for it. It says on the event stream
/// <see cref="RaftNodeReady"/> when it takes part, and <see cref="RaftNodeFailed"/> before it stops for good: a
/// broken invariant, disk or log is never restarted over.
/// </summary>
public sealed class RaftNode : UntypedActor
{
    internal const string ServerName = "server";
    internal const string SessionsName = "sessions";

    private readonly RaftNodeSettings _settings;
    private readonly RaftNodeParts _parts;
    private readonly SnapshotStore _snapshots;
    private IActorRef _server = ActorRefs.Nobody;
    private IActorRef _sessions = ActorRefs.Nobody;
    private IActorRef _links = ActorRefs.Nobody;
    private IReadOnlyList<MemberAddress> _members;
    private bool _hasFailed;

    internal RaftNode(RaftNodeSettings settings, RaftNodeParts parts) =>
        (_settings, _parts, _snapshots, _members) = (settings, parts, parts.Snapshots(), settings.Members);

    /// <summary>A node on this machine's disk that talks to its peers over Akka.Remote.</summary>
    /// <param name="settings">What it has to know.</param>
    /// <param name="machine">Makes its state machine.</param>
    /// <exception cref="RaftConfigurationException">The settings cannot work; the message lists the mistakes.</exception>
    public static Props Props(RaftNodeSettings settings, Func<IStateMachine> machine)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(machine);
        settings.Validate();
        return Props(settings, RaftNodeParts.OfProduction(settings, machine));
    }

    internal static Props Props(RaftNodeSettings settings, RaftNodeParts parts) =>
        Akka.Actor.Props.CreateBy(new Producer(settings, parts));

    /// <inheritdoc/>
    protected override void PreStart()
    {
        var log = Start(_parts.Log, "log");
        var snapshots = Start(SnapshotWriter.Props(_snapshots), "snapshots");
        var machine = Start(
            MachineHost.Props(_parts.Machine, new MachineSnapshots(_snapshots, snapshots, _settings.Server))
                .WithDispatcher(HandOnDispatcher.OfMachine),
            "machine");
        var peers = _parts.Peers(Context.System);
        var transfers = Start(
            SnapshotTransfers.Props(
                _snapshots, peers, new SendingPace(_settings.ElectionTimeoutMax, _parts.SnapshotChunkBytes)),
            "transfers");
        var parts = new ServerParts(log, machine, snapshots, transfers, Self, peers, _parts.Random, _parts.Rules)
        {
            Incarnation = _parts.Incarnation,
        };
        _server = Start(RaftServer.Props(_settings, parts).WithDispatcher(HandOnDispatcher.Name), ServerName);
        _sessions = Start(_parts.Sessions(_server).WithDispatcher(HandOnDispatcher.Name), SessionsName);
        if (_parts.Links is { } links) _links = Start(links, "links");

        Context.System.EventStream.Subscribe(Self, typeof(DisassociatedEvent));
        Context.System.EventStream.Subscribe(Self, typeof(AssociationErrorEvent));
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        Context.System.EventStream.Unsubscribe(Self);
        _snapshots.Dispose();   // Several of those who have stopped by now used it.
    }

    /// <inheritdoc/>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(cause =>
    {
        Fail(cause);
        return Directive.Stop;
    });

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ViewChanged view:              OnViewChanged(view);                                   break;
            case PrepareToStop:                 _server.Forward(message);                              break;
            case ServerReady:                   Announce(new RaftNodeReady(_settings.Server));         break;
            case DisassociatedEvent broken:     OnDisassociated(broken);                               break;
            case AssociationErrorEvent failed:  OnAssociationError(failed);                            break;
            case Terminated:                    Context.Stop(Self);                                    break;
            default:                            Unhandled(message);                                    break;
        }
    }

    private static IActorRef Start(Props props, string name) => Context.Watch(Context.ActorOf(props, name));

    private void OnViewChanged(ViewChanged changed)
    {
        _members = changed.View.Members;
        _sessions.Tell(changed);
        _links.Tell(changed);
    }

    // When a peer's process dies its sockets close, long before anyone would miss its heartbeats.
    private void OnDisassociated(DisassociatedEvent broken)
    {
        foreach (var member in _members)
            if (MemberAddresses.ToAkka(member.Address, Context.System.Name).Equals(broken.RemoteAddress))
                _server.Tell(new PeerConnectionLost(member.Server));
    }

    private void OnAssociationError(AssociationErrorEvent failed)
    {
        if (failed.IsInbound) return;
        foreach (var member in _members)
        {
            if (!MemberAddresses.ToAkka(member.Address, Context.System.Name).Equals(failed.RemoteAddress)) continue;

            var lost = new PeerUnreachable(member.Server, PeerLinks.ReasonOf(failed.Cause));
            _server.Tell(lost);
            _links.Tell(lost);
        }
    }

    private void Fail(Exception cause)
    {
        if (_hasFailed) return;

        _hasFailed = true;
        Context.GetLogger().Error(cause, "raft {0}: the node stops: {1}", _settings.Server, cause.Message);
        Announce(new RaftNodeFailed(_settings.Server, cause));
    }

    private static void Announce(object news) => Context.System.EventStream.Publish(news);

    // Props find public constructors only, and this one takes what is nobody else's business.
    private sealed class Producer(RaftNodeSettings settings, RaftNodeParts parts) : IIndirectActorProducer
    {
        public Type ActorType => typeof(RaftNode);

        public ActorBase Produce() => new RaftNode(settings, parts);

        public void Release(ActorBase actor)
        {
        }
    }
}

/// <summary>On the event stream: a node has recovered its log and takes part in its group.</summary>
/// <param name="Server">The node's server.</param>
public sealed record RaftNodeReady(ServerId Server);

/// <summary>On the event stream: a node cannot go on, and stops. Its data stays as it is.</summary>
/// <param name="Server">The node's server.</param>
/// <param name="Cause">What happened, with a message for a person.</param>
public sealed record RaftNodeFailed(ServerId Server, Exception Cause);
