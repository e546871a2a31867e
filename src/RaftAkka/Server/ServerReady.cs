using RaftAkka.Protocol;

namespace RaftAkka.Server;

/// <summary>The server has recovered its log and takes part.</summary>
internal sealed record ServerReady(LogIndex Last);
