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
/// Nobody can say whether the command was, or will be, applied: the time was up, or the session expired, after it
/// had been sent. Find out by a query before you call again.
/// </summary>
public sealed class OutcomeUnknownException(string reason, Exception? inner = null)
    : RaftClientException(reason, inner);
