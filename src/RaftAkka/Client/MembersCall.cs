using RaftAkka.Protocol;

namespace RaftAkka.Client;

/// <summary>Somebody asks who belongs to the cluster, or wants that changed, or another leader.</summary>
/// <param name="changes">The change; none asks.</param>
/// <param name="timeout">How long to try.</param>
internal sealed class MembersCall(IReadOnlyList<MemberChange> changes, TimeSpan timeout) : IFacadeRequest
{
    private const int NotSent = 0, Sent = 1, Canceled = 2;

    private readonly TaskCompletionSource<ClusterMembers> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenRegistration _registration;
    private int _stage;

    public IReadOnlyList<MemberChange> Changes { get; } = changes;

    public TimeSpan Timeout { get; } = timeout;

    /// <summary>Whether the leader is to hand over; the members are then asked for when it has.</summary>
    public bool HandsOver { get; init; }

    /// <summary>To whom; null for the best.</summary>
    public ServerId? Target { get; init; }

    /// <summary>A server that is to catch up first.</summary>
    public ServerId? Awaited { get; init; }

    /// <summary>Who hears how far it is.</summary>
    public IProgress<ClusterMember>? Progress { get; set; }

    public Task<ClusterMembers> Outcome => _outcome.Task;

    public void Complete(ClusterMembers members)
    {
        if (_outcome.TrySetResult(members)) _registration.Unregister();
    }

    /// <summary>Lets the token end the waiting. Once, before the call is handed over.</summary>
    public void CancelWith(CancellationToken token)
    {
        if (token.CanBeCanceled) _registration = token.UnsafeRegister(_ => Cancel(token), null);
    }

    /// <summary>It is about to be sent. False: its caller has canceled it, so it must not be.</summary>
    public bool TryBeginSending() => Interlocked.CompareExchange(ref _stage, Sent, NotSent) != Canceled;

    public void Fail(RaftClientException failure)
    {
        if (_outcome.TrySetException(failure)) _registration.Unregister();
    }

    private void Cancel(CancellationToken token)
    {
        var unknown = Interlocked.Exchange(ref _stage, Canceled) == Sent && (Changes.Count > 0 || HandsOver);
        _outcome.TrySetException(new CallCanceledException(
            unknown
                ? "The caller canceled the call after it had been sent: the change may have been made, or be made yet. It is not "
                    + "sent again. Look at the members."
                : "The caller canceled the call; it changed nothing.",
            unknown, token));
    }

    public void Refuse(string reason) => Fail(
        HandsOver ? new NotHandedOverException(reason)
        : Changes.Count == 0 ? new QueryFailedException(reason)
        : new MembersNotChangedException(null, reason));
}
