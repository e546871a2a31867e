using Akka.Actor;
using RaftAkka.Protocol;

namespace RaftAkka.Server;

/// <summary>
/// The other servers over Akka.Remote. Each is addressed by a path without an incarnation, so that a peer which
/// restarted on its address is reached as before.
/// </summary>
internal sealed class RemotePeers : IPeers
{
    private readonly Dictionary<ServerId, IActorRef> _servers = [];

    public RemotePeers(ActorSystem system, RaftNodeSettings settings)
    {
        var provider = ((ExtendedActorSystem)system).Provider;
        foreach (var member in settings.Members.Where(member => member.Server != settings.Server))
        {
            var address = MemberAddresses.ToAkka(member.Address, system.Name);
            var path = new RootActorPath(address) / "user" / settings.Group.Value / RaftNode.ServerName;
            _servers.Add(member.Server, provider.ResolveActorRef(path.ToSerializationFormat()));
        }
    }

    public void Tell(ServerId peer, IPeerMessage message, IActorRef sender) => _servers[peer].Tell(message, sender);
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
