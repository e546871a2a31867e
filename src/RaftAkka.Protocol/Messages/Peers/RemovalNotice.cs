namespace RaftAkka.Protocol;

/// <summary>
/// The receiver has left the cluster for good, and may not have heard of it: it was not running, or cut off. Answers any
/// message of one that has left; safe to receive twice.
/// </summary>
/// <param name="Header">Carries the sender's current term, which need not be the receiver's any more.</param>
public sealed record RemovalNotice(MessageHeader Header) : IPeerMessage
{
    /// <summary>As in <see cref="DiskRefused"/>: where the cluster is, for the receiver's clients.</summary>
    public ClusterView? View { get; init; }
}
