using RaftAkka.Protocol;

namespace RaftAkka.Server;

/// <summary>
/// The reads that wait at a follower, and its questions to the leader for a read index. It belongs to the time in
/// which one leader is followed.
/// </summary>
internal sealed class ReadAsks
{
    private readonly Queue<Ask> _asked = new();
    private List<QueuedRead> _waiting = [];

    /// <summary>Whether a question is on its way.</summary>
    public bool IsAsking => _asked.Count > 0;

    /// <summary>Whether reads wait for the next question.</summary>
    public bool HasWaiting => _waiting.Count > 0;

    /// <summary>When the last question left.</summary>
    public TimeSpan LastAsked { get; private set; }

    /// <summary>Whether the next question is on its way to the server's mailbox.</summary>
    public bool IsDue { get; set; }

    public void Add(QueuedRead read) => _waiting.Add(read);

    /// <summary>A question leaves, for everything that waits.</summary>
    public void OnAsked(ReadId id, TimeSpan now)
    {
        // A question that left before a read came cannot be answered for it: what comes from here on waits.
        _asked.Enqueue(new Ask(id, now, _waiting));
        (_waiting, LastAsked) = ([], now);
    }

    /// <summary>
    /// Takes the reads of a question and of all earlier ones: what was acknowledged before those was so before this
    /// one, too. None where it was answered already or never asked.
    /// </summary>
    public IReadOnlyList<QueuedRead> TakeThrough(ReadId id)
    {
        if (!_asked.Any(ask => ask.Id == id)) return [];

        var taken = new List<QueuedRead>();
        while (true)
        {
            var ask = _asked.Dequeue();
            taken.AddRange(ask.Reads);
            if (ask.Id == id) return taken;
        }
    }

    /// <summary>Takes the reads of questions that left at that time or earlier.</summary>
    public IReadOnlyList<QueuedRead> TakeOlder(TimeSpan asked)
    {
        var taken = new List<QueuedRead>();
        while (_asked.TryPeek(out var oldest) && oldest.At <= asked) taken.AddRange(_asked.Dequeue().Reads);
        return taken;
    }

    /// <summary>Takes everything that waits.</summary>
    public IReadOnlyList<QueuedRead> TakeAll()
    {
        QueuedRead[] taken = [.. All];
        _asked.Clear();
        _waiting = [];
        return taken;
    }

    /// <summary>Everything that waits.</summary>
    public IEnumerable<QueuedRead> All => _asked.SelectMany(ask => ask.Reads).Concat(_waiting);

    private readonly record struct Ask(ReadId Id, TimeSpan At, IReadOnlyList<QueuedRead> Reads);
}
