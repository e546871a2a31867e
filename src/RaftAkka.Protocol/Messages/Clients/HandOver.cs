namespace RaftAkka.Protocol;

/// <summary>
/// Someone asks a server's <c>sessions</c> actor to hand its leadership over; answered with <see cref="HandedOver"/> or
/// <see cref="NotHandedOver"/>, by any server.
/// </summary>
/// <param name="Cluster">The cluster that is meant; a server of another one answers <see cref="ClientRefused"/>.</param>
/// <param name="Group">The Raft group.</param>
/// <param name="Id">The asker's number for it; comes back with the answer.</param>
/// <param name="Target">Who is to lead; null leaves that to the leader.</param>
public sealed record HandOver(ClusterId Cluster, GroupName Group, long Id, ServerId? Target) : IClientRequest;

/// <summary>The server has told the target to campaign, and leads no more. Who does is for an election to say.</summary>
/// <param name="Id">The asker's number for it.</param>
/// <param name="Target">Who was told.</param>
public sealed record HandedOver(long Id, ServerId Target) : IClientReply;

/// <summary>The server has not handed over.</summary>
/// <param name="Id">The asker's number for it.</param>
/// <param name="Facts">Why, for a person; empty where it does not lead.</param>
/// <param name="View">Whom to ask instead.</param>
public sealed record NotHandedOver(long Id, string Facts, ClusterView View) : IClientReply;
