namespace RaftAkka.Tool.Node;

/// <summary>
/// Decides which log events a quiet log leaves out. Raft's own are never left out; the transport's tell, for every
/// attempt again, that a peer or client is away, and a stranger could fill a disk with them.
/// </summary>
internal sealed class Noise(TimeProvider clock)
{
    private const int KindsMax = 256;
    private const int KindLength = 24;

    // What the transport says whenever somebody goes or is away. Raft says once what that means to it.
    private static readonly string[] Routine =
    [
        "Tried to associate with unreachable remote address",
        "Association with remote system",
        "Disassociated",
        "AssociationError",
        "The remote system explicitly disassociated",
    ];

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, long> _told = new(StringComparer.Ordinal);

    /// <summary>Whether to leave an event out.</summary>
    /// <param name="source">Where it comes from: a path for actors.</param>
    /// <param name="message">Its text.</param>
    public bool LeavesOut(string source, string message)
    {
        // Paths of actors below /user are the application's own: Raft.
        if (source.Contains("/user/", StringComparison.Ordinal)) return false;
        if (Routine.Any(start => message.StartsWith(start, StringComparison.Ordinal))) return true;

        if (_told.Count >= KindsMax) _told.Clear();
        var kind = message.Length > KindLength ? message[..KindLength] : message;
        var now = clock.GetTimestamp();
        if (_told.TryGetValue(kind, out var last) && clock.GetElapsedTime(last, now) < Pause) return true;

        _told[kind] = now;
        return false;
    }
}
