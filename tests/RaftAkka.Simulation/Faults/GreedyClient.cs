using Akka.Actor;
using RaftAkka.Protocol;
using RaftAkka.Simulation.Engine;
using RaftAkka.Simulation.Worlds;

namespace RaftAkka.Simulation.Faults;

/// <summary>
/// A client host that takes what it can get: it connects under many names, registers sessions in bursts, guesses others'
/// sessions and renews, uses and acknowledges them, asks for everything there is, and takes no answers. Only its own
/// calls may suffer.
/// </summary>
internal sealed class GreedyClient
{
    public const string Name = "greta";

    private const int NamesMax = 20;
    private const int BurstMax = 30;

    private readonly World _world;
    private readonly Dice _dice;
    private readonly TimeSpan _every;
    private readonly Host _host;
    private readonly IActorRef _actor;
    private readonly List<IActorRef> _connections = [];

    public GreedyClient(World world, TimeSpan every)
    {
        (_world, _dice, _every) = (world, world.Loop.Dice.Fork("greedy client"), every);
        _host = new Host(world.Loop, Name);
        _actor = _host.Run(() => _host.System.ActorOf(Props.Create(() => new Connector(_connections)), "client"));
        PlanNext();
    }

    /// <summary>How many requests were sent to servers.</summary>
    public long Sent { get; private set; }

    private void PlanNext() => _world.Loop.Agenda.Plan(_world.Loop.Now + _dice.Exponential(_every), null, () =>
    {
        Ask();
        PlanNext();
    });

    private void Ask()
    {
        if (_connections.Count == 0 || _dice.Chance(0.1))
        {
            var connect = new ConnectClient(_world.Cluster, _world.Group, $"{Name}-{_dice.Below(NamesMax)}");
            Note(_world.Forgeries.Send(_host, _dice.Pick([.. _world.Servers]), forPeers: false, connect, _actor));
            return;
        }

        var forger = new Forger(_world, _dice, _dice.Pick([.. _world.Servers]));
        var connection = _dice.Pick(_connections);
        for (var burst = _dice.Chance(0.1) ? BurstMax : 1; burst > 0; burst--)
            Note(_world.Forgeries.Send(_host, connection, ClientForgeries.DrawForConnection(forger), _actor));
    }

    private void Note(bool wasSent)
    {
        if (wasSent) Sent++;
    }

    /// <summary>Keeps the connections that servers give it, the latest ones.</summary>
    private sealed class Connector(List<IActorRef> connections) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is not ClientConnected) return;
            connections.Add(Sender);
            if (connections.Count > NamesMax) connections.RemoveAt(0);
        }
    }
}
