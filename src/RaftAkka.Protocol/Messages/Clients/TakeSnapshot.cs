namespace RaftAkka.Protocol;

/// <summary>
/// Someone asks a server's <c>sessions</c> actor to take a snapshot now; answered with <see cref="SnapshotTaken"/> once
/// it is durable. Safe to receive twice: one that is being taken serves all who ask, and where nothing was applied
/// since the last one, that is the answer.
/// </summary>
/// <param name="Cluster">The cluster that is meant; a server of another one answers <see cref="ClientRefused"/>.</param>
/// <param name="Group">The Raft group.</param>
public sealed record TakeSnapshot(ClusterId Cluster, GroupName Group) : IClientRequest;

/// <summary>What came of <see cref="TakeSnapshot"/>.</summary>
/// <param name="Server">The server.</param>
/// <param name="Index">The last index that the snapshot holds; 0 where there is none.</param>
/// <param name="Problem">Why there is none, for a person; empty where there is one.</param>
public sealed record SnapshotTaken(ServerId Server, LogIndex Index, string Problem) : IClientReply;
