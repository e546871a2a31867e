using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using Akka.Actor;
using RaftAkka.Protocol;

namespace RaftAkka.Server;

/// <summary>
/// The other servers over Akka.Remote. Each is addressed by a path without an incarnation, so that a peer which
/// restarted on its address is reached as before.
/// </summary>
internal sealed class RemotePeers(ActorSystem system, GroupName group) : IPeers
{
    // The server changes them, and the senders of snapshots use them, too.
    private readonly ConcurrentDictionary<ServerId, Place> _servers = [];

    public void Tell(ServerId peer, IPeerMessage message, IActorRef sender)
    {
        if (_servers.TryGetValue(peer, out var place)) place.Server.Tell(message, sender);
    }

    public void Know(ServerId peer, string address)
    {
        var place = MemberAddresses.ToAkka(address, system.Name);
        if (!_servers.TryGetValue(peer, out var known) || !known.Address.Equals(place))
            _servers[peer] = new Place(place, ServerAt(place));
    }

    public bool IsAt(string address, IActorRef sender) =>
        MemberAddresses.AreSame(MemberAddresses.ToAkka(address, system.Name), sender.Path.Address);

    public void Answer(IActorRef sender, IPeerMessage message, IActorRef self)
    {
        if (sender.Path.Address.HasGlobalScope) ServerAt(sender.Path.Address).Tell(message, self);
    }

    // By a path without an incarnation.
    private IActorRef ServerAt(Address address)
    {
        var path = MemberAddresses.NodeAt(address, group) / RaftNode.ServerName;
        return ((ExtendedActorSystem)system).Provider.ResolveActorRef(path.ToSerializationFormat());
    }

    private sealed record Place(Address Address, IActorRef Server);
}

/// <summary>Addresses as people write them and as Akka has them.</summary>
internal static class MemberAddresses
{
    /// <summary>
    /// Reads <c>host:port</c>; an IPv6 host stands in brackets. Akka compares addresses letter by letter, so they come in
    /// the canonical form.
    /// </summary>
    /// <exception cref="FormatException">It is not of that form.</exception>
    public static Address ToAkka(string hostAndPort, string system)
    {
        var canonical = Addresses.Canonical(hostAndPort);
        var colon = canonical.LastIndexOf(':');
        if (colon < 1 || !ushort.TryParse(canonical.AsSpan(colon + 1), out var port) || port == 0)
            throw new FormatException($"'{hostAndPort}' is no address: write HOST:PORT, the port from 1 to 65535.");

        return new Address("akka.tcp", system, canonical[..colon], port);
    }

    /// <summary>
    /// Whether two addresses are of one actor system, though their hosts may be written in different ways: in capitals, or
    /// as different texts of one IP address.
    /// </summary>
    public static bool AreSame(Address one, Address other) =>
        one.Port == other.Port && one.Host is { } host && other.Host is { } otherHost
        && (string.Equals(host, otherHost, StringComparison.OrdinalIgnoreCase)
            || (TryReadIp(host, out var ip) && TryReadIp(otherHost, out var otherIp) && ip.Equals(otherIp)));

    private static bool TryReadIp(string host, [NotNullWhen(true)] out IPAddress? ip)
    {
        if (!IPAddress.TryParse(host.StartsWith('[') && host.EndsWith(']') ? host[1..^1] : host, out ip)) return false;
        if (ip.IsIPv4MappedToIPv6) ip = ip.MapToIPv4();
        return true;
    }

    /// <summary>Where the node of a group is, in the actor system at an address.</summary>
    public static ActorPath NodeAt(Address address, GroupName group) => new RootActorPath(address) / "user" / group.Value;
}
