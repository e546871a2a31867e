namespace RaftAkka.Server;

/// <summary>
/// Leases (dissertation §6.4.1). A follower that answers its leader promises to give its vote to nobody for
/// <c>election-timeout.min</c>, by its own clock. While a majority is bound by such promises nobody else can be
/// elected, and the leader may answer reads without asking. The leader counts from before it sent what was
/// answered, and takes off by how much its clock and a follower's may drift apart.
/// </summary>
/// <remarks>
/// What would break the promise: a lost connection must not free the vote before its time (<see cref="Followership"/>);
/// a message of a later term may make the server forget its leader, but not the promise, which is therefore the
/// server's and not its role's; and after a restart nobody knows what was promised, so that a server that starts is
/// bound as if it had just promised.
/// </remarks>
internal sealed partial class RaftServer
{
    private TimeSpan _boundUntil = TimeSpan.MinValue;

    /// <summary>How long the promise holds that this server makes with each answer to its leader.</summary>
    private TimeSpan LeaseMax => _settings.Reads == ReadMode.Lease ? _settings.ElectionTimeoutMin : TimeSpan.Zero;

    /// <summary>Whether this server binds itself with its answers. A server alone has nobody to promise anything to.</summary>
    private bool MakesPromises => LeaseMax > TimeSpan.Zero && _others.Length > 0;

    // What is promised and what is kept share one condition.
    private long LeaseMilliseconds => MakesPromises ? (long)LeaseMax.TotalMilliseconds : 0;

    /// <summary>Whether this server has promised to give its vote to nobody yet.</summary>
    private bool IsBound => Now < _boundUntil;

    private void Bind(TimeSpan now)
    {
        if (MakesPromises) _boundUntil = now + LeaseMax;
    }

    private bool HoldsLease(Leadership leadership) =>
        LeaseMax > TimeSpan.Zero && !leadership.LeasesAreVoid && KnowsCommitted && HasMajorityBound(leadership, Now);

    private bool HasMajorityBound(Leadership leadership, TimeSpan now) => _rules.ConfirmsRound(
        Members, voter => voter == _settings.Server
            || (leadership.TryFind(voter, out var follower) && now < follower.PromisedUntil));

    private TimeSpan DriftOf(TimeSpan lease) => lease < _settings.ClockDrift ? lease : _settings.ClockDrift;
}
