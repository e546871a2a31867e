namespace RaftAkka.Protocol;

/// <summary>
/// A server has a message of one that it does not know, or not at that address, and asks the servers that it trusts for the
/// latest configuration that they know: it may have been down while members changed or moved. Answered with
/// <see cref="ConfigurationReply"/> where the other one knows a later one. Changes nothing; safe to receive twice.
/// </summary>
/// <param name="Header">Carries the sender's current term.</param>
/// <param name="Index">The entry with the latest configuration that the sender has; 0 where its log has none.</param>
public sealed record AskConfiguration(MessageHeader Header, LogIndex Index) : IPeerMessage;

/// <summary>
/// The latest configuration in the sender's log, committed or not. The receiver listens to the servers that it names, and
/// nothing else: it counts their votes only once its own log has them. Safe to receive twice and late.
/// </summary>
/// <param name="Header">Carries the sender's current term.</param>
/// <param name="Index">The entry that holds the configuration.</param>
/// <param name="Members">The configuration, without the ids of servers that left.</param>
public sealed record ConfigurationReply(MessageHeader Header, LogIndex Index, Configuration Members) : IPeerMessage;
