using System.Net;
using System.Net.Sockets;

namespace RaftAkka.Tcp;

/// <summary>
/// How many incoming connections there are: in all, from each host, and without a handshake. Thread-safe.
/// </summary>
internal sealed class ConnectionLimits(int connectionsMax, int perHostMax, int handshakesMax)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _byHost = [];
    private readonly Dictionary<IPAddress, int> _handshakesByHost = [];
    private int _connections;
    private int _handshakes;

    /// <summary>How many there are.</summary>
    public int Connections
    {
        get
        {
            lock (_gate) return _connections;
        }
    }

    /// <summary>How many of them have no handshake yet.</summary>
    public int Handshakes
    {
        get
        {
            lock (_gate) return _handshakes;
        }
    }

    /// <summary>The host that an address counts for: of IPv6, a network of 64 bits, all of which one host may have.</summary>
    public static IPAddress HostOf(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address;

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }

    /// <summary>Takes a place for a connection; says what is full where there is none.</summary>
    public string? TryAdd(IPAddress host)
    {
        lock (_gate)
        {
            if (_connections >= connectionsMax) return $"{_connections} are open (connections-max)";
            if (_byHost.GetValueOrDefault(host) >= perHostMax)
                return $"{perHostMax} from this host are open (connections-per-host-max)";
            if (_handshakes >= handshakesMax) return $"{_handshakes} wait for a handshake (handshakes-max)";
            if (_handshakesByHost.GetValueOrDefault(host) >= (handshakesMax + 1) / 2)
                return "half of those that may wait for a handshake are this host's (handshakes-max)";

            _connections++;
            _handshakes++;
            Count(_byHost, host, 1);
            Count(_handshakesByHost, host, 1);
            return null;
        }
    }

    /// <summary>A connection has its handshake.</summary>
    public void OnHandshake(IPAddress host)
    {
        lock (_gate)
        {
            _handshakes--;
            Count(_handshakesByHost, host, -1);
        }
    }

    /// <summary>A connection is gone.</summary>
    public void Remove(IPAddress host, bool hadHandshake)
    {
        lock (_gate)
        {
            _connections--;
            Count(_byHost, host, -1);
            if (hadHandshake) return;

            _handshakes--;
            Count(_handshakesByHost, host, -1);
        }
    }

    // A host without connections leaves nothing behind.
    private static void Count(Dictionary<IPAddress, int> counts, IPAddress host, int change)
    {
        var count = counts.GetValueOrDefault(host) + change;
        if (count == 0) counts.Remove(host);
        else counts[host] = count;
    }
}
