using Akka.Actor;
using RaftAkka.Protocol;

namespace RaftAkka.Sessions;

/// <summary>
/// The client has introduced itself, from this reference. Safe to receive twice; a newer reference replaces
/// the older one, as after a restart of the client's connection.
/// </summary>
internal sealed record ClientArrived(IActorRef Client, ClusterView View);

/// <summary>The connection to some client's process broke. Only a hint: it may come back.</summary>
internal sealed record ClientConnectionLost(Address Remote);

/// <summary>The client has to leave, since another one gets its place. It hears so, and may come again later.</summary>
internal sealed class MakeRoom
{
    public static readonly MakeRoom Instance = new();
}
