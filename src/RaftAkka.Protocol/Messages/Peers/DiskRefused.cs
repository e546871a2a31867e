namespace RaftAkka.Protocol;

/// <summary>
/// The receiver spoke from another disk than the one that the cluster knows it by: its votes and entries may be
/// forgotten, so nothing that it says counts. Answers any message; safe to receive twice.
/// </summary>
/// <param name="Header">Carries the sender's current term.</param>
/// <param name="Disk">The disk that is refused. A message that comes late, for a disk that is gone, says nothing.</param>
public sealed record DiskRefused(MessageHeader Header, DiskId Disk) : IPeerMessage
{
    /// <summary>Whether it is the right disk, but lacks what it had acknowledged (<see cref="DiskId.RolledBack"/>).</summary>
    public bool IsRolledBack { get; init; }

    /// <summary>
    /// Where the cluster is. The receiver hears nothing else of it any more, and tells its clients. Null where the sender is
    /// too old a version to say.
    /// </summary>
    public ClusterView? View { get; init; }
}
