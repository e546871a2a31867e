namespace RaftAkka.Protocol;

/// <summary>What every message between servers starts with.</summary>
/// <param name="Cluster">The sender's cluster; a message of another one is refused.</param>
/// <param name="Group">The Raft group within the cluster's nodes.</param>
/// <param name="Sender">The server that sent it.</param>
/// <param name="Term">The sender's current term (§5.1).</param>
public sealed record MessageHeader(ClusterId Cluster, GroupName Group, ServerId Sender, Term Term)
{
    /// <summary>The disk that the sender's log is on; <see cref="DiskId.Unknown"/> where its log names none.</summary>
    public DiskId Disk { get; init; }
}

/// <summary>A message from one server to another. Any of them may be lost, late, repeated or reordered.</summary>
public interface IPeerMessage
{
    /// <summary>Who sent it, where and when.</summary>
    MessageHeader Header { get; }
}
