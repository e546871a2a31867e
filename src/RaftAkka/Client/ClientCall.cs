using RaftAkka.Protocol;

namespace RaftAkka.Client;

/// <summary>
/// What a <see cref="RaftClient"/> sends to its actor for every call. In a test, a probe in the actor's place
/// expects it and answers with <see cref="Complete"/>, <see cref="Refuse"/> or <see cref="LeaveUnknown"/>;
/// the first answer counts.
/// </summary>
public sealed class ClientCall : IFacadeRequest
{
    private const int NotSent = 0, Sent = 1, Canceled = 2;

    private readonly TaskCompletionSource<ReadOnlyMemory<byte>> _outcome;
    private readonly bool _isEndedOnThePool;

    private CancellationToken _token;
    private Action<ClientCall>? _canceled;
    private CancellationTokenRegistration _registration;
    private int _stage;
    private int _hasEnded;

    /// <summary>Makes a call that waits for its answer.</summary>
    public ClientCall(ClientCallKind kind, ReadOnlyMemory<byte> body, TimeSpan timeout)
        : this(kind, body, timeout, isEndedOnThePool: false)
    {
    }

    /// <param name="kind">Whether it changes the state machine or only asks it.</param>
    /// <param name="body">What the state machine gets.</param>
    /// <param name="timeout">How long the caller waits.</param>
    /// <param name="isEndedOnThePool">
    /// Whether its task ends only on a thread of the pool, together with others, rather than at once and with a piece
    /// of work for whatever its caller does next.
    /// </param>
    internal ClientCall(ClientCallKind kind, ReadOnlyMemory<byte> body, TimeSpan timeout, bool isEndedOnThePool)
    {
        (Kind, Body, Timeout, _isEndedOnThePool) = (kind, body, timeout, isEndedOnThePool);
        _outcome = new(isEndedOnThePool
            ? TaskCreationOptions.None
            : TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Whether it changes the state machine or only asks it.</summary>
    public ClientCallKind Kind { get; }

    /// <summary>What a query's answer is to promise. Default linearizable; of no meaning for commands.</summary>
    public ReadConsistency Consistency { get; init; }

    /// <summary>What the state machine gets.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>How long the caller waits.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>
    /// The outcome: the result, or one of the exceptions that <see cref="RaftClient"/> names.
    /// </summary>
    public Task<ReadOnlyMemory<byte>> Outcome => _outcome.Task;

    /// <summary>Whether the outcome is decided, though the task may end a moment later.</summary>
    internal bool HasEnded => Volatile.Read(ref _hasEnded) != 0;

    // The rest belongs to the client's actor: where the call stands. It lives here, not in a wrapper, because
    // there is one of these for every command.

    /// <summary>Whether the actor has taken the call and not yet let it go.</summary>
    internal bool IsOpen { get; set; }

    /// <summary>When to give up, on the scheduler's clock.</summary>
    internal TimeSpan Deadline { get; set; }

    /// <summary>The batch that carries it; null while it waits.</summary>
    internal OutgoingBatch? Batch { get; set; }

    /// <summary>Its number in the batch's session.</summary>
    internal long Sequence { get; set; }

    internal ClientCall? EarlierInSlot { get; set; }

    internal ClientCall? LaterInSlot { get; set; }

    internal int Slot { get; set; } = DeadlineWheel.NoSlot;

    /// <summary>The command was applied, or the query answered.</summary>
    public void Complete(ReadOnlyMemory<byte> result)
    {
        if (!TryEnd()) return;

        if (_isEndedOnThePool) ResultsOnThePool.GiveOut(this, call => call.Deliver(result));
        else Deliver(result);
    }

    /// <summary>The same, together with others where it can be.</summary>
    internal void CompleteTogether(ReadOnlyMemory<byte> result, ResultsOnThePool others)
    {
        if (!TryEnd()) return;

        if (_isEndedOnThePool) others.Add(this, result);
        else Deliver(result);
    }

    /// <summary>Ends the task of a call whose outcome is decided, and may run what its caller does next.</summary>
    internal void Deliver(ReadOnlyMemory<byte> result) => _outcome.SetResult(result);

    /// <summary>The command was surely not applied, nor will be; or the query was not answered.</summary>
    public void Refuse(string reason) =>
        Fail(Kind == ClientCallKind.Query
            ? new QueryFailedException(reason)
            : new CommandNotAppliedException(reason));

    /// <summary>
    /// Nobody can say whether the command was, or will be, applied; of a query: it was not answered.
    /// </summary>
    public void LeaveUnknown(string reason) =>
        Fail(Kind == ClientCallKind.Query
            ? new QueryFailedException(reason)
            : new OutcomeUnknownException(reason));

    /// <summary>The servers have an answer to this query, and it is that there is none: asking again is of no use.</summary>
    internal void FailQuery(string reason) => Fail(new QueryFailedException(reason) { IsFinal = true });

    /// <summary>Lets the token end the waiting. Once, before the call is handed over.</summary>
    /// <param name="token">The caller's.</param>
    /// <param name="canceled">Hears that it did; on the canceling thread.</param>
    internal void CancelWith(CancellationToken token, Action<ClientCall>? canceled = null)
    {
        if (!token.CanBeCanceled) return;

        (_token, _canceled) = (token, canceled);
        _registration = token.UnsafeRegister(static call => ((ClientCall)call!).Cancel(), this);
    }

    /// <summary>
    /// The actor is about to send it. False: the caller has canceled it, so it must not be sent.
    /// </summary>
    internal bool TryBeginSending() => Interlocked.CompareExchange(ref _stage, Sent, NotSent) != Canceled;

    /// <summary>Every try to send it has surely failed, so it counts as not sent again.</summary>
    internal void TakeBack() => Interlocked.CompareExchange(ref _stage, NotSent, Sent);

    private void Cancel()
    {
        var wasSent = Interlocked.Exchange(ref _stage, Canceled) == Sent;
        var unknown = wasSent && Kind == ClientCallKind.Command;
        Fail(new CallCanceledException(
            unknown
                ? "The caller canceled the call after the command had been sent: it may be applied or not."
                : "The caller canceled the call; it changed nothing.",
            unknown, _token));
        _canceled?.Invoke(this);
    }

    private void Fail(Exception exception)
    {
        if (!TryEnd()) return;

        if (_isEndedOnThePool) ResultsOnThePool.GiveOut(this, call => call._outcome.SetException(exception));
        else _outcome.SetException(exception);
    }

    // Whoever decides first gives the outcome, once.
    private bool TryEnd()
    {
        if (Interlocked.Exchange(ref _hasEnded, 1) != 0) return false;

        _registration.Unregister();
        return true;
    }
}

/// <summary>What a call asks for.</summary>
public enum ClientCallKind
{
    /// <summary>A command, applied once on every server.</summary>
    Command,

    /// <summary>A query, of the call's <see cref="ClientCall.Consistency"/>.</summary>
    Query,
}
