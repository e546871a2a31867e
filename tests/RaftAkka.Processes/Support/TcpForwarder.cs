using System.Net;
using System.Net.Sockets;

namespace RaftAkka.Processes.Support;

/// <summary>Takes connections at one address and passes them on to another, like a port mapping.</summary>
internal sealed class TcpForwarder : IDisposable
{
    private readonly TcpListener _door;
    private readonly int _target;
    private readonly CancellationTokenSource _stop = new();
    private int _connections;

    public TcpForwarder(IPAddress address, int port, int target)
    {
        (_door, _target) = (new TcpListener(address, port), target);
        _door.Start();
        _ = AcceptAllAsync();
    }

    public int Connections => Volatile.Read(ref _connections);

    public void Dispose()
    {
        _stop.Cancel();
        _door.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAllAsync()
    {
        try
        {
            while (true) _ = PassOnAsync(await _door.AcceptTcpClientAsync(_stop.Token), _stop.Token);
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task PassOnAsync(TcpClient caller, CancellationToken stop)
    {
        Interlocked.Increment(ref _connections);
        using var from = caller;
        using var to = new TcpClient();
        try
        {
            await to.ConnectAsync(IPAddress.Loopback, _target, stop);
            await Task.WhenAny(
                from.GetStream().CopyToAsync(to.GetStream(), stop), to.GetStream().CopyToAsync(from.GetStream(), stop));
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or IOException)
        {
            // Nobody listens there yet, or one side is gone.
        }
    }
}
