using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Remote;
using RaftAkka.Protocol;
using RaftAkka.Settings;
using RaftAkka.Wire;

namespace RaftAkka.Client;

/// <summary>
/// What an actor system needs so that a client in it can reach servers in others. Without it no server ever answers, and
/// nothing else would say why.
/// </summary>
internal static class ClientSystem
{
    /// <exception cref="RaftConfigurationException">Something is missing; the message says which setting.</exception>
    public static void Check(ActorSystem system) =>
        SettingRules.Require($"The actor system '{system.Name}' of a Raft client", [.. Mistakes(system)]);

    private static IEnumerable<string> Mistakes(ActorSystem system)
    {
        if (((ExtendedActorSystem)system).Provider is not IRemoteActorRefProvider provider)
            yield return "akka.actor.provider is not remote, so the client can reach no server. Set it to remote; with Akka.Hosting, "
                + "set RaftClientOptions.ListenOn to the host on which answers are to arrive, or call WithRemoting.";
        else if (provider.Transport.Addresses.Count == 0)
            yield return "akka.remote has no transport that listens, so no answer can arrive. Set "
                + "akka.remote.enabled-transports, and the transport's hostname and port.";

        if (!HasSerializer(system))
            yield return "akka.actor.serialization-bindings does not bind RaftAkka's messages to RaftAkka's serializer, so no server "
                + "can read them. Add ReferenceConfig.Default to the configuration of the actor system.";
    }

    private static bool HasSerializer(ActorSystem system)
    {
        try
        {
            return system.Serialization.FindSerializerForType(typeof(ConnectClient)) is RaftSerializer;
        }
        catch (SerializationException)
        {
            return false;   // Nothing is bound at all.
        }
    }
}
