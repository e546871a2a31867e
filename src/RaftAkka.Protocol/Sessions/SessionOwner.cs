namespace RaftAkka.Protocol;

/// <summary>A host that clients are on, and what their sessions take up.</summary>
internal sealed class SessionOwner(string name)
{
    public string Name { get; } = name;

    /// <summary>How many sessions its clients have.</summary>
    public int Sessions { get; set; }

    /// <summary>How many bytes of results they have together.</summary>
    public long ResultBytes { get; set; }
}

/// <summary>
/// The owners of the sessions in a table, and how many the greatest of them has, at a fixed cost for each change.
/// </summary>
internal sealed class SessionOwners
{
    private readonly Dictionary<string, SessionOwner> _byName = new(StringComparer.Ordinal);

    // How many owners have so many sessions.
    private readonly Dictionary<int, int> _ownersWith = [];

    /// <summary>How many sessions the owner has that has the most.</summary>
    public int MostSessions { get; private set; }

    public SessionOwner Add(string name)
    {
        if (!_byName.TryGetValue(name, out var owner)) _byName.Add(name, owner = new SessionOwner(name));

        Count(owner, owner.Sessions + 1);
        MostSessions = Math.Max(MostSessions, owner.Sessions);
        return owner;
    }

    public void Remove(SessionOwner owner)
    {
        Count(owner, owner.Sessions - 1);
        if (owner.Sessions == 0) _byName.Remove(owner.Name);
        if (MostSessions > 0 && !_ownersWith.ContainsKey(MostSessions)) MostSessions--;
    }

    private void Count(SessionOwner owner, int sessions)
    {
        if (owner.Sessions > 0)
        {
            if (_ownersWith[owner.Sessions] == 1) _ownersWith.Remove(owner.Sessions);
            else _ownersWith[owner.Sessions]--;
        }

        owner.Sessions = sessions;
        if (sessions > 0) _ownersWith[sessions] = _ownersWith.GetValueOrDefault(sessions) + 1;
    }
}
