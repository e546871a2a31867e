using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Remote;
using Akka.Remote.Transport;
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
    private readonly TcpSettings _settings;
    private readonly ILoggingAdapter _log;
    private readonly Transport? _encrypted;
    private Socket? _door;
    private volatile bool _isOver;

    public TcpTransport(ActorSystem system, Config config)
    {
        (System, Config) = (system, config);
        _log = Logging.GetLogger(system, typeof(TcpTransport));
        _settings = TcpSettings.From(config);
        if (TcpSettings.AsksForTls(config))
            _encrypted = (Transport)Activator.CreateInstance(Type.GetType(AkkasOwn, throwOnError: true)!, system, config)!;
        SchemeIdentifier = _encrypted?.SchemeIdentifier ?? "tcp";
        MaximumPayloadBytes = _encrypted?.MaximumPayloadBytes ?? _settings.FrameBytesMax;
    }

    public override bool IsResponsibleFor(Address remote) => true;

    public override async Task<(Address, TaskCompletionSource<IAssociationEventListener>)> Listen()
    {
        if (_encrypted is not null) return await _encrypted.Listen().ConfigureAwait(false);

        try
        {
            var place = await ResolveAsync(_settings.Hostname, _settings.Port, CancellationToken.None).ConfigureAwait(false);
            _door = new Socket(place.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (_settings.SharesPort) _door.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            _door.Bind(place);
            _door.Listen(_settings.Backlog);
        }
        catch (SocketException e)
        {
            _door?.Dispose();
            throw new RemoteTransportException(
                $"Cannot listen on {_settings.Hostname}:{_settings.Port}: {e.Message}.", e);
        }

        var port = _settings.PublicPort ?? ((IPEndPoint)_door.LocalEndPoint!).Port;

        // Whoever comes before there is a listener waits in the backlog.
        _ = AcceptAllAsync(_door);
        return (new Address(SchemeIdentifier, System.Name, HostOf(_settings.PublicHostname), port), _listener);
    }

    public override async Task<AssociationHandle> Associate(Address remoteAddress)
    {
        if (_encrypted is not null) return await _encrypted.Associate(remoteAddress).ConfigureAwait(false);

        Socket? socket = null;
        try
        {
            ObjectDisposedException.ThrowIf(_isOver, this);
            using var patience = new CancellationTokenSource(_settings.ConnectTimeout);
            var place = await ResolveAsync(remoteAddress.Host, remoteAddress.Port ?? 0, patience.Token).ConfigureAwait(false);
            socket = new Socket(place.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            _settings.Prepare(socket);
            await socket.ConnectAsync(place, patience.Token).ConfigureAwait(false);
            return Connect(socket, remoteAddress);
        }
        catch (Exception e)
        {
            socket?.Dispose();
            var what = e switch
            {
                OperationCanceledException => $"no answer within {_settings.ConnectTimeout.TotalSeconds:0.###} s",
                ObjectDisposedException => "this transport is closed",
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
        foreach (var connection in _connections.Keys) connection.Disassociate(nameof(Shutdown), _log);
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
        _door?.Dispose();
    }

    /// <summary>A connection has closed.</summary>
    internal void Forget(TcpConnection connection)
    {
        _connections.TryRemove(connection, out _);
        if (_isOver && _connections.IsEmpty) _allAreGone.TrySetResult();
    }

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
                _settings.Prepare(socket);
                var caller = (IPEndPoint)socket.RemoteEndPoint!;
                var address = new Address(SchemeIdentifier, System.Name, HostOf(caller.Address.ToString()), caller.Port);
                listener.Notify(new InboundAssociation(Connect(socket, address)));
                isWarned = false;
            }
            catch (Exception e)
            {
                socket?.Dispose();
                if (_isOver) return;

                // The caller was gone before it was let in; or there are no more file descriptors: then it would be the
                // same at once, and again, until some are free.
                if (!isWarned) _log.Warning("A connection was not accepted: {0} Others are, as soon as possible.", e.Message);
                isWarned = true;
                await AfterAsync(PatienceAtDoor).ConfigureAwait(false);
            }
        }
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

    private TcpConnection Connect(Socket socket, Address remote)
    {
        var port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        var local = new Address(SchemeIdentifier, System.Name, HostOf(_settings.Hostname), port);
        var connection = new TcpConnection(socket, local, remote, _settings, this, _log);
        _connections[connection] = true;
        if (_isOver) connection.Close(DisassociateInfo.Shutdown);
        return connection;
    }

    private async Task<IPEndPoint> ResolveAsync(string host, int port, CancellationToken patience)
    {
        if (!IPAddress.TryParse(host, out var address))
        {
            var family = _settings.UsesIPv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
            var found = await Dns.GetHostAddressesAsync(host, family, patience).ConfigureAwait(false);
            if (found.Length == 0) throw new SocketException((int)SocketError.HostNotFound);
            address = found[0];
        }

        return new IPEndPoint(address, port);
    }

    private static string HostOf(string host) =>
        IPAddress.TryParse(host, out var ip) && ip.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{ip}]" : host;
}
