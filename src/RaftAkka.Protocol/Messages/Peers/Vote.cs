namespace RaftAkka.Protocol;

/// <summary>A candidate asks a peer for its vote in the header's term (§5.2). Safe to receive twice.</summary>
/// <param name="Header">Carries the term that the candidate campaigns for.</param>
/// <param name="LastLog">The candidate's last entry; the voter compares it with its own (§5.4.1).</param>
public sealed record RequestVote(MessageHeader Header, EntryId LastLog) : IPeerMessage
{
    /// <summary>
    /// Whether the leader of the term before told the candidate to campaign: then a voter gives its vote although it hears
    /// that leader, which counts on no promise any more.
    /// </summary>
    public bool IsTransfer { get; init; }

    /// <summary>As in <see cref="RequestPreVote.Bootstrap"/>.</summary>
    public Configuration? Bootstrap { get; init; }

    /// <summary>As in <see cref="RequestPreVote.RestoredFrom"/>.</summary>
    public uint RestoredFrom { get; init; }
}

/// <summary>The answer to <see cref="RequestVote"/>, sent once the vote is on the voter's disk. Counted once per voter.</summary>
/// <param name="Header">Carries the voter's current term.</param>
/// <param name="Granted">Whether the voter gave its vote of that term to the candidate.</param>
public sealed record VoteReply(MessageHeader Header, bool Granted) : IPeerMessage;
