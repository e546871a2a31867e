namespace RaftAkka.Protocol;

/// <summary>How a command that reached the log ended. The numbers are part of the wire format.</summary>
public enum CommandStatus : byte
{
    /// <summary>Applied, now or at an earlier try; the result is that of the one time it was applied.</summary>
    Done = 0,

    /// <summary>Not applied by this try: the session is not, or no longer, in the table. An earlier try may have been.</summary>
    SessionExpired = 1,

    /// <summary>
    /// Not applied by this try: the client had said that it has this command's result already, so that the result
    /// was forgotten.
    /// </summary>
    AlreadyAcknowledged = 2,

    /// <summary>Not applied: more results than the session's limit wait for the client to acknowledge them.</summary>
    TooManyUnacknowledged = 3,

    /// <summary>Not applied: the bytes were no batch of commands.</summary>
    Malformed = 4,

    /// <summary>
    /// Applied, or a query answered; but the result is larger than <see cref="IStateMachine.ResultBytesMax"/> and
    /// travels to nobody.
    /// </summary>
    ResultTooLarge = 5,

    /// <summary>
    /// Of a query only: the state machine threw when it was asked. The result is the exception's type and text, as
    /// UTF-8. Another server's machine has the same state, so asking there is of no use.
    /// </summary>
    QueryFailed = 6,

    /// <summary>One of a later release, which this one does not know: nothing may be concluded from it. Only clients see it.</summary>
    Unknown = 255,
}

/// <summary>The result of one command.</summary>
/// <param name="Sequence">The command's number.</param>
/// <param name="Status">How it ended.</param>
/// <param name="Result">
/// What the state machine returned, where it was applied; why, where a query failed; empty otherwise.
/// </param>
public readonly record struct CommandResult(
    SequenceNumber Sequence, CommandStatus Status, ReadOnlyMemory<byte> Result);
