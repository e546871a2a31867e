using Akka.Actor;
using RaftAkka.Protocol;

namespace RaftAkka.Client;

/// <summary>A server that has taken the client, and what it takes.</summary>
internal sealed class Connection(IActorRef session, ClientConnected connected)
{
    /// <summary>The server.</summary>
    public ServerId Server { get; } = connected.Server;

    /// <summary>The client's own actor on that server.</summary>
    public IActorRef Session { get; } = session;

    /// <summary>The largest payload that it takes, in bytes.</summary>
    public int BatchBytesMax { get; } = connected.BatchBytesMax;

    /// <summary>How many unanswered requests it takes.</summary>
    public int BatchesInFlightMax { get; } = connected.BatchesInFlightMax;

    /// <summary>When it took the client.</summary>
    public TimeSpan Answered { get; init; }

    /// <summary>When the client began to send its calls there.</summary>
    public TimeSpan Since { get; set; }

    /// <summary>When the client last sent it anything.</summary>
    public TimeSpan LastSent { get; set; }

    /// <summary>When the client last sent it what keeps the session: a command, or that it lives.</summary>
    public TimeSpan LastRenewed { get; set; }

    /// <summary>The number of the latest read that it was sent: who has waited longest is next.</summary>
    public long LastRead { get; set; }

    /// <summary>When a keep-alive left that was not answered yet.</summary>
    public TimeSpan? AskedForLife { get; set; }
}

/// <summary>
/// A search for the leader: it begins when there is none to talk to, and is forgotten when one is found.
/// </summary>
internal sealed class Search(ServerId? suspect, Term suspectTerm, TimeSpan now)
{
    /// <summary>The servers that have taken the client since the search began.</summary>
    public Dictionary<ServerId, Connection> Answered { get; } = [];

    /// <summary>Who refused the client for good, and why.</summary>
    public Dictionary<ServerId, string> RefusedForGood { get; } = [];

    /// <summary>When it began, or last forgot what it took for the leader.</summary>
    public TimeSpan Since { get; set; } = now;

    /// <summary>How often everyone was asked.</summary>
    public int Rounds { get; set; }

    /// <summary>When to ask everyone (again).</summary>
    public TimeSpan NextRound { get; set; }

    /// <summary>The leader, and its term, that was asked out of turn: once is enough.</summary>
    public (ServerId Leader, Term Term)? AskedOutOfTurn { get; set; }

    /// <summary>
    /// Whether this is the leader that just failed us, in the same term. Then the others are heard first; but
    /// it may have been a hiccup, or there may be no others, so after two rounds it is as good as any.
    /// </summary>
    public bool Distrusts(ServerId leader, Term term) =>
        leader == suspect && term <= suspectTerm && Rounds < 2;
}

/// <summary>A session that is being registered.</summary>
/// <param name="token">What the client has drawn for it.</param>
/// <param name="firstTry">The number of its first try; those of earlier registrations are smaller.</param>
internal sealed class Registration(SessionToken token, long firstTry)
{
    public SessionToken Token { get; } = token;

    public long FirstTry { get; } = firstTry;

    /// <summary>The number of the latest try.</summary>
    public long LatestTry { get; private set; }

    /// <summary>Whether the latest try waits for its answer.</summary>
    public bool IsOnTheWay { get; private set; }

    /// <summary>When the latest try left; or, where it was refused, when the next one is due.</summary>
    public TimeSpan Since { get; private set; }

    /// <summary>How many tries were not answered in time: the next one waits longer.</summary>
    public int Silences { get; private set; }

    /// <summary>How many tries were refused: the next one comes later.</summary>
    public int Refusals { get; private set; }

    public void Sent(long number, TimeSpan now) => (LatestTry, IsOnTheWay, Since) = (number, true, now);

    public void RetryAt(TimeSpan due) => (IsOnTheWay, Since, Refusals) = (false, due, Refusals + 1);

    public void CountSilence() => Silences++;
}
