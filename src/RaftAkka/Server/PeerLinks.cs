using Akka.Actor;
using RaftAkka.Dispatch;
using RaftAkka.Protocol;

namespace RaftAkka.Server;

/// <summary>
/// Keeps a connection between every two servers. Followers say nothing to each other while they have a leader; when
/// it dies, the first thing that a candidate would do without this is to connect, while the clients wait. So each
/// server asks all others who they are, when it starts, when others join, and again and again.
/// </summary>
internal sealed class PeerLinks(RaftNodeSettings settings, Func<ActorSystem, ActorPath, IActorRef> find) : UntypedActor
{
    /// <summary>How long a broken connection between two followers stays so. One message of 200 bytes for each peer.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private IReadOnlyList<MemberAddress> _members = settings.Members;
    private ICancelable? _timer;

    public static Props Props(RaftNodeSettings settings) => Props(
        settings, (system, path) => ((ExtendedActorSystem)system).Provider.ResolveActorRef(path.ToSerializationFormat()));

    /// <param name="settings">This server and the members at the start.</param>
    /// <param name="find">The actor at a path.</param>
    public static Props Props(RaftNodeSettings settings, Func<ActorSystem, ActorPath, IActorRef> find) =>
        Akka.Actor.Props.Create(() => new PeerLinks(settings, find));

    protected override void PreStart()
    {
        _timer = Context.System.Scheduler.TellEvery(Interval, Self, Again.Instance);
        Ask();
    }

    protected override void PostStop() => _timer?.Cancel();

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ViewChanged changed: OnViewChanged(changed);    break;
            case Again:               Ask();                     break;
            case ActorIdentity:                                  break;   // The connection stands.
            default:                  Unhandled(message);        break;
        }
    }

    // A view comes with each change of leader, too, when there are better things to do.
    private void OnViewChanged(ViewChanged changed)
    {
        if (changed.View.Members.SequenceEqual(_members)) return;

        _members = changed.View.Members;
        Ask();
    }

    private void Ask()
    {
        foreach (var member in _members)
        {
            if (member.Server == settings.Server) continue;

            var address = MemberAddresses.ToAkka(member.Address, Context.System.Name);
            find(Context.System, MemberAddresses.NodeAt(address, settings.Group)).Tell(new Identify(null), Self);
        }
    }

    private sealed class Again
    {
        public static readonly Again Instance = new();
    }
}
