using Akka.Actor;
using RaftAkka.Client;
using RaftAkka.Protocol;
using RaftAkka.Server;
using RaftAkka.Simulation.Engine;

namespace RaftAkka.Simulation.Worlds;

/// <summary>A server's way to the others: the simulated network.</summary>
internal sealed class SimulatedPeers(World world, SimulatedServer server, Host host) : IPeers
{
    public void Tell(ServerId peer, IPeerMessage message, IActorRef sender)
    {
        if (!host.IsAlive) return;
        world.Protocol.OnPeerMessage(server.Id, peer, message);
        world.Remoting.Send(host, peer.Value, () => world[peer].Door(forPeers: true), message, sender);
    }

    public void Know(ServerId peer, string address)
    {
    }

    public bool CanAnswer(ServerId peer, IActorRef speaker) => true;
}

/// <summary>A client's way to the servers: the simulated network.</summary>
internal sealed class SimulatedServers(World world, Host host) : IServers
{
    public ICanTell At(string address) => new Door(world, host, world.ServerAt(address));

    private sealed class Door(World world, Host host, SimulatedServer server) : ICanTell
    {
        public void Tell(object message, IActorRef sender) =>
            world.Remoting.Send(host, server.Name, () => server.Door(forPeers: false), message, sender);
    }
}
