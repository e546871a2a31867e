using RaftAkka.Protocol;

namespace RaftAkka.Client;

/// <summary>A call to the cluster did not bring a result.</summary>
public abstract class RaftClientException : Exception
{
    private protected RaftClientException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}

/// <summary>The command was surely not applied, nor will be: calling again cannot apply it twice.</summary>
public sealed class CommandNotAppliedException(string reason, Exception? inner = null)
    : RaftClientException(reason, inner);

/// <summary>
/// Nobody can say whether the command was, or will be, applied: the time was up, or the session expired,
/// after it had been sent. Find out by a query before you call again.
/// </summary>
public sealed class OutcomeUnknownException(string reason, Exception? inner = null)
    : RaftClientException(reason, inner);

/// <summary>
/// The query was not answered: no server answered in time; or (<see cref="IsFinal"/>) the state machine threw, or its answer
/// was too large. A query changes nothing, so asking again is always safe.
/// </summary>
public sealed class QueryFailedException(string reason, Exception? inner = null)
    : RaftClientException(reason, inner)
{
    /// <summary>
    /// Whether the state machine was asked and has no answer that it could give: it threw, and the message has the
    /// exception's type and text, or the answer is larger than <see cref="IStateMachine.ResultBytesMax"/>. The same query
    /// of the same state fails again, at every server. False: no server answered, and one may do so later.
    /// </summary>
    public bool IsFinal { get; internal init; }
}

/// <summary>A server has not, or not in time, taken a snapshot. Asking again is safe.</summary>
public sealed class SnapshotFailedException(string reason, Exception? inner = null)
    : RaftClientException(reason, inner);

/// <summary>
/// There is no backup, and nothing is left of it; the message says why. Asking again, or another server, is safe.
/// </summary>
public sealed class BackupFailedException(string reason, Exception? inner = null)
    : RaftClientException(reason, inner);

/// <summary>Who belongs to the cluster was not changed, nor will be by this call; the message says why.</summary>
/// <param name="reason">Why; null where no leader took the change.</param>
/// <param name="message">The same for a person.</param>
public sealed class MembersNotChangedException(MembershipRefusal? reason, string message) : RaftClientException(message)
{
    /// <summary>Why the leader refused; null where no leader took the change.</summary>
    public MembershipRefusal? Reason { get; } = reason;
}

/// <summary>Leadership was not handed over, as far as anybody knows; the message says why. Asking again is safe.</summary>
public sealed class NotHandedOverException(string reason, Exception? inner = null)
    : RaftClientException(reason, inner);

/// <summary>
/// The caller's token ended the waiting. That cannot call a command back which is on its way:
/// <see cref="OutcomeUnknown"/> tells whether it is.
/// </summary>
public sealed class CallCanceledException(string reason, bool outcomeUnknown, CancellationToken token)
    : OperationCanceledException(reason, token)
{
    /// <summary>
    /// False: it was not sent, so it was surely not applied, nor will be; or it was a query. True: it was
    /// sent, and nobody can say.
    /// </summary>
    public bool OutcomeUnknown { get; } = outcomeUnknown;
}
