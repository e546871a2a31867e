using RaftAkka.Protocol;
using RaftAkka.Snapshots;

namespace RaftAkka.Server;

/// <summary>How a leader brings a follower up to date.</summary>
internal enum PeerMode
{
    /// <summary>Looks for the place where the logs agree: one message at a time.</summary>
    Probing,

    /// <summary>Sends what follows that place, a window ahead of the follower's answers.</summary>
    Pipelining,

    /// <summary>Sends a snapshot: the log begins behind what the follower needs.</summary>
    Installing,
}

/// <summary>What a leader knows of one follower, and what it has on the way there.</summary>
internal sealed class PeerProgress(ServerId peer, LogIndex last, TimeSpan now)
{
    private readonly Queue<Sent> _inFlight = new();
    private int _bytesInFlight;
    private int _entriesInFlight;

    public ServerId Peer { get; } = peer;

    /// <summary>The next index to send (figure 2, <c>nextIndex</c>).</summary>
    public LogIndex Next { get; private set; } = last.Next;

    /// <summary>The last index that the follower has durably (figure 2, <c>matchIndex</c>).</summary>
    public LogIndex Match { get; private set; }

    public PeerMode Mode { get; private set; } = PeerMode.Probing;

    /// <summary>The snapshot on its way there; null but while <see cref="PeerMode.Installing"/>.</summary>
    public InstallProgress? Install { get; private set; }

    /// <summary>When the follower was last heard of in this term.</summary>
    public TimeSpan LastHeard { get; private set; } = now;

    /// <summary>When something was last sent; long ago where nothing was yet.</summary>
    public TimeSpan LastSent { get; private set; } = now - TimeSpan.FromDays(1);

    /// <summary>The last round whose message it has answered.</summary>
    public ReadRound AnsweredRound { get; private set; }

    /// <summary>Until when it gives its vote to nobody, as far as it has promised that.</summary>
    public TimeSpan PromisedUntil { get; private set; } = TimeSpan.MinValue;

    /// <summary>The highest commit index that was sent.</summary>
    public LogIndex CommitSent { get; private set; }

    /// <summary>Whether it may lack what it acknowledged, until that is known; null where nothing says so.</summary>
    public RollbackDoubt? Doubt { get; private set; }

    /// <summary>How a learner that is to be promoted gets on; null for all others.</summary>
    public CatchUp? CatchUp { get; set; }

    /// <summary>Whether it is no member any more, and gets the log so that it learns that.</summary>
    public bool Leaves { get; set; }

    /// <summary>Whether entries for this follower are being read from disk.</summary>
    public bool IsReading { get; set; }

    /// <summary>Whether the window has room for more entries. The follower's acknowledgements open it.</summary>
    public bool HasRoom(int entriesMax, int bytesMax) => Mode switch
    {
        PeerMode.Probing => _inFlight.Count == 0,
        PeerMode.Pipelining => _entriesInFlight < entriesMax && _bytesInFlight < bytesMax,
        _ => false,
    };

    public void OnSent(LogSlice entries, LogIndex commit, TimeSpan now)
    {
        LastSent = now;
        CommitSent = LogIndex.Max(CommitSent, commit);
        if (entries.IsEmpty) return;

        _inFlight.Enqueue(new Sent(entries.Last.Index, entries.RecordBytes, entries.Count));
        _bytesInFlight += entries.RecordBytes;
        _entriesInFlight += entries.Count;
        if (Mode == PeerMode.Pipelining) Next = entries.Last.Index.Next;
    }

    public void OnAnnounced(LogIndex commit) => CommitSent = LogIndex.Max(CommitSent, commit);

    public void OnHeard(TimeSpan now) => LastHeard = now;

    public void OnRoundAnswered(ReadRound round)
    {
        if (round > AnsweredRound) AnsweredRound = round;   // Answers may overtake each other.
    }

    public void OnPromised(TimeSpan until)
    {
        if (until > PromisedUntil) PromisedUntil = until;
    }

    /// <summary>The follower's log agrees up to an index.</summary>
    /// <returns>Whether that is news.</returns>
    public bool OnAccepted(LogIndex matched)
    {
        switch (Mode)
        {
            case PeerMode.Probing:
                // A probe did not move Next: its entries are sent again unless this acknowledges them. If they went
                // on counting as on the way, one that is lost could fill the window for ever.
                ForgetInFlight();
                break;
            case PeerMode.Installing:
                Next = LogIndex.Max(Match, matched).Next;
                break;
        }

        (Mode, Install) = (PeerMode.Pipelining, null);
        if (matched <= Match) return false;

        Match = matched;
        Next = LogIndex.Max(Next, matched.Next);
        while (_inFlight.TryPeek(out var sent) && sent.Last <= matched)
        {
            _inFlight.Dequeue();
            _bytesInFlight -= sent.Bytes;
            _entriesInFlight -= sent.Count;
        }

        return true;
    }

    /// <summary>The follower does not have the entry before those that were sent.</summary>
    /// <param name="rejected">The index of that entry.</param>
    /// <param name="next">Where the leader's log and the follower's answer say to go on.</param>
    /// <returns>Whether that is news: an answer to an older question is not.</returns>
    public bool OnRejected(LogIndex rejected, LogIndex next)
    {
        // What matched once cannot conflict later; and while probing, only the latest probe's answer counts. That
        // the follower lacks what comes behind a snapshot is known while it gets one.
        if (rejected <= Match || (Mode == PeerMode.Probing && rejected != Next.Previous)) return false;
        if (Mode == PeerMode.Installing) return false;

        Next = LogIndex.Max(Match.Next, LogIndex.Min(next, rejected));
        StartProbing();
        return true;
    }

    /// <summary>It rejects an entry that it had acknowledged. That may be an old answer: the next round's tell.</summary>
    public void StartDoubting(ReadRound round) => Doubt = new RollbackDoubt(round, Match);

    public void EndDoubt() => Doubt = null;

    /// <summary>What it acknowledged is not on its disk any more.</summary>
    public void OnRolledBack()
    {
        (Match, Doubt, Install) = (LogIndex.Zero, null, null);
        StartProbing();
    }

    /// <summary>Nothing that is on the way counts any more; the next message asks again where the logs agree.</summary>
    public void StartProbing()
    {
        Mode = PeerMode.Probing;
        ForgetInFlight();
    }

    /// <summary>The follower gets a snapshot now, in place of entries.</summary>
    public void StartInstalling(StoredSnapshot snapshot, TimeSpan now)
    {
        (Mode, Install) = (PeerMode.Installing, new InstallProgress(snapshot, now));
        ForgetInFlight();
    }

    private void ForgetInFlight()
    {
        _inFlight.Clear();
        _bytesInFlight = 0;
        _entriesInFlight = 0;
    }

    private readonly record struct Sent(LogIndex Last, int Bytes, int Count);
}
