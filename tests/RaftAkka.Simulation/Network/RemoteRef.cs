using Akka.Actor;
using RaftAkka.Simulation.Engine;

namespace RaftAkka.Simulation.Network;

/// <summary>An actor on another host, as one host sees it: what is told to it goes over the network.</summary>
internal sealed class RemoteRef(Remoting remoting, Host viewer, Host home, IActorRef actor) : MinimalActorRef
{
    public Host Home => home;

    public IActorRef Actor => actor;

    public override ActorPath Path { get; } =
        ActorPath.Parse(home.Address + actor.Path.ToStringWithoutAddress())
            .WithUid(actor.Path.Uid);

    public override IActorRefProvider Provider { get; } = ((ExtendedActorSystem)viewer.System).Provider;

    protected override void TellInternal(object message, IActorRef sender) =>
        remoting.Send(viewer, home, actor, message, sender);
}
