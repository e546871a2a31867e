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
    private readonly ConcurrentDictionary<ServerId, (string Address, IActorRef Server)> _servers = [];
    private readonly ConcurrentDictionary<ServerId, IActorRef> _strangers = [];
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
        if (_servers.TryGetValue(peer, out var known)) known.Server.Tell(message, sender);
        else if (_strangers.TryGetValue(peer, out var stranger)) stranger.Tell(message, sender);
    }

    public void Know(ServerId peer, string address)
    {
        if (_servers.TryGetValue(peer, out var known) && known.Address == address) return;

        var root = new RootActorPath(MemberAddresses.ToAkka(address, _system.Name));
        var path = root / "user" / _group.Value / RaftNode.ServerName;
        var provider = ((ExtendedActorSystem)_system).Provider;
        _servers[peer] = (address, provider.ResolveActorRef(path.ToSerializationFormat()));
        _strangers.TryRemove(peer, out _);
    }

    public bool CanAnswer(ServerId peer, IActorRef speaker)
    {
        if (_servers.ContainsKey(peer)) return true;
        if (!_strangers.ContainsKey(peer) && _strangers.Count >= StrangersMax) return false;

        _strangers[peer] = speaker;
        return true;
    }
}

/// <summary>Addresses as people write them and as Akka has them.</summary>
internal static class MemberAddresses
{
    /// <summary>Reads <c>host:port</c>; an IPv6 host stands in brackets.</summary>
    /// <exception cref="FormatException">It is not of that form.</exception>
    public static Address ToAkka(string hostAndPort, string system)
    {
        var colon = hostAndPort.LastIndexOf(':');
        if (colon < 1 || !ushort.TryParse(hostAndPort.AsSpan(colon + 1), out var port) || port == 0)
            throw new FormatException($"'{hostAndPort}' is no address: write HOST:PORT, the port from 1 to 65535.");

        return new Address("akka.tcp", system, hostAndPort[..colon], port);
    }
}
