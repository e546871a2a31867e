using System.Diagnostics.CodeAnalysis;
using Akka.Actor;
using RaftAkka.Protocol;

namespace RaftAkka.Server;

/// <summary>
/// What a server knows because it leads one term: its followers' progress, and who waits for which entry. It
/// belongs to the behaviour; when leadership ends, it is gone, and a later leadership cannot answer for it.
/// </summary>
internal sealed class Leadership
{
    // In the order of their names. They are few: looking through them takes less than any table, and nothing has to
    // be compiled for it in the moment of an election.
    private PeerProgress[] _followers;
    private readonly Queue<(LogIndex Index, int Bytes)> _uncommitted = new();

    public Leadership(IEnumerable<ServerId> followers, LogIndex last, TimeSpan now, ClusterClock clock, YieldAttempts yields)
    {
        (Clock, Since, LastPreference, Yields) = (clock, now, now - TimeSpan.FromDays(1), yields);
        _followers = [.. followers.Order().Select(follower => new PeerProgress(follower, last, now))];
    }

    /// <summary>The followers, in the order of their names.</summary>
    public IReadOnlyList<PeerProgress> Followers => _followers;

    /// <summary>When it began.</summary>
    public TimeSpan Since { get; }

    /// <summary>The hand-over that is under way.</summary>
    public Transfer? Transfer { get; set; }

    /// <summary>When leadership was last to go to a server of a greater priority.</summary>
    public TimeSpan LastPreference { get; set; }

    /// <summary>When to hand over while this server's disk does not work.</summary>
    public YieldAttempts Yields { get; }

    /// <summary>Whether another server was told to campaign: what voters promised does not bind them any more.</summary>
    public bool LeasesAreVoid { get; set; }

    /// <summary>Who asked for the change of membership that is under way.</summary>
    public (IActorRef Asker, long Id)? MembersWaiter { get; set; }

    /// <summary>Proposals that wait for the next flush; nothing of them is in the log yet.</summary>
    public List<Proposal> Queued { get; } = [];

    /// <summary>Who waits for which entry that is in the log and not yet given to the machine, in the log's order.</summary>
    public Queue<Waiter> Waiters { get; } = new();

    /// <summary>The reads that wait, and the rounds that confirm them.</summary>
    public ReadRounds Reads { get; } = new();

    /// <summary>The time that this leader counts for the cluster.</summary>
    public ClusterClock Clock { get; }

    /// <summary>Whether a flush is on its way to this actor's mailbox.</summary>
    public bool IsFlushDue { get; set; }

    /// <summary>The bytes of proposals and entries that are not committed, or that the machine was not given yet.</summary>
    public long UncommittedBytes { get; private set; }

    public bool TryFind(ServerId follower, [NotNullWhen(true)] out PeerProgress? progress)
    {
        progress = null;
        foreach (var known in _followers)
            if (known.Peer == follower) progress = known;
        return progress is not null;
    }

    /// <summary>Other servers are to follow.</summary>
    /// <param name="servers">The servers to replicate to from now on.</param>
    /// <param name="last">The leader's last entry.</param>
    /// <param name="now">The time.</param>
    public void Follow(IReadOnlyCollection<ServerId> servers, LogIndex last, TimeSpan now)
    {
        var more = servers.Where(server => !TryFind(server, out _)).Select(server => new PeerProgress(server, last, now));
        _followers = [.. _followers.Concat(more).OrderBy(follower => follower.Peer)];
        foreach (var follower in _followers) follower.Leaves = !servers.Contains(follower.Peer);
    }

    /// <summary>A server that has left is not heard of any more.</summary>
    public void Forget(ServerId follower) => _followers = [.. _followers.Where(known => known.Peer != follower)];

    /// <summary>The snapshots that followers are being sent.</summary>
    public IReadOnlyCollection<EntryId> SnapshotsInUse() =>
        [.. Followers.Select(follower => follower.Install?.Snapshot.Last).OfType<EntryId>()];

    public LogIndex MatchOf(ServerId follower) => TryFind(follower, out var progress)
        ? progress.Match
        : throw new InvariantBrokenException($"{follower} votes, and so the leader follows its progress");

    public void Queue(Proposal proposal)
    {
        Queued.Add(proposal);
        UncommittedBytes += proposal.Payload.Length;
    }

    /// <summary>A queued proposal became an entry.</summary>
    public void OnAppended(LogIndex index, Proposal proposal)
    {
        Waiters.Enqueue(new Waiter(index, proposal.From, proposal.Batch));
        _uncommitted.Enqueue((index, proposal.Payload.Length));
    }

    /// <summary>Takes those who wait for entries up to an index, which the machine is given now.</summary>
    public IReadOnlyList<Waiter> TakeWaiters(LogIndex through)
    {
        while (_uncommitted.TryPeek(out var entry) && entry.Index <= through)
        {
            UncommittedBytes -= entry.Bytes;
            _uncommitted.Dequeue();
        }

        if (!Waiters.TryPeek(out var first) || first.Index > through) return [];

        var taken = new List<Waiter>();
        while (Waiters.TryPeek(out var waiter) && waiter.Index <= through) taken.Add(Waiters.Dequeue());
        return taken;
    }
}

/// <summary>A proposal and whom to answer.</summary>
internal readonly record struct Proposal(
    IActorRef From, long Batch, EntryKind Kind, ReadOnlyMemory<byte> Payload);

/// <summary>Someone who waits for the entry at an index to be applied.</summary>
internal readonly record struct Waiter(LogIndex Index, IActorRef From, long Batch);
