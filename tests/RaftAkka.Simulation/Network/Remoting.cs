using Akka.Actor;
using RaftAkka.Simulation.Engine;

namespace RaftAkka.Simulation.Network;

/// <summary>
/// Messages between actors of different hosts, in the place of Akka.Remote: lost without a word where the
/// receiver's host is gone, and the sender seen through a <see cref="RemoteRef"/>.
/// </summary>
internal sealed class Remoting(NetworkModel network)
{
    private readonly Dictionary<(Host Viewer, IActorRef Actor), RemoteRef> _refs = [];

    /// <summary>What serialization makes of a message.</summary>
    public Func<Host, object, object> Codec { get; set; } = (_, message) => message;

    /// <summary>May change what arrives at a host, or (by null) swallow it.</summary>
    public Func<Host, object, IActorRef, IActorRef, object?> Tamper { get; set; } = (_, message, _, _) => message;

    /// <summary>An actor of one host, for the actors of another one.</summary>
    public IActorRef See(Host viewer, Host home, IActorRef actor)
    {
        if (viewer == home || actor.IsNobody()) return actor;
        if (_refs.TryGetValue((viewer, actor), out var known)) return known;

        return _refs[(viewer, actor)] = new RemoteRef(this, viewer, home, actor);
    }

    public void Send(Host from, Host to, IActorRef receiver, object message, IActorRef sender) =>
        Send(from, to.Name, () => (to, receiver), message, sender);

    /// <summary>Sends to whatever a name stands for when the message arrives.</summary>
    public void Send(
        Host from, string to, Func<(Host Host, IActorRef Actor)?> resolve, object message, IActorRef sender)
    {
        from.Step("send");
        SendDecoded(from, to, resolve, Codec(from, message), sender);
        from.Step("sent");
    }

    /// <summary>The same, for what has come through serialization already.</summary>
    public void SendDecoded(
        Host from, string to, Func<(Host Host, IActorRef Actor)?> resolve, object decoded, IActorRef sender)
    {
        if (from.IsStalled) from.AfterStall(Leave);
        else Leave();

        void Leave() => network.Send(from.Name, to, decoded, () =>
        {
            if (resolve() is not { Host.IsAlive: true } receiver) return;
            if (receiver.Host.IsPaused) receiver.Host.HoldWhilePaused(Deliver);
            else Deliver();

            void Deliver() => Arrive(from, receiver.Host, receiver.Actor, decoded, sender);
        });
    }

    /// <summary>Forgets references from and to a host that was killed.</summary>
    public void Forget(Host host)
    {
        foreach (var key in _refs.Keys.Where(key => key.Viewer == host || _refs[key].Home == host).ToArray())
            _refs.Remove(key);
    }

    private void Arrive(Host from, Host to, IActorRef receiver, object message, IActorRef sender)
    {
        if (!to.IsAlive) return;
        var seenSender = Seen(from, to, sender);
        try
        {
            to.Run(() =>
            {
                if (Tamper(to, message, receiver, seenSender) is { } tampered) receiver.Tell(tampered, seenSender);
            });
        }
        catch (ProcessDiedException)
        {
            // Who tampers may send in the receiver's name, and that may be the step at which it crashes.
        }
    }

    private IActorRef Seen(Host from, Host to, IActorRef sender)
    {
        if (sender is not RemoteRef remote) return sender.IsNobody() ? sender : See(to, from, sender);
        return remote.Home == to ? remote.Actor : See(to, remote.Home, remote.Actor);
    }
}
