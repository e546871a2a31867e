namespace RaftAkka.Client;

/// <summary>Which servers a client sends its queries to.</summary>
public enum ReadFrom
{
    /// <summary>
    /// The leader. Stale queries go to it, too, and to any server that answers while no leader is known.
    /// </summary>
    Leader,

    /// <summary>
    /// All servers, each its share. For linearizable queries a follower asks the leader how far it must have
    /// applied the log, once for everything that queued, and answers them itself.
    /// </summary>
    Any,
}
