namespace RaftAkka.Protocol;

/// <summary>
/// The leader hands over: the receiver has everything that the leader has, and is to campaign at once (dissertation
/// §3.10). Unanswered; a server that the sender does not lead in its term leaves it alone.
/// </summary>
/// <param name="Header">Carries the leader's term.</param>
public sealed record TimeoutNow(MessageHeader Header) : IPeerMessage;
