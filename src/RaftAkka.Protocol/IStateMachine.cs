namespace RaftAkka.Protocol;

/// <summary>
/// What a cluster replicates. Every server feeds its own instance the same commands in the same order, so it must
/// be deterministic: same commands, same results and state, on every server and in every version that runs in one
/// cluster; no clock, no randomness, no I/O. Called by one thread at a time. An exception is a broken invariant:
/// the server stops, because the next one would meet the same command. Bad input is a result, not an exception.
/// </summary>
public interface IStateMachine
{
    /// <summary>The most bytes that the result of a command or query may have: 1 MiB and 64 KiB.</summary>
    const int ResultBytesMax = RecordCodec.PayloadBytesMax;

    /// <summary>Applies a committed command.</summary>
    /// <returns>The result for the client; kept in the session table until the client has it, so keep it small.</returns>
    ReadOnlyMemory<byte> Apply(in CommittedCommand command);

    /// <summary>Answers a query from the present state, and changes nothing.</summary>
    ReadOnlyMemory<byte> Query(ReadOnlyMemory<byte> query);
}

/// <summary>A command that the cluster has committed. It comes once, however often the client retried it.</summary>
/// <param name="Index">The log entry that carried it; commands of one client batch share one.</param>
/// <param name="Session">The client's session.</param>
/// <param name="Sequence">Its number within the session.</param>
/// <param name="Body">The client's bytes; valid during the call only, so copy what is to be kept.</param>
public readonly record struct CommittedCommand(
    LogIndex Index, SessionId Session, SequenceNumber Sequence, ReadOnlyMemory<byte> Body);
