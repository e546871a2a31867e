using Akka.Actor;
using RaftAkka.Protocol;

namespace RaftAkka.Server;

/// <summary>
/// A <c>ClientSession</c> asks for an entry. Answered to the sender, exactly once per proposal while the node
/// lives: <see cref="ProposalApplied"/> by the machine, or <see cref="ProposalRefused"/> by the server.
/// </summary>
/// <param name="Batch">The session's number for it; comes back with the answer.</param>
/// <param name="Kind">What the entry is to be.</param>
/// <param name="Payload">The entry's payload, already validated by the session.</param>
internal sealed record Propose(long Batch, EntryKind Kind, ReadOnlyMemory<byte> Payload)
    : INoSerializationVerificationNeeded;

/// <summary>The entry is committed and applied.</summary>
/// <param name="Batch">The proposal's number.</param>
/// <param name="Index">The entry's index: that of the session that it registered, if it was to register one.</param>
/// <param name="Results">A result for every command or query of the entry, in its order.</param>
internal sealed record ProposalApplied(long Batch, LogIndex Index, IReadOnlyList<CommandResult> Results)
    : INoSerializationVerificationNeeded;

/// <summary>The entry is not, or not surely, in the log.</summary>
internal sealed record ProposalRefused(long Batch, RefusalReason Reason, ClusterView View, string Facts)
    : INoSerializationVerificationNeeded;

/// <summary>Someone asks the server how it stands; answered with <see cref="ServerStatus"/>.</summary>
internal sealed record ReportStatus;

/// <summary>Someone asks the server who belongs to the cluster; answered with <see cref="MembersReport"/>.</summary>
internal sealed record ReportMembers
{
    public static readonly ReportMembers Instance = new();
}

/// <summary>Someone asks the server for a snapshot; answered with <see cref="SnapshotTaken"/>.</summary>
internal sealed record RequestSnapshot;

/// <summary>The server tells its sessions that it sees the cluster differently now.</summary>
internal sealed record ViewChanged(ClusterView View);

/// <summary>
/// The transport says that the connection to a peer broke, as it does at once when the peer's process dies. Only
/// a hint: it may be wrong, late or missing.
/// </summary>
internal sealed record PeerConnectionLost(ServerId Peer);

/// <summary>The transport cannot connect to a peer, and says why. Only for what people are told.</summary>
internal sealed record PeerUnreachable(ServerId Peer, string Reason);

/// <summary>
/// A <c>ClientSession</c> has news of a session. Not answered; lost where this server does not lead, or stops leading. The
/// leader asks its machine whether there is such a session: anybody may name one.
/// </summary>
internal abstract record SessionNews(SessionId Session) : INoSerializationVerificationNeeded;

/// <summary>
/// Its client lives and wants to keep it. Lost too where the server stops leading before its next tick: the client says it
/// again every few seconds.
/// </summary>
internal sealed record SessionAlive(SessionId Session) : SessionNews(Session);

/// <summary>Its client has said goodbye.</summary>
internal sealed record SessionLeft(SessionId Session) : SessionNews(Session);

/// <summary>The machine says that there is the session that the news is of.</summary>
internal sealed record SessionConfirmed(SessionNews News) : INoSerializationVerificationNeeded;

/// <summary>The machine has applied everything up to an index.</summary>
/// <param name="Through">The index.</param>
/// <param name="Sessions">The sessions as of there.</param>
internal sealed record Applied(LogIndex Through, SessionsNow Sessions = default);

/// <summary>The only door from a server to the others.</summary>
internal interface IPeers
{
    /// <summary>Sends a message that may be lost. Never throws and never blocks.</summary>
    void Tell(ServerId peer, IPeerMessage message, IActorRef sender);

    /// <summary>From now on messages to a server go to an address.</summary>
    void Know(ServerId peer, string address);

    /// <summary>Whether a message's sender is at an address, however either is written.</summary>
    bool IsAt(string address, IActorRef sender);

    /// <summary>
    /// Answers one message at the address that it came from, without keeping that. Like <see cref="Tell"/> it may be lost.
    /// </summary>
    void Answer(IActorRef sender, IPeerMessage message, IActorRef self);
}
