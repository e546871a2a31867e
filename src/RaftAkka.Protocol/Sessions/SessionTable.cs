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

    private readonly Dictionary<SessionId, LinkedListNode<Session>> _sessions = [];
    private readonly LinkedList<Session> _byUse = new();

    // Whose sessions may be changed in place: those that carry this very object. A capture replaces it, which
    // disowns all of them at once.
    private object _owner = new();

    /// <summary>How many sessions there are.</summary>
    public int Count => _sessions.Count;

    /// <summary>Registers a session.</summary>
    /// <param name="index">The index of the entry that asks for it, which becomes its id.</param>
    public SessionId Register(LogIndex index)
    {
        if (_sessions.Count == SessionsMax)
        {
            _sessions.Remove(_byUse.First!.Value.Id);
            _byUse.RemoveFirst();
        }

        var id = new SessionId(index.Value);
        _sessions.Add(id, _byUse.AddLast(new Session(id, _owner)));
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
        ArgumentNullException.ThrowIfNull(machine);

        var results = new CommandResult[batch.Commands.Count];
        if (!_sessions.TryGetValue(batch.Session, out var node))
        {
            for (var i = 0; i < results.Length; i++)
                results[i] = new CommandResult(batch.Commands[i].Sequence, CommandStatus.SessionExpired, default);
            return results;
        }

        _byUse.Remove(node);
        _byUse.AddLast(node);

        var session = node.Value = node.Value.OwnedBy(_owner);
        session.Acknowledge(batch.Acknowledged);
        for (var i = 0; i < results.Length; i++) results[i] = session.Execute(index, batch.Commands[i], machine);
        return results;
    }
}
