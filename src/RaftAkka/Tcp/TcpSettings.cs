using System.Net;
using System.Net.Sockets;
using Akka.Configuration;

namespace RaftAkka.Tcp;

/// <summary>Which messages come in.</summary>
internal enum InboundMessages
{
    /// <summary>All that Akka reads, after a handshake.</summary>
    Any,

    /// <summary>Raft's alone.</summary>
    Raft,

    /// <summary>Whatever arrives: Akka alone looks at it.</summary>
    Unchecked,
}

/// <summary>What <c>akka.remote.dot-netty.tcp</c> says, as far as it does not concern DotNetty alone.</summary>
internal sealed record TcpSettings
{
    private const int MinimumFrameBytesMax = 32_000;   // Akka's own least; its own messages have to fit.

    /// <summary>Where to listen: a name or an address.</summary>
    public required string Hostname { get; init; }

    /// <summary>The port; 0 for one that is free.</summary>
    public required int Port { get; init; }

    /// <summary>How others call this host.</summary>
    public required string PublicHostname { get; init; }

    /// <summary>How others reach the port, where that is another one.</summary>
    public int? PublicPort { get; init; }

    /// <summary>The most bytes of a frame.</summary>
    public required int FrameBytesMax { get; init; }

    /// <summary>How long connecting may take.</summary>
    public required TimeSpan ConnectTimeout { get; init; }

    /// <summary>How many connections may wait to be accepted.</summary>
    public required int Backlog { get; init; }

    /// <summary>Whether frames begin with the length's lowest byte.</summary>
    public required bool IsLittleEndian { get; init; }

    /// <summary>Whether names stand for IPv6 addresses.</summary>
    public required bool UsesIPv6 { get; init; }

    public required bool SendsAtOnce { get; init; }

    public required bool KeepsAlive { get; init; }

    public required bool SharesPort { get; init; }

    public required int SendBufferBytes { get; init; }

    public required int ReceiveBufferBytes { get; init; }

    /// <summary>Which messages come in.</summary>
    public required InboundMessages Accepted { get; init; }

    /// <summary>Whether a caller that says it is a server has to come from the address that it says it has.</summary>
    public required bool ChecksOrigin { get; init; }

    /// <summary>The most incoming connections.</summary>
    public required int ConnectionsMax { get; init; }

    /// <summary>The most incoming connections from one host.</summary>
    public required int ConnectionsPerHostMax { get; init; }

    /// <summary>The most incoming connections without a handshake; one host may have half of them.</summary>
    public required int HandshakesMax { get; init; }

    /// <summary>How long an incoming connection may take until its handshake has arrived.</summary>
    public required TimeSpan HandshakeTimeout { get; init; }

    /// <summary>The most bytes that wait to be sent on one connection.</summary>
    public required long UnsentBytesMax { get; init; }

    /// <summary>The most bytes that wait to be sent on all connections.</summary>
    public required long UnsentBytesTotalMax { get; init; }

    /// <summary>How long bytes may wait while the other side takes none.</summary>
    public required TimeSpan SendTimeout { get; init; }

    /// <summary>The most bytes that all connections hold of frames that are not whole yet.</summary>
    public required long UnfinishedBytesMax { get; init; }

    /// <summary>A connection on which no frame arrives for so long is closed: a moment before Akka would do so.</summary>
    public TimeSpan SilenceTimeout { get; init; } = TimeSpan.MaxValue;

    /// <summary>Whether connections are encrypted, which this transport leaves to Akka's own.</summary>
    public static bool AsksForTls(Config config) => config.GetBoolean("enable-ssl", false);

    public static TcpSettings From(Config config)
    {
        var hostname = config.GetString("hostname", "");
        if (string.IsNullOrWhiteSpace(hostname)) hostname = IPAddress.Any.ToString();
        var publicHostname = config.GetString("public-hostname", "");
        var publicPort = config.GetInt("public-port", 0);
        var frameBytesMax = (int)(config.GetByteSize("maximum-frame-size", null) ?? 128_000);
        if (frameBytesMax < MinimumFrameBytesMax)
            throw new ConfigurationException(
                $"akka.remote.dot-netty.tcp.maximum-frame-size is {frameBytesMax} bytes; it has to be {MinimumFrameBytesMax} or more.");

        return new TcpSettings
        {
            Hostname = hostname,
            Port = config.GetInt("port", 2552),
            PublicHostname = string.IsNullOrEmpty(publicHostname) ? hostname : publicHostname,
            PublicPort = publicPort > 0 ? publicPort : null,
            FrameBytesMax = frameBytesMax,
            ConnectTimeout = config.GetTimeSpan("connection-timeout", TimeSpan.FromSeconds(15)),
            Backlog = config.GetInt("backlog", 4096),
            IsLittleEndian = config.GetString("byte-order", "little-endian") != "big-endian",
            UsesIPv6 = config.GetBoolean("dns-use-ipv6", false),
            SendsAtOnce = config.GetBoolean("tcp-nodelay", true),
            KeepsAlive = config.GetBoolean("tcp-keepalive", true),
            SharesPort = config.GetString("tcp-reuse-addr", "off") switch
            {
                "on" => true,
                "off-for-windows" => !OperatingSystem.IsWindows(),
                _ => false,
            },
            SendBufferBytes = (int)(config.GetByteSize("send-buffer-size", null) ?? 0),
            ReceiveBufferBytes = (int)(config.GetByteSize("receive-buffer-size", null) ?? 0),
            Accepted = AcceptedBy(config),
            ChecksOrigin = config.GetBoolean("check-origin", true),
            ConnectionsMax = AtLeastOne(config, "connections-max", 5_000),
            ConnectionsPerHostMax = AtLeastOne(config, "connections-per-host-max", 2_500),
            HandshakesMax = AtLeastOne(config, "handshakes-max", 1_000),
            HandshakeTimeout = config.GetTimeSpan("handshake-timeout", TimeSpan.FromSeconds(1.5)),
            UnsentBytesMax = config.GetByteSize("unsent-bytes-max", null) ?? 24 * 1024 * 1024,
            UnsentBytesTotalMax = config.GetByteSize("unsent-bytes-total-max", null) ?? 64 * 1024 * 1024,
            SendTimeout = config.GetTimeSpan("send-timeout", TimeSpan.FromSeconds(15)),
            UnfinishedBytesMax = config.GetByteSize("unfinished-bytes-max", null) ?? 32 * 1024 * 1024,
        };
    }

    private static InboundMessages AcceptedBy(Config config) => config.GetString("inbound-messages", "any") switch
    {
        "any" => InboundMessages.Any,
        "raft" => InboundMessages.Raft,
        "unchecked" => InboundMessages.Unchecked,
        var other => throw new ConfigurationException(
            $"akka.remote.dot-netty.tcp.inbound-messages is '{other}'; it has to be raft, any or unchecked."),
    };

    private static int AtLeastOne(Config config, string key, int usual)
    {
        var number = config.GetInt(key, usual);
        return number >= 1
            ? number
            : throw new ConfigurationException($"akka.remote.dot-netty.tcp.{key} is {number}; it has to be 1 or more.");
    }

    /// <summary>Sets up a connection's socket.</summary>
    public void Prepare(Socket connection)
    {
        connection.NoDelay = SendsAtOnce;
        connection.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, KeepsAlive);
        if (SendBufferBytes > 0) connection.SendBufferSize = SendBufferBytes;
        if (ReceiveBufferBytes > 0) connection.ReceiveBufferSize = ReceiveBufferBytes;
    }
}
