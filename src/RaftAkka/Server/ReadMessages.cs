using Akka.Actor;
using RaftAkka.Protocol;

namespace RaftAkka.Server;

/// <summary>
/// A <c>ClientSession</c> asks queries. Answered to the sender, exactly once while the node lives:
/// <see cref="QueriesAnswered"/> by the machine, or <see cref="ProposalRefused"/> by the server.
/// </summary>
/// <param name="Batch">The session's number for it; comes back with the answer.</param>
/// <param name="Payload">A <see cref="CommandBatch"/>, already validated by the session.</param>
/// <param name="Consistency">What the answer is to promise.</param>
internal sealed record ReadQueries(long Batch, ReadOnlyMemory<byte> Payload, ReadConsistency Consistency)
    : INoSerializationVerificationNeeded;

/// <summary>The queries are answered.</summary>
/// <param name="Batch">The session's number for them.</param>
/// <param name="Results">
/// The results of the first queries, in their order: of all, or of as many as one answer holds. At least one, where there
/// was a query.
/// </param>
internal sealed record QueriesAnswered(long Batch, IReadOnlyList<CommandResult> Results)
    : INoSerializationVerificationNeeded;

/// <summary>
/// The server has the machine answer queries, once it has told it to apply all that they must reflect.
/// </summary>
/// <param name="At">The index that they must reflect; 0 where anything will do.</param>
/// <param name="Reads">The queries, and whom to answer.</param>
/// <param name="Quota">Where their bytes are counted until they are answered.</param>
internal sealed record AnswerQueries(LogIndex At, IReadOnlyList<QueuedRead> Reads, ReadQuota Quota)
    : INoSerializationVerificationNeeded;

/// <summary>Queries that wait, and whom to answer.</summary>
internal readonly record struct QueuedRead(IActorRef From, long Batch, ReadOnlyMemory<byte> Payload);
