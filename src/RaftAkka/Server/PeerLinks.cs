using Akka.Actor;
using Akka.Event;
using RaftAkka.Dispatch;
using RaftAkka.Protocol;

namespace RaftAkka.Server;

/// <summary>
/// Keeps a connection between every two servers. Followers say nothing to each other while they have a leader; when
/// it dies, the first thing that a candidate would do without this is to connect, while the clients wait. So each
/// server asks all others who they are, when it starts, when others join, and again and again. Who does not answer is lost:
/// that is one line in the log, and one more when it is back.
/// </summary>
internal sealed class PeerLinks(RaftNodeSettings settings, Func<ActorSystem, ActorPath, IActorRef> find) : UntypedActor
{
    /// <summary>How long a broken connection between two followers stays so. One message of 200 bytes for each peer.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>How long a server may be silent before it counts as lost: two intervals, and timers may be a little early.</summary>
    public static readonly TimeSpan LostAfter = (Interval * 2) - TimeSpan.FromMilliseconds(500);

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<ServerId, Link> _links = [];
    private IReadOnlyList<MemberAddress> _members = settings.Members;
    private ICancelable? _timer;

    private static TimeSpan Now => Context.System.Scheduler.MonotonicClock;

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
            case Again:               Judge(); Ask();            break;
            case ActorIdentity who:   OnAnswer(who);             break;
            case PeerUnreachable why: OnUnreachable(why);        break;
            default:                  Unhandled(message);        break;
        }
    }

    // A view comes with each change of leader, too, when there are better things to do.
    private void OnViewChanged(ViewChanged changed)
    {
        if (changed.View.Members.SequenceEqual(_members)) return;

        _members = changed.View.Members;
        foreach (var gone in _links.Keys.Except(_members.Select(member => member.Server)).ToArray()) _links.Remove(gone);
        Ask();
    }

    private void Ask()
    {
        foreach (var member in _members)
        {
            if (member.Server == settings.Server) continue;

            Of(member.Server);
            var address = MemberAddresses.ToAkka(member.Address, Context.System.Name);
            find(Context.System, MemberAddresses.NodeAt(address, settings.Group)).Tell(new Identify(null), Self);
        }
    }

    // There is no subject where the process runs, and has no such actor; nor where the question became a dead letter, which
    // is answered, too.
    private void OnAnswer(ActorIdentity who)
    {
        if (who.Subject is null || who.Subject.IsNobody() || MemberAt(who.Subject.Path.Address) is not { } member) return;

        var link = Of(member.Server);
        if (link.IsLost)
            _log.Warning(
                "raft {0}: {1} ({2}) answers again, after {3:0} s.",
                settings.Server, member.Server, member.Address, (Now - link.Heard).TotalSeconds);
        (link.Heard, link.IsLost, link.Reason) = (Now, false, null);
    }

    private MemberAddress? MemberAt(Address address) => _members.FirstOrDefault(
        member => MemberAddresses.ToAkka(member.Address, Context.System.Name).Equals(address));

    private void OnUnreachable(PeerUnreachable lost)
    {
        if (_members.Any(member => member.Server == lost.Peer)) Of(lost.Peer).Reason = lost.Reason;
    }

    private void Judge()
    {
        foreach (var member in _members)
        {
            if (member.Server == settings.Server) continue;

            var link = Of(member.Server);
            if (link.IsLost || Now - link.Heard < LostAfter) continue;

            link.IsLost = true;
            _log.Warning(
                "raft {0}: {1} ({2}) has not answered for {3:0} s: {4}. It is asked again every {5:0} s; there is one more line when "
                + "it answers.",
                settings.Server, member.Server, member.Address, (Now - link.Heard).TotalSeconds,
                link.Reason ?? "no word of why", Interval.TotalSeconds);
        }
    }

    /// <summary>Why a connection failed, without the addresses around it.</summary>
    public static string ReasonOf(Exception cause)
    {
        while (cause.InnerException is { } inner) cause = inner;

        const string start = "Cannot connect to ";
        var text = cause.Message;
        var end = text.IndexOf(": ", StringComparison.Ordinal);
        return text.StartsWith(start, StringComparison.Ordinal) && end > 0 ? text[(end + 2)..].TrimEnd('.') : text.TrimEnd('.');
    }

    // A server that was never heard is silent since it was first asked.
    private Link Of(ServerId server)
    {
        if (!_links.TryGetValue(server, out var link)) _links[server] = link = new Link { Heard = Now };
        return link;
    }

    private sealed class Link
    {
        public TimeSpan Heard { get; set; }

        public bool IsLost { get; set; }

        public string? Reason { get; set; }
    }

    private sealed class Again
    {
        public static readonly Again Instance = new();
    }
}
