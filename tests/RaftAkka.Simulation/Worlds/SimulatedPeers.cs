using Akka.Actor;
using RaftAkka.Client;
using RaftAkka.Protocol;
using RaftAkka.Server;
using RaftAkka.Simulation.Engine;

namespace RaftAkka.Simulation.Worlds;

/// <summary>
/// A server's way to the others: the simulated network, and as in production the addresses that it was told, first by
/// its settings and then by the log; who speaks and is at none of them is answered where it spoke from.
/// </summary>
internal sealed class SimulatedPeers : IPeers
{
    private readonly Dictionary<ServerId, string> _addresses = [];
    private readonly Dictionary<ServerId, IActorRef> _elsewhere = [];
    private readonly World _world;
    private readonly SimulatedServer _server;
    private readonly Host _host;

    public SimulatedPeers(World world, SimulatedServer server, Host host)
    {
        (_world, _server, _host) = (world, server, host);
        foreach (var member in world.SettingsOf(server.Id).Members) _addresses[member.Server] = member.Address;
    }

    public void Tell(ServerId peer, IPeerMessage message, IActorRef sender)
    {
        if (!_host.IsAlive) return;
        if (IsWatched) Note(peer, message);
        if (_elsewhere.TryGetValue(peer, out var place))
            place.Tell(message, sender);
        else if (_addresses.TryGetValue(peer, out var address))
            _world.Remoting.Send(
                _host, _world.ServerAt(address)?.Name ?? address, () => _world.ServerAt(address)?.Door(forPeers: true),
                message, sender);
    }

    /// <summary>Whether the checks hear what is said; a second process of a server is not the server.</summary>
    public bool IsWatched { get; init; } = true;

    // What a turn says after it waited leaves later, and so does what it writes.
    private void Note(ServerId peer, IPeerMessage message)
    {
        if (_host.IsStalled) _host.AfterStall(() => _world.Protocol.OnPeerMessage(_server.Id, peer, message));
        else _world.Protocol.OnPeerMessage(_server.Id, peer, message);
    }

    public void Know(ServerId peer, string address)
    {
        if (_addresses.TryGetValue(peer, out var known) && known != address) _elsewhere.Remove(peer);
        _addresses[peer] = address;
    }

    public bool CanAnswer(ServerId peer, IActorRef speaker)
    {
        if (_addresses.TryGetValue(peer, out var known) && _world.ServerAt(known)?.Id == peer) _elsewhere.Remove(peer);
        else _elsewhere[peer] = speaker;
        return true;
    }
}

/// <summary>A client's way to the servers: the simulated network.</summary>
internal sealed class SimulatedServers(World world, Host host) : IServers
{
    public ICanTell At(string address) => new Door(world, host, address);

    private sealed class Door(World world, Host host, string address) : ICanTell
    {
        // A name at which nobody is left is pointed at somebody else, or clients from before would find nobody.
        private SimulatedServer? Server => world.ServerAt(address)
            ?? world.Servers.FirstOrDefault(server => world.Protocol.Members.Find(server.Id) is not null);

        public void Tell(object message, IActorRef sender) =>
            world.Remoting.Send(host, Server?.Name ?? address, () => Server?.Door(forPeers: false), message, sender);
    }
}
