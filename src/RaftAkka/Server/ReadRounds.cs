using RaftAkka.Protocol;

namespace RaftAkka.Server;

/// <summary>
/// The reads that wait at a leader, and the rounds that confirm that it still leads (dissertation §6.4). It belongs
/// to one leadership: rounds count anew in the next, and answers are taken in their own term only.
/// </summary>
internal sealed class ReadRounds
{
    private readonly Queue<Round> _inFlight = new();
    private readonly Dictionary<ReadRound, TimeSpan> _began = [];
    private Readers _waiting = new();
    private ReadRound _oldestBegin = ReadRound.None.Next;

    /// <summary>The round that began last; every message to a follower carries it.</summary>
    public ReadRound Latest { get; private set; }

    /// <summary>When it began.</summary>
    public TimeSpan LatestBegan { get; private set; }

    /// <summary>Whether reads wait for a round that has begun.</summary>
    public bool IsInFlight => _inFlight.Count > 0;

    /// <summary>Whether reads wait for the next round.</summary>
    public bool HasWaiting => !_waiting.IsEmpty;

    /// <summary>Whether the beginning of a round is on its way to the server's mailbox.</summary>
    public bool IsDue { get; set; }

    public void Add(QueuedRead read) => _waiting.Local.Add(read);

    /// <summary>A follower's question. A later one of the same follower answers the earlier one's reads, too.</summary>
    public void Add(ServerId follower, ReadId id) => _waiting.Add(new FollowerRead(follower, id));

    /// <summary>Begins a round, for everything that waits.</summary>
    /// <param name="committed">The commit index: all that was acknowledged before now.</param>
    /// <param name="now">The time.</param>
    /// <param name="leaseMax">The longest that a promise of a follower may count, from now on; zero without leases.</param>
    public void Begin(LogIndex committed, TimeSpan now, TimeSpan leaseMax)
    {
        (Latest, LatestBegan) = (Latest.Next, now);
        if (leaseMax > TimeSpan.Zero) RememberBegin(now, leaseMax);
        if (_waiting.IsEmpty) return;

        // A round that began before a read came cannot confirm it: what arrives from here on waits for the next one.
        _inFlight.Enqueue(new Round(Latest, committed, _waiting));
        _waiting = new Readers();
    }

    /// <summary>A follower has answered a message of a round, in this term.</summary>
    /// <returns>False where there was no such round.</returns>
    public bool OnAnswer(PeerProgress follower, ReadRound round, TimeSpan lease)
    {
        if (round > Latest) return false;

        follower.OnRoundAnswered(round);

        // From when the round began: the follower cannot have heard of it earlier.
        if (lease > TimeSpan.Zero && _began.TryGetValue(round, out var began)) follower.OnPromised(began + lease);
        return true;
    }

    /// <summary>Takes the oldest round, if it is confirmed.</summary>
    public bool TryTake(Predicate<ReadRound> isConfirmed, out LogIndex index, out Readers readers)
    {
        (index, readers) = (LogIndex.Zero, _waiting);
        if (!_inFlight.TryPeek(out var oldest) || !isConfirmed(oldest.Number)) return false;

        (index, readers) = (oldest.Index, oldest.Readers);
        _inFlight.Dequeue();
        return true;
    }

    /// <summary>Everyone who waits, for whichever round.</summary>
    public IEnumerable<Readers> All => _inFlight.Select(round => round.Readers).Append(_waiting);

    private void RememberBegin(TimeSpan now, TimeSpan leaseMax)
    {
        _began.Add(Latest, now);
        for (; _oldestBegin < Latest; _oldestBegin = _oldestBegin.Next)
        {
            if (_began.TryGetValue(_oldestBegin, out var began) && now - began < leaseMax) break;
            _began.Remove(_oldestBegin);
        }
    }

    /// <summary>Those who wait for one round.</summary>
    internal sealed class Readers
    {
        public List<QueuedRead> Local { get; } = [];

        public List<FollowerRead> Followers { get; } = [];

        public bool IsEmpty => Local.Count == 0 && Followers.Count == 0;

        public void Add(FollowerRead read)
        {
            Followers.RemoveAll(known => known.Follower == read.Follower);
            Followers.Add(read);
        }
    }

    /// <summary>A follower's question.</summary>
    internal sealed record FollowerRead(ServerId Follower, ReadId Id);

    private sealed record Round(ReadRound Number, LogIndex Index, Readers Readers);
}
