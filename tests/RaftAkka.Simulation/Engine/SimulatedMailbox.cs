using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Dispatch.MessageQueues;

namespace RaftAkka.Simulation.Engine;

/// <summary>Makes every actor's message queue one that tells the host which message is being handled.</summary>
internal sealed class SimulatedMailbox(Akka.Actor.Settings settings, Config config)
    : MailboxType(settings, config), IProducesMessageQueue<SimulatedMessageQueue>
{
    private readonly Host _host = Host.Running;

    public override IMessageQueue Create(IActorRef owner, ActorSystem system) =>
        new SimulatedMessageQueue(_host, owner);
}

/// <summary>An actor's waiting messages, first in, first out; stashed ones go back to the front.</summary>
internal sealed class SimulatedMessageQueue(Host host, IActorRef owner)
    : IMessageQueue, IUnboundedMessageQueueSemantics, IUnboundedDequeBasedMessageQueueSemantics
{
    private readonly LinkedList<Envelope> _envelopes = new();

    public bool HasMessages => _envelopes.Count > 0;

    public int Count => _envelopes.Count;

    public void Enqueue(IActorRef receiver, Envelope envelope) => _envelopes.AddLast(envelope);

    public void EnqueueFirst(Envelope envelope) => _envelopes.AddFirst(envelope);

    public bool TryDequeue(out Envelope envelope)
    {
        envelope = default;
        if (_envelopes.First is not { } first) return false;

        envelope = first.Value;
        _envelopes.RemoveFirst();
        host.OnHandling(owner, envelope);
        return true;
    }

    public void CleanUp(IActorRef owner, IMessageQueue deadletters)
    {
        while (_envelopes.First is { } first)
        {
            _envelopes.RemoveFirst();
            deadletters.Enqueue(owner, first.Value);
        }
    }
}
