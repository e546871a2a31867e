using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using RaftAkka.KeyValue.Wire;
using RaftAkka.Protocol;
using RaftAkka.Tests.Support;

namespace RaftAkka.Processes.Support;

/// <summary>A raw socket to a server's port, with hand-made frames of Akka.Remote.</summary>
internal sealed partial class Stranger : IDisposable
{
    private const string System = "stranger";

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly int _server;
    private readonly int _port;

    private Stranger(int server, int port) => (_server, _port) = (server, port);

    /// <summary>The stranger's own address.</summary>
    public string Address => string.Create(CultureInfo.InvariantCulture, $"akka.tcp://{System}@127.0.0.1:{_port}");

    /// <summary>Connects, and says nothing.</summary>
    public static async Task<Stranger> ConnectAsync(int server, int port = 1)
    {
        var stranger = new Stranger(server, port);
        try
        {
            await stranger._socket.ConnectAsync(IPAddress.Loopback, server);
            return stranger;
        }
        catch
        {
            stranger.Dispose();
            throw;
        }
    }

    /// <summary>Connects and shakes hands.</summary>
    public static async Task<Stranger> WithHandshakeAsync(int server, int port = 1)
    {
        var stranger = await ConnectAsync(server, port);
        await stranger.SendAsync(AkkaFrames.HandshakeOf(System, "127.0.0.1", port, (ulong)port));
        await stranger.FrameAsync();
        return stranger;
    }

    public Task SendAsync(byte[] frame) => SendBytesAsync(AkkaFrames.OnTheWire(frame));

    public async Task SendBytesAsync(byte[] bytes) => await _socket.SendAsync(bytes);

    /// <summary>Sends a message to an actor of the server.</summary>
    public Task TellAsync(string path, byte[] payload, ulong sequence = ulong.MaxValue) => SendAsync(AkkaFrames.To(
        string.Create(CultureInfo.InvariantCulture, $"akka.tcp://raftakka@127.0.0.1:{_server}{path}"),
        payload, $"{Address}/user/stranger", sequence));

    /// <summary>Introduces itself as a client, and gets the path of its session.</summary>
    public async Task<string> BecomeClientAsync(string cluster)
    {
        await TellAsync("/", AkkaFrames.Selection(
            AkkaFrames.Payload(AkkaFrames.Raft, "cc1", AkkaFrames.Message(connect =>
            {
                AkkaFrames.Text(connect, 1, cluster);
                AkkaFrames.Text(connect, 2, "raft");
                AkkaFrames.Text(connect, 3, $"stranger-{_port}");
            })), "user", "raft", "sessions"));
        while (true)
        {
            var answer = Encoding.Latin1.GetString(await FrameAsync());
            if (SessionPath().Match(answer) is { Success: true } found) return found.Value;
        }
    }

    /// <summary>Asks its session for a key's value, from this server's state.</summary>
    public Task AskAsync(string session, long batch, string key) => TellAsync(session, AkkaFrames.Payload(
        AkkaFrames.Raft, "sq1", AkkaFrames.Message(query =>
        {
            AkkaFrames.Number(query, 1, (ulong)batch);
            AkkaFrames.Number(query, 2, (ulong)ReadConsistency.Stale);
            AkkaFrames.Bytes(query, 15, CommandBatch.Encode(
                SessionId.None, default, [new Command(new SequenceNumber(1), Request.Get(Encoding.UTF8.GetBytes(key)))]));
        })));

    /// <summary>The next frame that the server sends; empty where it has closed the connection.</summary>
    public async Task<byte[]> FrameAsync()
    {
        var length = await ReadAsync(sizeof(int));
        return length.Length == 0 ? [] : await ReadAsync(BinaryPrimitives.ReadInt32LittleEndian(length));
    }

    /// <summary>Reads until the server closes the connection.</summary>
    public async Task ClosedAsync()
    {
        var buffer = new byte[64 * 1024];
        using var end = new CancellationTokenSource(Within.Deadline);
        try
        {
            while (await _socket.ReceiveAsync(buffer, end.Token) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // Closed with bytes of ours unread.
        }
    }

    /// <summary>Says that it sends nothing more, and waits until the server closes too.</summary>
    public Task LeaveAsync()
    {
        _socket.Shutdown(SocketShutdown.Send);
        return ClosedAsync();
    }

    public void Dispose() => _socket.Dispose();

    private async Task<byte[]> ReadAsync(int count)
    {
        var bytes = new byte[count];
        using var end = new CancellationTokenSource(Within.Deadline);
        for (var at = 0; at < count;)
        {
            var some = await _socket.ReceiveAsync(bytes.AsMemory(at), end.Token);
            if (some == 0) return [];
            at += some;
        }

        return bytes;
    }

    [GeneratedRegex("/user/raft/sessions/[A-Za-z0-9.#_-]+")]
    private static partial Regex SessionPath();
}
