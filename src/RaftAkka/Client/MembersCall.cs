using RaftAkka.Protocol;

namespace RaftAkka.Client;

/// <summary>Somebody asks who belongs to the cluster, or wants that changed, or another leader.</summary>
/// <param name="changes">The change; none asks.</param>
/// <param name="timeout">How long to try.</param>
internal sealed class MembersCall(IReadOnlyList<MemberChange> changes, TimeSpan timeout) : IFacadeRequest
{
    private readonly TaskCompletionSource<ClusterMembers> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<MemberChange> Changes { get; } = changes;

    public TimeSpan Timeout { get; } = timeout;

    /// <summary>Whether the leader is to hand over; the members are then asked for when it has.</summary>
    public bool HandsOver { get; init; }

    /// <summary>To whom; null for the best.</summary>
    public ServerId? Target { get; init; }

    /// <summary>A server that is to catch up first.</summary>
    public ServerId? Awaited { get; init; }

    /// <summary>Who hears how far it is.</summary>
    public IProgress<ClusterMember>? Progress { get; init; }

    public Task<ClusterMembers> Outcome => _outcome.Task;

    public void Complete(ClusterMembers members) => _outcome.TrySetResult(members);

    /// <summary>Nobody waits any more.</summary>
    public void Cancel() => _outcome.TrySetCanceled();

    public void Fail(RaftClientException failure) => _outcome.TrySetException(failure);

    public void Refuse(string reason) => Fail(
        HandsOver ? new NotHandedOverException(reason)
        : Changes.Count == 0 ? new QueryFailedException(reason)
        : new MembersNotChangedException(null, reason));
}
