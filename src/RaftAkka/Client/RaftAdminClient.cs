using RaftAkka.Protocol;
using RaftAkka.Settings;

namespace RaftAkka.Client;

/// <summary>
/// Changes who belongs to a cluster, over a client that is connected to it: while it serves, one change at a time, each
/// through the log (§6). Every method is safe to repeat: what is so already is no change. Safe to use from many threads.
/// </summary>
/// <remarks>
/// Every method tries for its timeout, 10 seconds where the caller does not say, to find a leader and have the answer. A
/// change throws <see cref="MembersNotChangedException"/> where nothing was changed, with the reason, and
/// <see cref="OutcomeUnknownException"/> where no answer came in time; a question throws
/// <see cref="QueryFailedException"/>. A canceled token ends the tries, with <see cref="CallCanceledException"/>: it says
/// whether the change had been sent, which cannot be called back.
/// </remarks>
/// <param name="raft">The client; it stays the caller's.</param>
public sealed class RaftAdminClient(RaftClient raft)
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Asks the leader who belongs to the cluster, and how far each of them is.</summary>
    /// <param name="timeout">How long to try.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task<ClusterMembers> MembersAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        AskAsync([], timeout, cancellationToken);

    /// <summary>
    /// Adds a server, which joins as a learner: it receives snapshot and log, and counts for nothing until it has caught
    /// up, when the leader makes it a voter by itself (dissertation §4.2.1). Returns when the cluster knows the server;
    /// <see cref="CaughtUpAsync"/> waits for the rest. Start it with <c>raft.join = on</c>, before or after.
    /// </summary>
    /// <param name="server">Its id, which no server of this cluster had before.</param>
    /// <param name="address">Where it is reached, <c>host:port</c>.</param>
    /// <param name="staysReplica">Whether it stays a learner, which answers reads and never votes.</param>
    /// <param name="timeout">How long to try.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task<ClusterMembers> AddAsync(
        ServerId server, string address, bool staysReplica = false, TimeSpan? timeout = null,
        CancellationToken cancellationToken = default) =>
        ChangeAsync([Joins(server, address, staysReplica)], timeout, cancellationToken);

    /// <summary>
    /// Waits until a server that was added has caught up: until it is a voter, and no change is under way; or, for a
    /// replica, until it has everything that the leader has.
    /// </summary>
    /// <param name="server">The server.</param>
    /// <param name="progress">
    /// Hears about every 200 ms how far it is, on a thread of .NET's pool, one report after the other; one that takes long
    /// misses some. If it throws, the waiting ends with its exception inside <see cref="QueryFailedException"/>.
    /// </param>
    /// <param name="cancellationToken">Ends the waiting; without one it lasts until the server has caught up.</param>
    /// <exception cref="MembersNotChangedException">It is no member, or not any more.</exception>
    /// <exception cref="QueryFailedException">No leader answered for 10 seconds.</exception>
    public Task<ClusterMembers> CaughtUpAsync(
        ServerId server, IProgress<ClusterMember>? progress = null, CancellationToken cancellationToken = default)
    {
        var call = new MembersCall([], DefaultTimeout) { Awaited = server };
        if (progress is not null) call.Progress = new ProgressOnThePool(progress, call);
        return raft.AskMembersAsync(call, cancellationToken);
    }

    /// <summary>
    /// Removes a server for good; also the leader, which then hands over. It learns of it and takes no part any more.
    /// Nothing happens where it has left before.
    /// </summary>
    /// <param name="server">The server.</param>
    /// <param name="timeout">How long to try.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task<ClusterMembers> RemoveAsync(
        ServerId server, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        ChangeAsync([new MemberChange.Remove(server)], timeout, cancellationToken);

    /// <summary>
    /// Makes a learner or replica a voter now, however far it is behind. Refused where the leader never heard of it.
    /// </summary>
    /// <param name="server">The server.</param>
    /// <param name="timeout">How long to try.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task<ClusterMembers> PromoteAsync(
        ServerId server, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        ChangeAsync([new MemberChange.SetRole(server, MemberRole.Voter)], timeout, cancellationToken);

    /// <summary>Tells the cluster, and through it the clients, where a server is that has moved with its data.</summary>
    /// <param name="server">The server.</param>
    /// <param name="address">Where it is now, <c>host:port</c>.</param>
    /// <param name="timeout">How long to try.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task<ClusterMembers> UpdateAsync(
        ServerId server, string address, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        ChangeAsync([new MemberChange.SetAddress(server, address)], timeout, cancellationToken);

    /// <summary>
    /// Says how gladly a server leads: leadership goes to one of a greater priority as soon as it is up to date.
    /// </summary>
    /// <param name="server">The server.</param>
    /// <param name="priority">Any number; 0 is what servers have by themselves.</param>
    /// <param name="timeout">How long to try.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task<ClusterMembers> SetPriorityAsync(
        ServerId server, int priority, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        ChangeAsync([new MemberChange.SetPriority(server, priority)], timeout, cancellationToken);

    /// <summary>
    /// Any number of changes in one step: all of them come into effect, or none; so several servers are replaced at once. Add
    /// the new ones as learners before: a server that was never heard of does not vote, and one that has not caught up holds
    /// up the others.
    /// </summary>
    /// <param name="changes">One or more.</param>
    /// <param name="timeout">How long to try.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task<ClusterMembers> ChangeAsync(
        IReadOnlyList<MemberChange> changes, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(changes);
        if (changes.Count == 0) throw new ArgumentException("There is nothing to change.", nameof(changes));
        foreach (var change in changes)
        {
            if (change is MemberChange.SetDisk)
                throw new ArgumentException("Disks are learned from the servers themselves.", nameof(changes));
            if (AddressIn(change) is { } address && AddressRules.Mistake(address) is { } mistake)
                throw new ArgumentException($"The address \"{address}\" of '{change.Id}' {mistake}", nameof(changes));
        }

        return AskAsync(changes, timeout, cancellationToken);
    }

    /// <summary>
    /// Has the leader hand over, without an outage: it brings the target up to date, and tells it to campaign (dissertation
    /// §3.10). Commands that come meanwhile wait. A target that lags or is dead is given up within one election timeout, and
    /// the leader goes on.
    /// </summary>
    /// <param name="target">Who is to lead; null for the one with the greatest priority that is the most up to date.</param>
    /// <param name="timeout">How long to try.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>The members, with who leads then: the target, but where another server won the election.</returns>
    /// <exception cref="NotHandedOverException">Leadership was not handed over; the message says why.</exception>
    public Task<ClusterMembers> TransferAsync(
        ServerId? target = null, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        raft.AskMembersAsync(
            new MembersCall([], timeout ?? DefaultTimeout) { HandsOver = true, Target = target }, cancellationToken);

    /// <summary>The change by which a server joins, for <see cref="ChangeAsync"/>.</summary>
    /// <param name="server">Its id.</param>
    /// <param name="address">Where it is reached, <c>host:port</c>.</param>
    /// <param name="staysReplica">Whether it stays a learner.</param>
    public static MemberChange Joins(ServerId server, string address, bool staysReplica = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(address);
        return new MemberChange.Add(new Member(server, address, staysReplica ? MemberRole.Replica : MemberRole.Learner));
    }

    private Task<ClusterMembers> AskAsync(
        IReadOnlyList<MemberChange> changes, TimeSpan? timeout, CancellationToken cancellationToken) =>
        raft.AskMembersAsync(new MembersCall(changes, timeout ?? DefaultTimeout), cancellationToken);

    private static string? AddressIn(MemberChange change) => change switch
    {
        MemberChange.Add add => add.Member.Address,
        MemberChange.SetAddress set => set.Address,
        _ => null,
    };
}
