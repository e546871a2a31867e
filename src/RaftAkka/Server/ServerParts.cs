using Akka.Actor;

namespace RaftAkka.Server;

/// <summary>Whom a server works with.</summary>
/// <param name="Log">Its log.</param>
/// <param name="Machine">Its state machine's host.</param>
/// <param name="Snapshots">Who opens, writes and prunes its snapshots.</param>
/// <param name="Transfers">Who sends snapshots to other servers, and receives theirs.</param>
/// <param name="Observer">Who is told <see cref="ServerReady"/> and <see cref="ViewChanged"/>.</param>
/// <param name="Peers">The way to the other servers.</param>
/// <param name="Random">Its source of randomness.</param>
/// <param name="Rules">The protocol's decisions.</param>
internal sealed record ServerParts(
    IActorRef Log, IActorRef Machine, IActorRef Snapshots, IActorRef Transfers, IActorRef Observer, IPeers Peers,
    Random Random, ServerRules Rules)
{
    /// <summary>A number that no other start of this server had: its questions count from there.</summary>
    public long Incarnation { get; init; }
}
