using System.Collections.Concurrent;
using Akka.Actor;
using RaftAkka.Protocol;

namespace RaftAkka.Server;

/// <summary>
/// The other servers over Akka.Remote. Each is addressed by a path without an incarnation, so that a peer which
/// restarted on its address is reached as before.
/// </summary>
internal sealed class RemotePeers : IPeers
{
    private const int StrangersMax = 64;

    // The server changes them, and those who send snapshots use them, too.
    private readonly ConcurrentDictionary<ServerId, Place> _servers = [];
    private readonly ConcurrentDictionary<ServerId, Place> _elsewhere = [];
    private readonly ActorSystem _system;
    private readonly GroupName _group;

    public RemotePeers(ActorSystem system, RaftNodeSettings settings)
    {
        (_system, _group) = (system, settings.Group);
        foreach (var member in settings.Members)
            if (member.Server != settings.Server) Know(member.Server, member.Address);
    }

    public void Tell(ServerId peer, IPeerMessage message, IActorRef sender)
    {
        if (_elsewhere.TryGetValue(peer, out var place) || _servers.TryGetValue(peer, out place))
            place.Server.Tell(message, sender);
    }

    public void Know(ServerId peer, string address)
    {
        var place = MemberAddresses.ToAkka(address, _system.Name);
        if (_servers.TryGetValue(peer, out var known))
        {
            if (known.Address.Equals(place)) return;
            _elsewhere.TryRemove(peer, out _);   // It has moved on.
        }

        _servers[peer] = At(place);
    }

    public bool CanAnswer(ServerId peer, IActorRef speaker)
    {
        var from = speaker.Path.Address;
        if (_servers.TryGetValue(peer, out var known))
        {
            if (known.Address.Equals(from)) _elsewhere.TryRemove(peer, out _);
            else Meet(peer, from);
            return true;
        }

        if (!_elsewhere.ContainsKey(peer) && _elsewhere.Count >= StrangersMax) return false;
        Meet(peer, from);
        return true;
    }

    // What is known may be old: a snapshot says where servers were when it was taken.
    private void Meet(ServerId peer, Address from)
    {
        if (from.HasGlobalScope && (!_elsewhere.TryGetValue(peer, out var place) || !place.Address.Equals(from)))
            _elsewhere[peer] = At(from);
    }

    // By a path without an incarnation.
    private Place At(Address address)
    {
        var path = MemberAddresses.NodeAt(address, _group) / RaftNode.ServerName;
        var provider = ((ExtendedActorSystem)_system).Provider;
        return new Place(address, provider.ResolveActorRef(path.ToSerializationFormat()));
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

    /// <summary>Where the node of a group is, in the actor system at an address.</summary>
    public static ActorPath NodeAt(Address address, GroupName group) => new RootActorPath(address) / "user" / group.Value;
}
