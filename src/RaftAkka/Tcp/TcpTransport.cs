using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Remote;
using Akka.Remote.Transport;
using RaftAkka.Inbound;
using RaftAkka.Dispatch;

namespace RaftAkka.Tcp;

/// <summary>
/// A transport for Akka.Remote over plain TCP sockets, in place of the one over DotNetty, and with the same bytes on the
/// wire: either speaks with the other. It has no threads of its own. What arrives is handled on the thread that the socket
/// called, through to what is sent in answer, and what is sent during that goes out together (<see
/// cref="Dispatch.ThreadTurns"/>). Where TLS is turned on, all is left to Akka's own transport.
/// </summary>
/// <remarks>Named as <c>akka.remote.dot-netty.tcp.transport-class</c>, and made by Akka.Remote.</remarks>
internal sealed class TcpTransport : Transport, IDisposable
{
    private const string AkkasOwn = "Akka.Remote.Transport.DotNetty.TcpTransport, Akka.Remote";

    // A connection is closed so long after its last word, if the other side does not close it.
    private static readonly TimeSpan PatienceAtEnd = TimeSpan.FromSeconds(1);

    // Who is there closes within milliseconds; nobody is to wait longer for one who is not.
    private static readonly TimeSpan PatienceAtShutdown = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan PatienceAtDoor = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<TcpConnection, bool> _connections = [];
    private readonly TaskCompletionSource<IAssociationEventListener> _listener = new();
    private readonly TaskCompletionSource _allAreGone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Transport? _encrypted;
    private readonly ConnectionLimits _limits;
    private InboundRules? _rules;
    private ICancelable? _looking;
    private TimeSpan _lastLook;
    private long _unsent;
    private long _input;
    private Socket? _door;
    private volatile bool _isOver;

    public TcpTransport(ActorSystem system, Config config)
    {
        (System, Config) = (system, config);
        Log = Logging.GetLogger(system, typeof(TcpTransport));
        Settings = TcpSettings.From(config) with { SilenceTimeout = SilenceTimeoutOf(system) };
        Warnings = new RemoteWarnings(Log, () => system.Scheduler.MonotonicClock);
        _limits = new ConnectionLimits(Settings.ConnectionsMax, Settings.ConnectionsPerHostMax, Settings.HandshakesMax);
        if (TcpSettings.AsksForTls(config))
            _encrypted = (Transport)Activator.CreateInstance(Type.GetType(AkkasOwn, throwOnError: true)!, system, config)!;
        SchemeIdentifier = _encrypted?.SchemeIdentifier ?? "tcp";
        MaximumPayloadBytes = _encrypted?.MaximumPayloadBytes ?? Settings.FrameBytesMax;
    }

    /// <summary>How often connections are looked at, for what they do not do.</summary>
    public static TimeSpan LookInterval { get; } = TimeSpan.FromMilliseconds(500);

    internal TcpSettings Settings { get; }

    internal ILoggingAdapter Log { get; }

    internal RemoteWarnings Warnings { get; }

    /// <summary>How many incoming connections there are.</summary>
    internal int Incoming => _limits.Connections;

    /// <summary>The bytes that wait to be sent on all connections.</summary>
    internal long Unsent => Interlocked.Read(ref _unsent);

    internal bool HoldsTooMuchUnsent => Interlocked.Read(ref _unsent) > Settings.UnsentBytesTotalMax;

    internal bool HoldsTooMuchInput => Interlocked.Read(ref _input) > Settings.UnfinishedBytesMax;

    public override bool IsResponsibleFor(Address remote) => true;

