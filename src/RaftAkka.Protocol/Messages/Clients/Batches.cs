namespace RaftAkka.Protocol;

/// <summary>
/// A client that has no session registers one, through the log; answered with <see cref="SessionRegistered"/> or
/// <see cref="BatchRefused"/>. Repeated, it may register twice: the session that is not used expires.
/// </summary>
/// <param name="Batch">The client's number for this request.</param>
/// <param name="Token">What the client has drawn for the session; clients of older releases have none, and are refused.</param>
public sealed record RegisterSession(long Batch, SessionToken Token) : IClientRequest;

/// <summary>The session is registered and committed. Its token does not travel back: the client knows it.</summary>
/// <param name="Batch">The number of the request.</param>
/// <param name="Session">The index of the entry that registered the session.</param>
public sealed record SessionRegistered(long Batch, LogIndex Session) : IClientReply;

/// <summary>
/// A client sends commands; answered with <see cref="BatchResults"/> or <see cref="BatchRefused"/>. Safe to send
/// again, to any leader, under the same session and sequence numbers.
/// </summary>
/// <param name="Batch">The client's number for this try.</param>
/// <param name="Payload">A <see cref="CommandBatch"/>, encoded: the log entry's payload as it is.</param>
public sealed record SendCommands(long Batch, ReadOnlyMemory<byte> Payload) : IClientRequest;

/// <summary>
/// A client sends queries, to any server; answered like commands. They leave nothing in the log and need no session
/// (<see cref="SessionId.None"/>).
/// </summary>
/// <param name="Batch">The client's number for this try.</param>
/// <param name="Payload">A <see cref="CommandBatch"/>, encoded, its bodies the queries.</param>
/// <param name="Consistency">What the answers are to promise.</param>
public sealed record SendQueries(
    long Batch, ReadOnlyMemory<byte> Payload, ReadConsistency Consistency = ReadConsistency.Linearizable)
    : IClientRequest;

/// <summary>The results of a batch, in its order.</summary>
/// <param name="Batch">The number of the request.</param>
/// <param name="Results">One result for every command or query of the batch.</param>
public sealed record BatchResults(long Batch, IReadOnlyList<CommandResult> Results) : IClientReply;

/// <summary>The server did not carry a request out, or cannot tell.</summary>
/// <param name="Batch">The number of the request.</param>
/// <param name="Reason">Why.</param>
/// <param name="View">Whom to ask instead.</param>
/// <param name="Facts">The facts for a person; may be empty.</param>
public sealed record BatchRefused(long Batch, RefusalReason Reason, ClusterView View, string Facts) : IClientReply;

/// <summary>Why a request was not carried out. The numbers are part of the wire format.</summary>
public enum RefusalReason : byte
{
    /// <summary>
    /// This server does not lead; or, for queries, knows no leader that it could ask. Surely not in the log because
    /// of this try.
    /// </summary>
    NotLeader = 1,

    /// <summary>Too much is under way, or the disk is full. Surely not in the log because of this try; try later.</summary>
    Busy = 2,

    /// <summary>
    /// The server lost leadership before the entry committed: it may commit yet, or never. The outcome is unknown
    /// until the same commands are sent again under the same numbers.
    /// </summary>
    LeadershipLost = 3,

    /// <summary>The batch is larger than the server takes. Surely not in the log; trying again is of no use.</summary>
    TooLarge = 4,

    /// <summary>The bytes are no batch of commands. Surely not in the log; trying again is of no use.</summary>
    Malformed = 5,

    /// <summary>One of a later release, which this one does not know: nothing may be concluded from it. Only clients see it.</summary>
    Unknown = 255,
}
