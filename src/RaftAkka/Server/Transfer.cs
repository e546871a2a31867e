using Akka.Actor;
using RaftAkka.Protocol;

namespace RaftAkka.Server;

/// <summary>A hand-over that a leader has begun. It ends within one election timeout, one way or the other.</summary>
/// <param name="target">Who is to lead.</param>
/// <param name="since">When it began.</param>
internal sealed class Transfer(ServerId target, TimeSpan since)
{
    public ServerId Target { get; } = target;

    public TimeSpan Since { get; } = since;

    /// <summary>Who asked for it, if anybody did.</summary>
    public (IActorRef Asker, long Id)? Asker { get; init; }

    /// <summary>Whether the target was told to campaign.</summary>
    public bool IsTold { get; set; }
}

/// <summary>
/// Somebody asks the leader to hand over; answered with <see cref="HandedOver"/> or <see cref="NotHandedOver"/>.
/// </summary>
/// <param name="Id">The asker's number for it; comes back with the answer.</param>
/// <param name="Target">To whom; null for the best.</param>
internal sealed record HandOverLeadership(long Id, ServerId? Target) : INoSerializationVerificationNeeded;

/// <summary>
/// The node is about to stop, and the server to hand over if it leads; answered with <see cref="ReadyToStop"/> when it
/// leads no more, or has tried.
/// </summary>
internal sealed class PrepareToStop : INoSerializationVerificationNeeded
{
    public static readonly PrepareToStop Instance = new();
}

/// <summary>Nobody is served worse when the node stops now.</summary>
internal sealed class ReadyToStop : INoSerializationVerificationNeeded
{
    public static readonly ReadyToStop Instance = new();
}
