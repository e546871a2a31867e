using Akka.Actor;
using RaftAkka.Simulation.Engine;
using RaftAkka.Simulation.Worlds;

namespace RaftAkka.Simulation.Faults;

/// <summary>
/// A host that is no member and knows everything: cluster, group, server ids, disks, terms and logs. It sends forged
/// messages of every kind, in members' names and in its own, from its own address; and goes on when the faults stop,
/// since nothing that it does may matter.
/// </summary>
internal sealed class Stranger
{
    public const string Name = "mallory";

    private readonly World _world;
    private readonly Dice _dice;
    private readonly TimeSpan _every;
    private readonly Host _host;
    private readonly IActorRef _actor;

    public Stranger(World world, TimeSpan every)
    {
        (_world, _dice, _every) = (world, world.Loop.Dice.Fork("stranger"), every);
        _host = new Host(world.Loop, Name);
        _actor = _host.Run(() => _host.System.ActorOf(Props.Create(() => new DeafActor()), "server"));
        PlanNext();
    }

    /// <summary>How many forged messages were sent to servers.</summary>
    public long Forged { get; private set; }

    /// <summary>How many messages went wrong on the way already: their bytes were refused.</summary>
    public long Unreadable { get; private set; }

    private void PlanNext() => _world.Loop.Agenda.Plan(_world.Loop.Now + _dice.Exponential(_every), null, () =>
    {
        Forge();
        PlanNext();
    });

    private void Forge()
    {
        var target = _dice.Pick([.. _world.Servers]);
        var forger = new Forger(_world, _dice, target);
        object message = _dice.Chance(0.8) ? PeerForgeries.Draw(forger) : ClientForgeries.Draw(forger);

        // Most come to the actor that takes such messages, some to the other one.
        var forPeers = message is Protocol.IPeerMessage == _dice.Chance(0.95);
        if (_world.Forgeries.Send(_host, target, forPeers, message, _actor)) Forged++;
        else Unreadable++;
    }

    /// <summary>Takes no answers.</summary>
    private sealed class DeafActor : UntypedActor
    {
        protected override void OnReceive(object message)
        {
        }
    }
}
