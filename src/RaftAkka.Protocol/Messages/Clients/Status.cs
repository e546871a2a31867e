namespace RaftAkka.Protocol;

/// <summary>Someone asks a server's <c>sessions</c> actor how it stands; answered with <see cref="ServerStatus"/>.</summary>
/// <param name="Cluster">The cluster that is meant; a server of another one answers <see cref="ClientRefused"/>.</param>
/// <param name="Group">The Raft group.</param>
public sealed record AskStatus(ClusterId Cluster, GroupName Group) : IClientRequest;

/// <summary>How one server stands.</summary>
/// <param name="Server">The server.</param>
/// <param name="Role">What it is at the moment.</param>
/// <param name="View">Its term, the leader that it knows, and the members.</param>
/// <param name="LastIndex">The last index of its log, durable or not.</param>
/// <param name="CommitIndex">The last index that it knows to be committed.</param>
/// <param name="AppliedIndex">The last index that its state machine has applied.</param>
public sealed record ServerStatus(
    ServerId Server, ServerRole Role, ClusterView View,
    LogIndex LastIndex, LogIndex CommitIndex, LogIndex AppliedIndex) : IClientReply
{
    /// <summary>The last index that its newest snapshot holds; 0 where it has none, or is too old a version to say.</summary>
    public LogIndex SnapshotIndex { get; init; }

    /// <summary>
    /// The first index that its log holds, or would hold if there were an entry; 0 where it is too old a version to say.
    /// </summary>
    public LogIndex FirstIndex { get; init; }

    /// <summary>Whether its disk can do its work.</summary>
    public DiskState Disk { get; init; }

    /// <summary>
    /// What is wrong with it or in its sight, each in a plain sentence for a person that says what to do; empty where all
    /// is well, or where it is too old a version to say.
    /// </summary>
    public IReadOnlyList<string> Problems { get; init; } = [];
}

/// <summary>Whether a server's disk can do its work. The numbers are part of the wire format.</summary>
public enum DiskState : byte
{
    /// <summary>The server is too old a version to say.</summary>
    Unknown = 0,

    /// <summary>Writes become durable.</summary>
    Healthy = 1,

    /// <summary>It has no space: writes wait until there is some.</summary>
    Full = 2,

    /// <summary>Its oldest write has waited longer than the longest election timeout.</summary>
    Slow = 3,
}

/// <summary>What a server is. The numbers are part of the wire format.</summary>
public enum ServerRole : byte
{
    /// <summary>It reads its log back after a start.</summary>
    Recovering = 1,

    /// <summary>It follows a leader, or waits for one.</summary>
    Follower = 2,

    /// <summary>It asks whether it could win an election (dissertation §9.6).</summary>
    PreCandidate = 3,

    /// <summary>It campaigns (§5.2).</summary>
    Candidate = 4,

    /// <summary>It leads.</summary>
    Leader = 5,

    /// <summary>One of a later release, which this one does not know. Only clients see it.</summary>
    Unknown = 255,
}
