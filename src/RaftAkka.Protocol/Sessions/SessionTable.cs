namespace RaftAkka.Protocol;

/// <summary>
/// The replicated table of client sessions: it sees to it that a command which comes twice is applied once
/// (dissertation §6.3). Fed by the log alone, so that it is the same on every server. Its limits are constants
/// for the same reason: were they settings, two servers could differ in what they forget.
/// </summary>
public sealed partial class SessionTable
{
    /// <summary>
    /// How many sessions there are at the most. A new one then takes the place of another: of the owner that has the most
    /// sessions, the one that was used least recently. So one owner, however many it opens, pushes out its own.
    /// </summary>
    public const int SessionsMax = 10_000;

    /// <summary>How many results of one session wait for their acknowledgement at the most.</summary>
    public const int ResultsMax = 8192;

    /// <summary>
    /// A session with so many bytes of results that wait for their acknowledgement, 16 MiB, gets no more. The result
    /// that reaches the limit may go beyond it: its size is known when it is there.
    /// </summary>
    public const int ResultBytesMax = 16 * 1024 * 1024;

    /// <summary>
    /// How many bytes of results all sessions together may have: 512 MiB. Beyond it, sessions with results go: of the owner
    /// that has the most bytes, the one that was used least recently; but never the one whose command is being applied.
    /// </summary>
    public const long AllResultBytesMax = 512L * 1024 * 1024;

    // By the index of the entry that registered them.
    private readonly Dictionary<long, LinkedListNode<Place>> _sessions = [];
    private readonly SessionOwners _owners = new();

    // The least recently used first, so also the one that has been inactive for longest.
    private readonly LinkedList<Place> _byUse = new();

    private long _resultBytes;

    // Whose sessions may be changed in place: those that carry this very object. A capture replaces it, which
    // takes the right to all of them back at once.
    private object _writer = new();

    /// <summary>How many sessions there are.</summary>
    public int Count => _sessions.Count;

    /// <summary>Cluster time, as of the last <see cref="Tick"/>.</summary>
    public TimeSpan Time { get; private set; }

    /// <summary>Registers a session.</summary>
    /// <param name="index">The index of the entry that asks for it.</param>
    /// <param name="token">The token that its client drew; none in a log from before clients drew them.</param>
    /// <param name="owner">The host that the client is on; empty where that is not known.</param>
    /// <returns>Its id: the index and the token.</returns>
    public SessionId Register(LogIndex index, SessionToken token = default, string owner = "")
    {
        if (_sessions.Count == SessionsMax) Remove(LeastRecentlyUsedOfGreatestOwner());

        var id = new SessionId(index.Value, token);
        Add(new Place(
            new Session(id, _owners.Add(owner), _writer, acknowledged: default, new PendingResults()), LastActive: null));
        return id;
    }

    /// <summary>Ends a session: its client has gone. Nothing happens where there is none with this index and token.</summary>
    /// <param name="session">The session.</param>
    public void Close(SessionId session)
    {
        if (Find(session) is { } node) Remove(node);
    }

    /// <summary>Whether there is a session with this index and token.</summary>
    /// <param name="session">The session.</param>
    public bool Contains(SessionId session) => Find(session) is not null;

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
        if (Find(batch.Session) is not { } node)
        {
            if (results is null) return;
            foreach (var command in batch.OneByOne())
                results[next++] = new CommandResult(command.Sequence, CommandStatus.SessionExpired, default);
            return;
        }

        var session = node.Value.Session.WritableBy(_writer);
        node.ValueRef.Session = session;
        Use(node);

        var before = session.Results.Bytes;
        session.Acknowledge(batch.Acknowledged);
        foreach (var command in batch.OneByOne())
        {
            var result = session.Execute(index, command, machine);
            if (results is not null) results[next++] = result;
        }

        CountBytes(session.Owner, session.Results.Bytes - before);
        while (_resultBytes > AllResultBytesMax && LeastRecentlyUsedOfLargestOwner(except: node) is { } other) Remove(other);
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
        foreach (var index in tick.Renewed)
            if (_sessions.TryGetValue(index.Value, out var renewed)) Use(renewed);

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

    private LinkedListNode<Place>? Find(SessionId id) =>
        _sessions.TryGetValue(id.Value, out var node) && node.ValueRef.Session.Id.Token == id.Token ? node : null;

    private bool Add(Place place)
    {
        var (id, owner) = (place.Session.Id, place.Session.Owner);
        if (!_sessions.TryAdd(id.Value, _byUse.AddLast(place))) return false;

        CountBytes(owner, place.Session.Results.Bytes);
        return true;
    }

    private void Remove(LinkedListNode<Place> node)
    {
        var session = node.Value.Session;
        CountBytes(session.Owner, -session.Results.Bytes);
        _owners.Remove(session.Owner);
        _sessions.Remove(session.Id.Value);
        _byUse.Remove(node);
    }

    private void CountBytes(SessionOwner owner, long bytes)
    {
        _resultBytes += bytes;
        owner.ResultBytes += bytes;
    }

    // Of several owners that have the most, the one whose session was used least recently. The order of use is the same on
    // all servers, and after a restore.
    private LinkedListNode<Place> LeastRecentlyUsedOfGreatestOwner()
    {
        var node = _byUse.First!;
        while (node.ValueRef.Session.Owner.Sessions < _owners.MostSessions) node = node.Next!;
        return node;
    }

    private LinkedListNode<Place>? LeastRecentlyUsedOfLargestOwner(LinkedListNode<Place> except)
    {
        var (largest, most) = ((LinkedListNode<Place>?)null, 0L);
        for (var node = _byUse.First; node is not null; node = node.Next)
        {
            var session = node.ValueRef.Session;
            if (node == except || session.Results.Bytes == 0 || session.Owner.ResultBytes <= most) continue;
            (largest, most) = (node, session.Owner.ResultBytes);
        }

        return largest;
    }

    /// <summary>A session and what ticks change of it, so that a tick copies no session that was captured.</summary>
    /// <param name="Session">The session.</param>
    /// <param name="LastActive">Until when it was active; null: it was used after the last tick.</param>
    private record struct Place(Session Session, TimeSpan? LastActive);
}
