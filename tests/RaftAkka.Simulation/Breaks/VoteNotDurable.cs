using Akka.Actor;
using RaftAkka.Log;
using RaftAkka.Protocol;
using RaftAkka.Simulation.Worlds;

namespace RaftAkka.Simulation.Breaks;

/// <summary>The log writes the term and leaves out the vote, and says that it is durable.</summary>
internal sealed class VoteNotDurable : Breakage
{
    public override bool Filter(SimulatedServer server, IActorRef receiver, ref Envelope envelope)
    {
        if (envelope.Message is WriteLog { HardState: { Vote: not null } state } write)
            envelope = new Envelope(write with { HardState = new HardState(state.Term, null) }, envelope.Sender);
        return true;
    }
}
