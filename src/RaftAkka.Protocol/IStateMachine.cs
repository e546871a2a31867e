namespace RaftAkka.Protocol;

/// <summary>
/// What a cluster replicates. Every server feeds its own instance the same commands in the same order, so it must
/// be deterministic: same commands, same results and state, on every server and in every version that runs in one
/// cluster; no clock, no randomness, no I/O. Called by one thread at a time, though not always by the same one.
/// </summary>
/// <remarks>
/// <para>
/// What it throws: an exception of <see cref="Apply"/> stops the server, since its state may be half changed; and every other
/// server, since each applies the same command. The cluster serves again when its servers run a version that takes the
/// command. So bad input is a result, not an exception. An exception of <see cref="Query"/> fails that query, and one of
/// <see cref="CaptureSnapshot"/> or of <see cref="ISnapshotSource"/> costs that snapshot; the server goes on. An exception
/// of <see cref="Restore"/> stops the server.
/// </para>
/// <para>
/// What nothing can catch ends the process: a stack overflow, as by recursion as deep as a client's input, and memory that
/// runs out elsewhere. Limit what a query may cost.
/// </para>
/// <para>
/// How long it takes: while a command, query or capture runs, no other one does, and their clients wait. Elections,
/// heartbeats and the log do not, as long as <c>raft.machine-dispatcher</c> is what it is by default.
/// </para>
/// </remarks>
public interface IStateMachine
{
    /// <summary>The most bytes that the result of a command or query may have: 1 MiB and 64 KiB.</summary>
    const int ResultBytesMax = RecordCodec.PayloadBytesMax;

    /// <summary>Applies a committed command.</summary>
    /// <returns>The result for the client; kept in the session table until the client has it, so keep it small.</returns>
    ReadOnlyMemory<byte> Apply(in CommittedCommand command);

    /// <summary>Answers a query from the present state, and changes nothing.</summary>
    /// <remarks>
    /// An exception, of whatever type, fails this query and nothing else: the client gets its type and the first 1,000
    /// characters of its text in a <c>QueryFailedException</c>, and does not ask another server. The server logs it, at most
    /// once a minute. So the text must hold nothing that a client may not see.
    /// </remarks>
    /// <returns>The answer; one of more than <see cref="ResultBytesMax"/> fails the query.</returns>
    ReadOnlyMemory<byte> Query(ReadOnlyMemory<byte> query);

    /// <summary>
    /// Takes hold of the state as it is now, so that it can be written out while commands go on changing it. No
    /// command is applied before it returns, so it must not copy the state: persistent data structures, copying on
    /// write, or a sealed generation are the ways. Called between two commands, whenever the policy or an operator
    /// asks for a snapshot; never while an earlier capture of this machine is still being written.
    /// </summary>
    /// <returns>The state, apart from all that comes later. The caller disposes it.</returns>
    /// <remarks>
    /// An exception is logged, at most once a minute, and told to an operator who asked for the snapshot; no snapshot is made,
    /// the server goes on, and tries again 10 seconds later or when asked. So a machine that has no snapshots may throw
    /// <see cref="NotSupportedException"/>. Its log then grows, and a start reads all of it.
    /// </remarks>
    ISnapshotSource CaptureSnapshot();

    /// <summary>
    /// Replaces the whole state by that of a snapshot. Called between two commands, or before the first; at most once
    /// at a start, and later each time the server is so far behind that it gets a snapshot in place of commands. The
    /// next command is the one that follows the snapshot's last. A capture that is still being written keeps the
    /// state that it took. Runs on a thread of its own and may take as long as it needs: the server votes and keeps what the
    /// leader sends meanwhile, and answers no queries.
    /// </summary>
    /// <param name="snapshot">
    /// What <see cref="ISnapshotSource.WriteTo"/> wrote, on this server or another, in this version of the program or
    /// an older one: put a version first, and refuse one that you do not know. It is read forward only, ends where
    /// the source stopped writing, has its checksums verified before each byte is handed out, and is buffered, so that
    /// small reads are cheap. <see cref="Stream.Length"/> and <see cref="Stream.Position"/> are not supported.
    /// Valid during the call only.
    /// </param>
    /// <exception cref="InvalidDataException">
    /// The snapshot is of an unknown version, or is not one of this machine. This, as any other exception, stops the
    /// server: the state may be half replaced, and what it stands for cannot be had from the log any more.
    /// </exception>
    void Restore(Stream snapshot);
}

/// <summary>
/// A state that <see cref="IStateMachine.CaptureSnapshot"/> took hold of. Used by one thread at a time, which is not
/// the one that applies commands, and goes on while commands are applied and queries answered.
/// </summary>
public interface ISnapshotSource : IDisposable
{
    /// <summary>
    /// Writes the state. Called at most once, in the background, and may take as long as it needs. Equal states must
    /// write equal bytes on every server (sort what has no order), so that a server can go on with a snapshot that it
    /// began to receive from another.
    /// </summary>
    /// <param name="destination">
    /// Takes any number of bytes, is written forward only, and is buffered, so that small writes are cheap; nothing
    /// holds the whole. Disposing or flushing it does nothing. Valid during the call only.
    /// </param>
    /// <exception cref="IOException">
    /// From <paramref name="destination"/>: the disk refuses. Let it pass. Any exception of the source's own is
    /// logged, no snapshot comes of it, and the server goes on.
    /// </exception>
    void WriteTo(Stream destination);
}

/// <summary>A command that the cluster has committed. It comes once, however often the client retried it.</summary>
/// <param name="Index">The log entry that carried it; commands of one client batch share one.</param>
/// <param name="Session">The client's session.</param>
/// <param name="Sequence">Its number within the session.</param>
/// <param name="Body">The client's bytes; valid during the call only, so copy what is to be kept.</param>
public readonly record struct CommittedCommand(
    LogIndex Index, SessionId Session, SequenceNumber Sequence, ReadOnlyMemory<byte> Body);
