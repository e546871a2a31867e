namespace RaftAkka.Protocol;

/// <summary>
/// A follower asks its leader how far it must have applied the log before it may answer the queries that wait at it
/// (dissertation §6.4): one question for all of them. Answered with <see cref="ReadIndexReply"/> or
/// <see cref="ReadIndexRefused"/>. Safe to receive twice.
/// </summary>
/// <param name="Header">Carries the follower's term.</param>
/// <param name="Id">The question's number; comes back with the answer.</param>
public sealed record AskReadIndex(MessageHeader Header, ReadId Id) : IPeerMessage;

/// <summary>
/// The leader still led after it had got the question, and its commit index then was this. It answers that question
/// and all earlier ones of the same follower; once those are answered, a late or repeated one says nothing.
/// </summary>
/// <param name="Header">Carries the leader's term.</param>
/// <param name="Id">The question's number.</param>
/// <param name="Index">Whoever has applied the log up to here reads what was acknowledged before the question.</param>
public sealed record ReadIndexReply(MessageHeader Header, ReadId Id, LogIndex Index) : IPeerMessage;

/// <summary>Who was asked does not lead, or no more.</summary>
/// <param name="Header">Carries the sender's term.</param>
/// <param name="Id">The question's number.</param>
public sealed record ReadIndexRefused(MessageHeader Header, ReadId Id) : IPeerMessage;
