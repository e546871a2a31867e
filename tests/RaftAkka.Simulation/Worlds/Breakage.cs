using Akka.Actor;
using RaftAkka.Protocol;
using RaftAkka.Server;
using RaftAkka.Simulation.Engine;

namespace RaftAkka.Simulation.Worlds;

/// <summary>
/// A known bug that can be brought back, to see that the simulation catches it. It gets in through seams that exist
/// anyway: the disk, the rules, the machine, and the messages between actors and between hosts.
/// </summary>
internal class Breakage
{
    /// <summary>No bug at all.</summary>
    public static readonly Breakage None = new();

    public virtual ServerRules Rules => ServerRules.Default;

    /// <summary>Makes a world ready for the bug.</summary>
    public virtual void Prepare(World world)
    {
    }

    public virtual IStateMachine Machine(IStateMachine machine) => machine;

    /// <summary>May change, or (by returning false) swallow, a message between actors of one server.</summary>
    public virtual bool Filter(SimulatedServer server, IActorRef receiver, ref Envelope envelope) => true;

    /// <summary>May change, or (by null) swallow, a message that arrives from another host.</summary>
    public virtual object? Arriving(World world, Host to, object message, IActorRef receiver, IActorRef sender) => message;
}
