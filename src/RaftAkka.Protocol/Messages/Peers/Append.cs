namespace RaftAkka.Protocol;

/// <summary>
/// The leader replicates entries, or without any says that it lives (§5.3). Safe to receive twice, late and out
/// of order: entries that the follower has already are left alone.
/// </summary>
/// <param name="Header">Carries the leader's term.</param>
/// <param name="Previous">The entry before the first of <paramref name="Entries"/>; the follower must hold it.</param>
/// <param name="Entries">The entries to hold, from the one after <paramref name="Previous"/> on; may be none.</param>
/// <param name="LeaderCommit">The leader's commit index.</param>
/// <param name="Round">The leader's latest read round; the answer brings it back.</param>
public sealed record AppendEntries(
    MessageHeader Header, EntryId Previous, LogSlice Entries, LogIndex LeaderCommit, ReadRound Round) : IPeerMessage
{
    /// <summary>
    /// Whether it comes for the sake of <see cref="LeaderCommit"/> alone. A follower whose log fits then does not
    /// answer: the leader would learn nothing, and where commands come one at a time these answers were a quarter of
    /// all messages. Whether the follower lives is for heartbeats to ask.
    /// </summary>
    public bool IsAnnouncement { get; init; }
}

/// <summary>
/// The follower's log agrees with the leader's up to an index, and is on its disk up to there. Late and repeated
/// ones say less than what the leader knows already.
/// </summary>
/// <param name="Header">Carries the follower's current term.</param>
/// <param name="Matched">The last index that surely agrees and is durable.</param>
/// <param name="Round">The round of the message that is answered: the follower was in this term when it came.</param>
/// <param name="LeaseMilliseconds">
/// For so long after that message, by its own clock, the follower gives its vote to nobody; 0 where it promises
/// nothing.
/// </param>
public sealed record AppendAccepted(
    MessageHeader Header, LogIndex Matched, ReadRound Round, long LeaseMilliseconds = 0) : IPeerMessage;

/// <summary>
/// The follower does not hold the entry before those that were sent (§5.3), or is in a later term. Says where
/// its log differs, so that the leader skips a term at a time rather than an entry.
/// </summary>
/// <param name="Header">Carries the follower's current term.</param>
/// <param name="Rejected">The <see cref="AppendEntries.Previous"/> that did not fit.</param>
/// <param name="Conflict">
/// The follower's entry at that index: its term, and the first index that the follower has of that term. Where
/// its log is shorter: term 0, and the index after its last entry.
/// </param>
/// <param name="Round">
/// As in <see cref="AppendAccepted"/>. None where the message was of an earlier term: its round was counted in that
/// term, and says nothing in this one.
/// </param>
/// <param name="LeaseMilliseconds">As in <see cref="AppendAccepted"/>.</param>
public sealed record AppendRejected(
    MessageHeader Header, EntryId Rejected, EntryId Conflict, ReadRound Round, long LeaseMilliseconds = 0)
    : IPeerMessage;
