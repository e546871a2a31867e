namespace RaftAkka.Protocol;

/// <summary>
/// The replicated table of client sessions: it sees to it that a command which comes twice is applied once
/// (dissertation §6.3). Fed by the log alone, so that it is the same on every server. Its limits are constants
/// for the same reason: were they settings, two servers could differ in what they forget.
/// </summary>
public sealed partial class SessionTable
{
    /// <summary>How many sessions there are at the most; a new one takes the place of the least recently used.</summary>
    public const int SessionsMax = 10_000;

    /// <summary>How many results of one session wait for their acknowledgement at the most.</summary>
    public const int ResultsMax = 8192;

    /// <summary>
    /// A session with so many bytes of results that wait for their acknowledgement, 16 MiB, gets no more. The result
    /// that reaches the limit may go beyond it: its size is known when it is there.
    /// </summary>
    public const int ResultBytesMax = 16 * 1024 * 1024;

    /// <summary>
    /// How many bytes of results all sessions together may have: 512 MiB. Beyond it, those that were used least recently
    /// go, but never the one whose command is being applied.
    /// </summary>
    public const long AllResultBytesMax = 512L * 1024 * 1024;

    private readonly Dictionary<SessionId, LinkedListNode<Place>> _sessions = [];

    // The least recently used first, so also the one that has been inactive for longest.
    private readonly LinkedList<Place> _byUse = new();

    private long _resultBytes;

    // Whose sessions may be changed in place: those that carry this very object. A capture replaces it, which
    // disowns all of them at once.
    private object _owner = new();

    /// <summary>How many sessions there are.</summary>
    public int Count => _sessions.Count;

    /// <summary>Cluster time, as of the last <see cref="Tick"/>.</summary>
    public TimeSpan Time { get; private set; }

    /// <summary>Registers a session.</summary>
    /// <param name="index">The index of the entry that asks for it, which becomes its id.</param>
    public SessionId Register(LogIndex index)
    {
        if (_sessions.Count == SessionsMax) Remove(_byUse.First!);

        var id = new SessionId(index.Value);
        _sessions.Add(id, _byUse.AddLast(new Place(
            new Session(id, _owner, acknowledged: default, new PendingResults()), LastActive: null)));
        return id;
    }

    /// <summary>Applies the commands of a batch that were not applied before, and finds the results of the others.</summary>
    /// <param name="index">The batch's log entry.</param>
    /// <param name="batch">The commands.</param>
    /// <param name="machine">Who applies them.</param>
    /// <returns>A result for every command, in the batch's order.</returns>
    public CommandResult[] Execute(LogIndex index, CommandBatch batch, IStateMachine machine)
    {
        ArgumentNullException.ThrowIfNull(batch);

        var results = new CommandResult[batch.Count];
        Execute(index, batch, machine, results);
        return results;
    }

    /// <summary>
    /// Does the same where nobody waits for the results, as on every server but the leader. They are kept all the
    /// same: the next leader may be asked for them.
    /// </summary>
    /// <inheritdoc cref="Execute(LogIndex, CommandBatch, IStateMachine)"/>
    public void ExecuteUnanswered(LogIndex index, CommandBatch batch, IStateMachine machine)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Execute(index, batch, machine, results: null);
    }

    private void Execute(LogIndex index, CommandBatch batch, IStateMachine machine, CommandResult[]? results)
    {
        ArgumentNullException.ThrowIfNull(machine);

        var next = 0;
        if (!_sessions.TryGetValue(batch.Session, out var node))
        {
            if (results is null) return;
            foreach (var command in batch.OneByOne())
                results[next++] = new CommandResult(command.Sequence, CommandStatus.SessionExpired, default);
            return;
        }

        var session = node.Value.Session.OwnedBy(_owner);
        node.ValueRef.Session = session;
        Use(node);

        var before = session.Results.Bytes;
        session.Acknowledge(batch.Acknowledged);
        foreach (var command in batch.OneByOne())
        {
            var result = session.Execute(index, command, machine);
            if (results is not null) results[next++] = result;
        }

        _resultBytes += session.Results.Bytes - before;
        while (_resultBytes > AllResultBytesMax && _byUse.First != node) Remove(_byUse.First!);
    }

    /// <summary>
    /// Time goes on. What was used since the last tick, or is renewed by this one, was active until now; what was not
    /// active for longer than the timeout expires. Time never goes back, and a session that is not there is not renewed.
    /// </summary>
    /// <param name="tick">What the log says.</param>
    /// <returns>How many sessions have expired.</returns>
    public int Tick(ClockTick tick)
    {
        ArgumentNullException.ThrowIfNull(tick);

        if (tick.Time > Time) Time = tick.Time;
        foreach (var id in tick.Renewed)
            if (_sessions.TryGetValue(id, out var renewed)) Use(renewed);

        // They are all at the list's end: using a session moves it there.
        for (var node = _byUse.Last; node is { Value.LastActive: null }; node = node.Previous)
            node.ValueRef.LastActive = Time;

        var count = Count;
        while (_byUse.First is { } oldest && Time - oldest.Value.LastActive > tick.SessionTimeout) Remove(oldest);
        return count - Count;
    }

    private void Use(LinkedListNode<Place> node)
    {
        node.ValueRef.LastActive = null;
        _byUse.Remove(node);
        _byUse.AddLast(node);
    }

    private void Remove(LinkedListNode<Place> node)
    {
        _resultBytes -= node.Value.Session.Results.Bytes;
        _sessions.Remove(node.Value.Session.Id);
        _byUse.Remove(node);
    }

    /// <summary>A session and what ticks change of it, so that a tick copies no session that was captured.</summary>
    /// <param name="Session">The session.</param>
    /// <param name="LastActive">Until when it was active; null: it was used after the last tick.</param>
    private record struct Place(Session Session, TimeSpan? LastActive);
}
