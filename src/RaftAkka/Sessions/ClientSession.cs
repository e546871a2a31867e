using Akka.Actor;
using Akka.Event;
using RaftAkka.Dispatch;
using RaftAkka.Protocol;
using RaftAkka.Server;

namespace RaftAkka.Sessions;

/// <summary>
/// One client's requests on one server: validates them, proposes them, and answers whoever sent them. Whether
/// the server leads is the server's to know: it refuses, and this actor passes the refusal on.
/// </summary>
/// <remarks>
/// It holds no promise that must outlive it: exactly-once is the replicated session table's. So it ends when
/// the client says goodbye or is silent for <see cref="RaftNodeSettings.ClientIdleTimeout"/>. A broken
/// connection may heal in a moment, so it only shortens that wait to a quarter; a client that comes back
/// finds its requests still under way.
/// </remarks>
internal sealed class ClientSession : UntypedActor
{
    private const int ConnectionLostPatienceDivisor = 4;

    private readonly RaftNodeSettings _settings;
    private readonly IActorRef _server;
    private readonly ConnectedClient _client;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<long, Request> _inFlight = [];
    private readonly SeenRequests _seen = new();
    private IActorRef _clientRef = ActorRefs.Nobody;
    private ClusterView _view = ClusterView.Empty;
    private ICancelable? _idleCheck;
    private TimeSpan _patience;

    public ClientSession(RaftNodeSettings settings, IActorRef server, ConnectedClient client)
    {
        _settings = settings;
        _server = server;
        _client = client;
        _patience = settings.ClientIdleTimeout;
    }

    private static TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    public static Props Props(RaftNodeSettings settings, IActorRef server, ConnectedClient client) =>
        Akka.Actor.Props.Create(() => new ClientSession(settings, server, client));

    protected override void PreStart()
    {
        _client.Heard = Now;
        CheckIdleAfter(_patience);
    }