    public override async Task<(Address, TaskCompletionSource<IAssociationEventListener>)> Listen()
    {
        if (_encrypted is not null) return await _encrypted.Listen().ConfigureAwait(false);

        try
        {
            var place = await ResolveAsync(Settings.Hostname, Settings.Port, CancellationToken.None).ConfigureAwait(false);
            _door = new Socket(place.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (Settings.SharesPort) _door.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            if (place.Address.Equals(IPAddress.IPv6Any)) _door.DualMode = true;   // "[::]" is IPv4, too.
            _door.Bind(place);
            _door.Listen(Settings.Backlog);
        }
        catch (SocketException e)
        {
            _door?.Dispose();
            throw new RemoteTransportException(
                $"Cannot listen on {Settings.Hostname}:{Settings.Port}: {e.Message}.", e);
        }

        var port = Settings.PublicPort ?? ((IPEndPoint)_door.LocalEndPoint!).Port;
        var own = new Address(SchemeIdentifier, System.Name, HostOf(Settings.PublicHostname), port);
        if (Settings.Accepted != InboundMessages.Unchecked) _rules = RulesOf(own);
        _lastLook = System.Scheduler.MonotonicClock;
        _looking = System.Scheduler.RunEvery(LookInterval, LookAtTime);

        // Whoever comes before there is a listener waits in the backlog.
        _ = AcceptAllAsync(_door);
        return (own, _listener);
    }

    public override async Task<AssociationHandle> Associate(Address remoteAddress)
    {
        if (_encrypted is not null) return await _encrypted.Associate(remoteAddress).ConfigureAwait(false);

        Socket? socket = null;
        try
        {
            ObjectDisposedException.ThrowIf(_isOver, this);
            using var patience = new CancellationTokenSource(Settings.ConnectTimeout);
            var place = await ResolveAsync(remoteAddress.Host, remoteAddress.Port ?? 0, patience.Token).ConfigureAwait(false);
            socket = new Socket(place.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            Settings.Prepare(socket);
            await socket.ConnectAsync(place, patience.Token).ConfigureAwait(false);
            return Connect(socket, remoteAddress, place.Address, isIncoming: false);
        }
        catch (Exception e)
        {
            socket?.Dispose();
            var what = e switch
            {
                OperationCanceledException => $"no answer within {Settings.ConnectTimeout.TotalSeconds:0.###} s",
                ObjectDisposedException => "this transport is closed",
                SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain } =>
                    $"the name '{remoteAddress.Host}' does not resolve",
                _ => e.Message,
            };

            // Without the cause inside: then it is this text that Akka shows.
            throw new InvalidAssociationException($"Cannot connect to {remoteAddress}: {what}");
        }
    }

    public override async Task<bool> Shutdown()
    {
        if (_encrypted is not null) return await _encrypted.Shutdown().ConfigureAwait(false);

        Dispose();
        foreach (var connection in _connections.Keys) connection.Disassociate(nameof(Shutdown), Log);
        if (_connections.IsEmpty) _allAreGone.TrySetResult();

        // Their last words are heard by then, or the other sides are not there any more.
        await Task.WhenAny(_allAreGone.Task, AfterAsync(PatienceAtShutdown)).ConfigureAwait(false);
        foreach (var connection in _connections.Keys) connection.Close(DisassociateInfo.Shutdown);
        return true;
    }

    public override Task<bool> ManagementCommand(object message) =>
        _encrypted?.ManagementCommand(message) ?? Task.FromResult(false);

    /// <summary>Lets nobody in any more. <see cref="Shutdown"/> also closes what is open.</summary>
    public void Dispose()
    {
        _isOver = true;
        _looking?.Cancel();
        _door?.Dispose();
    }

    /// <summary>A connection has closed.</summary>
    internal void Forget(TcpConnection connection)
    {
        if (_connections.TryRemove(connection, out _) && connection.IsIncoming)
            _limits.Remove(connection.Host, connection.HasHandshake);
        if (_isOver && _connections.IsEmpty) _allAreGone.TrySetResult();
    }

    /// <summary>A connection's first frame has arrived.</summary>
    internal void OnHandshake(TcpConnection connection)
    {
        if (connection.IsIncoming) _limits.OnHandshake(connection.Host);
    }

    /// <summary>More bytes wait to be sent, or fewer.</summary>
    internal void CountUnsent(long change) => Interlocked.Add(ref _unsent, change);

    /// <summary>Connections hold more of what arrives, or less.</summary>
    internal void CountInput(long change) => Interlocked.Add(ref _input, change);

    /// <summary>Makes room for what others are to be sent: one connection goes, of the host for which most waits.</summary>
    internal void CloseWhatIsMostUnread() =>
        Worst(one => one.Unsent, one => one.StuckLooks)?.CloseAsUnread();

    /// <summary>Makes room for the frames of others: one connection goes, of the host that holds most.</summary>
    internal void CloseWhatIsMostUnfinished() =>
        Worst(one => one.Input, one => one.SilentLooks)?.CloseAsUnfinished();

    private TcpConnection? Worst(Func<TcpConnection, long> bytes, Func<TcpConnection, int> looks) => _connections.Keys
        .Where(one => bytes(one) > 0)
        .GroupBy(one => one.Host)
        .MaxBy(host => host.Sum(bytes))?
        .MaxBy(one => (looks(one), bytes(one)));

    /// <summary>Closes a connection that has said its last word, unless the other side does so first.</summary>
    internal void CloseSoon(TcpConnection connection)
    {
        try
        {
            System.Scheduler.RunAfter(PatienceAtEnd, () => connection.Close(DisassociateInfo.Unknown));
        }
        catch (SchedulerException)
        {
            connection.Close(DisassociateInfo.Unknown);   // The actor system is at its end.
        }
    }

    private async Task AcceptAllAsync(Socket door)
    {
        var listener = await _listener.Task.ConfigureAwait(false);
        var isWarned = false;
        while (!_isOver)
        {
            Socket? socket = null;
            try
            {
                socket = await door.AcceptAsync().ConfigureAwait(false);
                if (LetIn(socket) is { } connection) listener.Notify(new InboundAssociation(connection));
                isWarned = false;
            }
            catch (Exception e)
            {
                socket?.Dispose();
                if (_isOver) return;

                // The caller was gone before it was let in; or there are no more file descriptors: then it would be the
                // same at once, and again, until some are free.
                if (!isWarned) Log.Warning("A connection was not accepted: {0} Others are, as soon as possible.", e.Message);
                isWarned = true;
                await AfterAsync(PatienceAtDoor).ConfigureAwait(false);
            }
        }
    }

    // Null, and the socket closed, where there is no place left.
    private TcpConnection? LetIn(Socket socket)
    {
        var caller = (IPEndPoint)socket.RemoteEndPoint!;
        var host = ConnectionLimits.HostOf(caller.Address);
        if (_limits.TryAdd(host) is { } full)
        {
            socket.Dispose();
            Warnings.Warn(host, $"A connection from {caller} was closed at once: {full}.");
            return null;
        }

        try
        {
            Settings.Prepare(socket);
            var address = new Address(SchemeIdentifier, System.Name, HostOf(caller.Address.ToString()), caller.Port);
            return Connect(socket, address, host, isIncoming: true);
        }
        catch
        {
            _limits.Remove(host, hadHandshake: false);
            throw;
        }
    }

    private InboundRules RulesOf(Address own) => new(
        Settings.Accepted == InboundMessages.Raft, Settings.ChecksOrigin,
        new Address($"akka.{own.Protocol}", own.System, own.Host, own.Port),
        System.Settings.Config.GetString("raft.group", "raft"));

    // Akka's failure detector closes a connection after these two, and keeps what it knows of the other side for days.
    private static TimeSpan SilenceTimeoutOf(ActorSystem system)
    {
        var detector = system.Settings.Config.GetConfig("akka.remote.transport-failure-detector");
        return detector is null
            ? TimeSpan.MaxValue
            : 0.9 * (detector.GetTimeSpan("heartbeat-interval") + detector.GetTimeSpan("acceptable-heartbeat-pause"));
    }

    private void LookAtTime()
    {
        // A process that stood still makes up for the times that it has missed, before it has read what came meanwhile.
        var now = System.Scheduler.MonotonicClock;
        if (now - _lastLook < LookInterval / 2) return;

        _lastLook = now;
        foreach (var connection in _connections.Keys) connection.Look();
    }

    private Task AfterAsync(TimeSpan time)
    {
        var passed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            System.Scheduler.RunAfter(time, () => passed.TrySetResult());
        }
        catch (SchedulerException)
        {
            passed.TrySetResult();   // The actor system is at its end.
        }

        return passed.Task;
    }

    private TcpConnection Connect(Socket socket, Address remote, IPAddress host, bool isIncoming)
    {
        var port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        var local = new Address(SchemeIdentifier, System.Name, HostOf(Settings.Hostname), port);
        var caller = isIncoming ? ((IPEndPoint)socket.RemoteEndPoint!).Address : null;
        var gate = _rules is null ? null : new InboundGate(_rules, caller);
        var connection = new TcpConnection(socket, local, remote, host, this, gate) { IsIncoming = isIncoming };
        _connections[connection] = true;
        if (_isOver) connection.Close(DisassociateInfo.Shutdown);
        return connection;
    }

    private async Task<IPEndPoint> ResolveAsync(string host, int port, CancellationToken patience)
    {
        if (!IPAddress.TryParse(host, out var address))
        {
            var family = Settings.UsesIPv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
            var found = await Dns.GetHostAddressesAsync(host, family, patience).ConfigureAwait(false);
            if (found.Length == 0) throw new SocketException((int)SocketError.HostNotFound);
            address = found[0];
        }

        return new IPEndPoint(address, port);
    }

    private static string HostOf(string host) =>
        IPAddress.TryParse(host, out var ip) && ip.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{ip}]" : host;
}
