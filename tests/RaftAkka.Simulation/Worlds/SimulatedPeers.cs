using Akka.Actor;
using RaftAkka.Client;
using RaftAkka.Protocol;
using RaftAkka.Server;
using RaftAkka.Simulation.Engine;
using RaftAkka.Simulation.Network;

namespace RaftAkka.Simulation.Worlds;

/// <summary>
/// A server's way to the others: the simulated network, and as in production the addresses that the server goes by.
/// </summary>
internal sealed class SimulatedPeers(World world, SimulatedServer server, Host host) : IPeers
{
    private readonly Dictionary<ServerId, string> _addresses = [];

    public void Tell(ServerId peer, IPeerMessage message, IActorRef sender)
    {
        if (!host.IsAlive) return;
        if (IsWatched) Note(peer, message);
        if (_addresses.TryGetValue(peer, out var address))
            world.Remoting.Send(
                host, world.ServerAt(address)?.Name ?? address, () => world.ServerAt(address)?.Door(forPeers: true),
                message, sender);
    }

    /// <summary>Whether the checks hear what is said; a second process of a server is not the server.</summary>
    public bool IsWatched { get; init; } = true;

    // What a turn says after it waited leaves later, and so does what it writes.
    private void Note(ServerId peer, IPeerMessage message)
    {
        if (host.IsStalled) host.AfterStall(() => world.Protocol.OnPeerMessage(server.Id, peer, message));
        else world.Protocol.OnPeerMessage(server.Id, peer, message);
    }

    public void Know(ServerId peer, string address) => _addresses[peer] = address;

    // A machine that moves is reached at both of its addresses for a while, and sends from either.
    public bool IsAt(string address, IActorRef sender) =>
        sender is RemoteRef { Home: var home } && world.ServerAt(address)?.Name == home.Name;

    public void Answer(IActorRef sender, IPeerMessage message, IActorRef self)
    {
        if (host.IsAlive) sender.Tell(message, self);
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
