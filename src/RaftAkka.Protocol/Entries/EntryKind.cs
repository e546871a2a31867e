namespace RaftAkka.Protocol;

/// <summary>
/// What a log entry asks of those who apply it. The numbers are part of the wire and disk formats and are never
/// reused. A server that meets a kind it does not know stops: skipping it would let the servers' states part.
/// </summary>
public enum EntryKind : byte
{
    /// <summary>Nothing. A new leader's first entry, with which everything before it commits (§8).</summary>
    NoOp = 1,

    /// <summary>
    /// Registers a client session without a token, in logs from before clients drew one. Not written any more; the
    /// number stays taken.
    /// </summary>
    RegisterSession = 2,

    /// <summary>A client's batch of commands: see <see cref="CommandBatch"/>.</summary>
    Commands = 3,

    /// <summary>
    /// Queries, in logs from before reads went past the log. Changes nothing, is answered to nobody, and is not
    /// written any more; the number stays taken.
    /// </summary>
    Queries = 4,

    /// <summary>Who belongs to the cluster from here on: see <see cref="Configuration"/>.</summary>
    Configuration = 5,

    /// <summary>
    /// Cluster time goes on, and sessions that were not used for long expire: see <see cref="ClockTick"/>.
    /// </summary>
    Clock = 6,

    /// <summary>Registers a client's session under the entry's index: see <see cref="SessionOpening"/>.</summary>
    OpenSession = 7,

    /// <summary>Ends a session whose client has gone: see <see cref="SessionClosing"/>.</summary>
    CloseSession = 8,
}
