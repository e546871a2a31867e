namespace RaftAkka.Protocol;

/// <summary>
/// A server whose leader fell silent asks whether it could win an election, before it disturbs anyone with a new
/// term (dissertation §9.6). Changes nothing at the receiver; safe to receive twice.
/// </summary>
/// <param name="Header">Carries the sender's current term, not the one it would campaign for.</param>
/// <param name="ProposedTerm">The term that the sender would campaign for.</param>
/// <param name="LastLog">The sender's last entry; the voter compares it with its own (§5.4.1).</param>
public sealed record RequestPreVote(MessageHeader Header, Term ProposedTerm, EntryId LastLog) : IPeerMessage
{
    /// <summary>
    /// While a cluster begins: the members in the sender's settings. A server that has other ones does not agree. Null from a
    /// server whose log says who belongs to the cluster, or of a version that did not say so.
    /// </summary>
    public Configuration? Bootstrap { get; init; }

    /// <summary>
    /// The checksum of the snapshot that the sender was restored from, where its cluster is not founded yet; 0 otherwise.
    /// Servers that were restored from different backups found no cluster: their states differ, and nothing else would tell.
    /// </summary>
    public uint RestoredFrom { get; init; }
}

/// <summary>The answer to <see cref="RequestPreVote"/>; binds the voter to nothing. Counted once per voter.</summary>
/// <param name="Header">Carries the voter's current term.</param>
/// <param name="ProposedTerm">The term that was asked about.</param>
/// <param name="Granted">Whether the voter has no live leader and would vote for the asker.</param>
public sealed record PreVoteReply(MessageHeader Header, Term ProposedTerm, bool Granted) : IPeerMessage;