    protected override void PostStop() => _idleCheck?.Cancel();

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case SendCommands commands:      OnCommands(commands);               break;
            case SendQueries queries:        OnQueries(queries);                 break;
            case RegisterSession register:   OnRegister(register);               break;
            case ProposalApplied applied:    OnApplied(applied);                 break;
            case QueriesAnswered answered:   OnAnswered(answered);               break;
            case ProposalRefused refused:    OnProposalRefused(refused);         break;
            case KeepAlive alive:            OnKeepAlive(alive);                 break;
            case ClientArrived arrived:      OnArrived(arrived);                 break;
            case ViewChanged changed:        OnViewChanged(changed);             break;
            case ClientConnectionLost lost:  OnConnectionLost(lost);             break;
            case CheckIdle:                  OnCheckIdle();                      break;
            case DisconnectClient goodbye:   OnGoodbye(goodbye);                 break;
            case MakeRoom:                   OnMakeRoom();                       break;
            default:                         Unhandled(message);                 break;
        }
    }

    private void OnArrived(ClientArrived arrived)
    {
        Heard();
        _clientRef = arrived.Client;
        _view = arrived.View;
        _clientRef.Tell(new ClientConnected(
            _settings.Server, _view, _settings.BatchBytesMax, _settings.BatchesInFlightMax));
    }

    private void OnKeepAlive(KeepAlive alive)
    {
        Heard();
        if (alive.Session != SessionId.None) _server.Tell(new SessionAlive(alive.Session), Self);
        Sender.Tell(new KeepAliveReply(_view));
    }

    // Unasked, so that a client that waits for a leader learns of it at once instead of asking again and
    // again.
    private void OnViewChanged(ViewChanged changed)
    {
        var isNews = changed.View.Leader is not null
            && (changed.View.Leader, changed.View.Term) != (_view.Leader, _view.Term);
        _view = changed.View;
        if (isNews) _clientRef.Tell(new KeepAliveReply(_view));
    }

    private void OnRegister(RegisterSession register)
    {
        Heard();
        if (!MayPropose(register.Batch)) return;

        if (register.Token == SessionToken.None)
        {
            Refuse(register.Batch, RefusalReason.Malformed,
                $"{_settings.Server} registers sessions only under a token that the client draws, and this client sent none: "
                + "its release is older than the server's. Nothing was registered. Update the client.");
        }
        else if (!_client.Host.MayRegister(Now))
        {
            Refuse(register.Batch, RefusalReason.Busy,
                $"The clients on this host have registered {_settings.RegistrationsPerHostMax} sessions within "
                + $"{ClientHost.RefillTime.TotalSeconds} s, and {_settings.Server} takes no more of one host "
                + "(registrations-per-host-max). Use one client for a whole process, and keep it.");
        }
        else
        {
            Propose(
                register.Batch, EntryKind.OpenSession, new SessionOpening(register.Token, _client.Host.Name).Encode());
        }
    }

    // So that a client which has gone leaves nothing behind. What the server cannot do now, as without leading, the
    // session's expiry does later.
    private void OnGoodbye(DisconnectClient goodbye)
    {
        if (goodbye.Session.Token != SessionToken.None) _server.Tell(new SessionLeft(goodbye.Session), Self);
        Context.Stop(Self);
    }

    private void OnMakeRoom()
    {
        _clientRef.Tell(new ClientRefused(
            _settings.Server,
            $"{_settings.Server} serves as many clients as it takes, and gave this one's place to one of a host with fewer, "
            + "or took it for gone (clients-max, clients-per-host-max). Use fewer clients, one serves a whole process; or "
            + "raise the limits on every server.",
            IsFinal: false));
        Context.Stop(Self);
    }

    private void OnCommands(SendCommands commands)
    {
        Heard();
        if (MayPropose(commands.Batch) && IsBatch(commands.Batch, commands.Payload))
            Propose(commands.Batch, EntryKind.Commands, commands.Payload);
    }

    private void OnQueries(SendQueries queries)
    {
        Heard();
        if (MayPropose(queries.Batch) && IsBatch(queries.Batch, queries.Payload))
            Read(queries);
    }

    private void OnApplied(ProposalApplied applied)
    {
        if (!_inFlight.Remove(applied.Batch, out var request)) return;   // A second answer.

        IClientReply reply = request.IsRegistration
            ? new SessionRegistered(applied.Batch, applied.Index)
            : new BatchResults(applied.Batch, ThatFitOneMessage(applied.Results));
        request.From.Tell(reply, Self);
    }

    private void OnAnswered(QueriesAnswered answered)
    {
        if (_inFlight.Remove(answered.Batch, out var request))
            request.From.Tell(new BatchResults(answered.Batch, ThatFitOneMessage(answered.Results)), Self);
    }

    // Small commands can have large results. The client sends those again that got no result, and finds it in the
    // session table; a query is asked again. Each answer brings at least one.
    private static IReadOnlyList<CommandResult> ThatFitOneMessage(IReadOnlyList<CommandResult> results)
    {
        var bytes = 0;
        var count = 0;
        foreach (var result in results)
        {
            bytes += Math.Min(result.Result.Length, IStateMachine.ResultBytesMax);
            if (count > 0 && bytes > IStateMachine.ResultBytesMax) break;
            count++;
        }

        var isWhole = count == results.Count && bytes == results.Sum(result => (long)result.Result.Length);
        return isWhole ? results : [.. results.Take(count).Select(AsItFits)];
    }

    private static CommandResult AsItFits(CommandResult result) =>
        result.Result.Length <= IStateMachine.ResultBytesMax
            ? result
            : new CommandResult(result.Sequence, CommandStatus.ResultTooLarge, default);

    private void OnProposalRefused(ProposalRefused refused)
    {
        if (!_inFlight.Remove(refused.Batch, out var request)) return;   // A second answer.

        request.From.Tell(new BatchRefused(refused.Batch, refused.Reason, refused.View, refused.Facts), Self);
    }

    private bool MayPropose(long batch)
    {
        // A client trusts "refused" to mean "surely not in the log because of this try". A copy that the
        // network made, taken after the refusal of the first, would break that.
        if (!_seen.IsNew(batch)) return false;
        if (_inFlight.Count < _settings.BatchesInFlightMax) return true;

        Refuse(batch, RefusalReason.Busy,
            $"{_settings.Server} has {_inFlight.Count} unanswered requests of this client and takes no "
            + "more at a time.");
        return false;
    }

    private bool IsBatch(long batch, ReadOnlyMemory<byte> payload)
    {
        if (payload.Length > _settings.BatchBytesMax)
        {
            Refuse(batch, RefusalReason.TooLarge,
                $"The batch has {payload.Length} bytes; {_settings.Server} takes at most "
                + $"{_settings.BatchBytesMax}.");
            return false;
        }

        if (CommandBatch.TryDecode(payload, out var decoded) && decoded.Count > 0) return true;

        Refuse(batch, RefusalReason.Malformed,
            $"{_settings.Server} cannot read the {payload.Length} bytes as a batch of one or more commands that are not "
            + "acknowledged. Does the client run another version?");
        return false;
    }

    private void Propose(long batch, EntryKind kind, ReadOnlyMemory<byte> payload)
    {
        // The answer goes to whoever sent this request, so that it arrives even where the client has come
        // back under another reference since.
        _inFlight.Add(batch, new Request(kind == EntryKind.OpenSession, Sender));
        _server.Tell(new Propose(batch, kind, payload), Self);
    }

    private void Read(SendQueries queries)
    {
        _inFlight.Add(queries.Batch, new Request(IsRegistration: false, Sender));
        _server.Tell(new ReadQueries(queries.Batch, queries.Payload, queries.Consistency), Self);
    }

    private void Refuse(long batch, RefusalReason reason, string facts) =>
        Sender.Tell(new BatchRefused(batch, reason, _view, facts), Self);

    private void Heard()
    {
        _client.Heard = Now;
        _patience = _settings.ClientIdleTimeout;
    }

    private void OnConnectionLost(ClientConnectionLost lost)
    {
        if (_clientRef.Path.Address != lost.Remote) return;

        _patience = _settings.ClientIdleTimeout / ConnectionLostPatienceDivisor;
        _client.Heard = Now;
        CheckIdleAfter(_patience);
    }

    private void OnCheckIdle()
    {
        var rest = _client.Heard + _patience - Now;
        if (rest > TimeSpan.Zero)
        {
            CheckIdleAfter(rest);
            return;
        }

        _log.Debug("raft {0}: client {1} was silent for {2}; its session actor ends.",
            _settings.Server, _clientRef.Path, _patience);
        Context.Stop(Self);
    }

    // One timer that looks at a timestamp: setting a timer anew at every request costs ten times as much.
    private void CheckIdleAfter(TimeSpan delay)
    {
        _idleCheck?.Cancel();
        _idleCheck = Context.System.Scheduler.TellAfter(delay, Self, CheckIdle.Instance);
    }

    private readonly record struct Request(bool IsRegistration, IActorRef From);

    private sealed class CheckIdle
    {
        public static readonly CheckIdle Instance = new();
    }
}
