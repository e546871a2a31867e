using Akka.Actor;

namespace RaftAkka.Tests.Client;

/// <summary>Loses, doubles and delays messages between actors, by a seed. Delays also reorder.</summary>
internal sealed class LossyNetwork(ActorSystem system, Random random)
{
    public double Faults { get; set; } = 0.05;

    /// <summary>
    /// The actor as it is reached through the network; whoever it answers is reached through it too.
    /// </summary>
    public IActorRef To(IActorRef actor) => actor as Far ?? new Far(this, actor);

    private void Send(IActorRef to, object message, IActorRef sender)
    {
        if (random.NextDouble() < Faults) return;

        Deliver(to, message, sender);
        if (random.NextDouble() < Faults) Deliver(to, message, sender);
    }

    private void Deliver(IActorRef to, object message, IActorRef sender)
    {
        var delay = random.NextDouble() < Faults ? random.Next(1, 3000) : random.Next(1, 4);
        system.Scheduler.ScheduleTellOnce(TimeSpan.FromMilliseconds(delay), to, message, To(sender));
    }

    private sealed class Far(LossyNetwork network, IActorRef actor) : MinimalActorRef
    {
        public override ActorPath Path => actor.Path;

        public override IActorRefProvider Provider => throw new NotSupportedException();

        protected override void TellInternal(object message, IActorRef sender) =>
            network.Send(actor, message, sender);
    }
}
