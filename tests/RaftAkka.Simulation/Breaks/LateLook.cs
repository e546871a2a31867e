using Akka.Actor;
using RaftAkka.Log;
using RaftAkka.Protocol;
using RaftAkka.Simulation.Worlds;

namespace RaftAkka.Simulation.Breaks;

/// <summary>
/// A server looks at its clock twice: whether something is over, and how long it is to wait for that. Where it ends
/// between the two looks, the wait is negative, and setting a timer for it throws.
/// </summary>
internal sealed class LateLook : Breakage
{
    private static readonly long Quantum = TimeSpan.TicksPerMillisecond;

    public override bool Filter(SimulatedServer server, IActorRef receiver, ref Envelope envelope)
    {
        if (envelope.Message is not IPeerMessage and not WriteLog || server.Host is not { } host) return true;

        var scheduler = host.System.Scheduler;
        var end = new TimeSpan(((scheduler.MonotonicClock.Ticks / Quantum) + 1) * Quantum);
        if (end > scheduler.MonotonicClock)
            scheduler.ScheduleTellOnce(end - scheduler.MonotonicClock, ActorRefs.Nobody, "over", ActorRefs.Nobody);
        return true;
    }
}
