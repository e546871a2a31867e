using RaftAkka.Protocol;

namespace RaftAkka.Client;

/// <summary>
/// Calls that travel together, from the first try to the last answer. Every try carries the same bytes under
/// a number of its own, so that an answer tells which try it answers.
/// </summary>
internal sealed class OutgoingBatch(ClientCallKind kind, OpenSession? session)
{
    private readonly List<long> _openTries = [];
    private bool _wasLeftUnknown;

    public ClientCallKind Kind { get; } = kind;

    /// <summary>The session that the commands are numbered in; null for queries.</summary>
    public OpenSession? Session { get; } = session;

    /// <summary>What the answers of queries are to promise.</summary>
    public ReadConsistency Consistency { get; init; }

    /// <summary>
    /// Where the latest try went, of queries that any server may answer; null of what goes to the leader.
    /// </summary>
    public ServerId? Reader { get; set; }

    /// <summary>The calls in the order of their numbers, those included that have ended since.</summary>
    public List<ClientCall> Calls { get; } = [];

    /// <summary>How many of the calls still wait for their outcome.</summary>
    public int OpenCalls { get; set; }

    public ReadOnlyMemory<byte> Payload { get; set; }

    /// <summary>The number of the latest try.</summary>
    public long LatestTry { get; private set; }

    /// <summary>Whether the latest try waits for its answer.</summary>
    public bool IsOnTheWay { get; private set; }

    /// <summary>
    /// When the latest try left; or, where it was answered in vain, when the next one is due.
    /// </summary>
    public TimeSpan Since { get; private set; }

    /// <summary>How many tries were not answered in time: the next one waits longer.</summary>
    public int Silences { get; private set; }

    /// <summary>How many tries were answered in vain: the next one comes later.</summary>
    public int Refusals { get; private set; }

    /// <summary>The tries that were never answered.</summary>
    public IReadOnlyList<long> OpenTries => _openTries;

    /// <summary>
    /// Whether some try may have put the batch into the log, or may yet. Where it is false, every try was
    /// refused for sure, and none of the commands was applied.
    /// </summary>
    public bool MayBeInLog => _wasLeftUnknown || _openTries.Count > 0;

    public void Sent(long number, TimeSpan now)
    {
        _openTries.Add(number);
        LatestTry = number;
        IsOnTheWay = true;
        Since = now;
    }

    /// <summary>
    /// A try was answered. Whether that was the latest one, so that the batch needs another.
    /// </summary>
    public bool Answered(long number)
    {
        _openTries.Remove(number);
        if (number != LatestTry) return false;

        IsOnTheWay = false;
        return true;
    }

    /// <summary>The answer to a try left open whether the batch is in the log.</summary>
    public void LeftUnknown() => _wasLeftUnknown = true;

    public void RetryAt(TimeSpan due) => (IsOnTheWay, Since, Refusals) = (false, due, Refusals + 1);

    /// <summary>The latest try got no answer in time. It stays open: its answer may still come.</summary>
    public void CountSilence() => Silences++;
}
