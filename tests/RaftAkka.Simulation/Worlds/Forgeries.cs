using Akka.Actor;
using RaftAkka.Simulation.Engine;
using RaftAkka.Simulation.Network;
using RaftAkka.Wire;

namespace RaftAkka.Simulation.Worlds;

/// <summary>
/// Sends messages that no server or client of ours would send. Whatever the product's own serializer can write is
/// well-formed; whatever it cannot read must come out as <see cref="WireFormatException"/>, which drops the message.
/// </summary>
internal sealed class Forgeries(World world)
{
    /// <returns>Whether the message was on its way; otherwise nobody can write it, or nobody reads it.</returns>
    public bool Send(Host from, SimulatedServer to, bool forPeers, object message, IActorRef sender)
    {
        if (Written(from, message) is not { } decoded) return false;

        world.Events.Add($"{from.Name} -> {to.Name}", "forges", decoded);
        world.Remoting.SendDecoded(from, to.Name, () => to.Door(forPeers), decoded, sender);
        return true;
    }

    /// <summary>The same, to an actor of another host.</summary>
    public bool Send(Host from, IActorRef to, object message, IActorRef sender)
    {
        if (to is not RemoteRef remote || Written(from, message) is not { } decoded) return false;

        world.Events.Add($"{from.Name} -> {remote.Home.Name}", "forges", decoded);
        world.Remoting.SendDecoded(from, remote.Home.Name, () => (remote.Home, remote.Actor), decoded, sender);
        return true;
    }

    private object? Written(Host from, object message)
    {
        var serializer = new RaftSerializer((ExtendedActorSystem)from.System);
        byte[] bytes;
        try
        {
            bytes = serializer.ToBinary(message);
        }
        catch (Exception refused) when (refused is ArgumentException or OverflowException or WireFormatException)
        {
            return null;   // No bytes say so, and bytes are what a stranger sends.
        }

        try
        {
            return serializer.FromBinary(bytes, serializer.Manifest(message));
        }
        catch (WireFormatException)
        {
            return null;
        }
        catch (Exception failure)
        {
            world.Violations.Report(
                "bytes that are no message are refused as such", $"{message.GetType().Name}: {failure.GetType().Name}: {failure.Message}");
            return null;
        }
    }
}
