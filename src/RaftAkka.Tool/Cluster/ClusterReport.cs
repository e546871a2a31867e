namespace RaftAkka.Tool.Cluster;

/// <summary>How a cluster stands, put together from what its servers say.</summary>
/// <param name="Leader">The leader, or null where none is known.</param>
/// <param name="Term">The latest term heard of.</param>
/// <param name="Quorum">Whether a majority answers and has a leader: whether the cluster serves.</param>
/// <param name="Servers">Every server that is known of, whether or not it answers.</param>
internal sealed record ClusterReport(
    string? Leader, long Term, bool Quorum, IReadOnlyList<ServerReport> Servers)
{
    public int Reachable => Servers.Count(server => server.State is not null);
}

/// <summary>One server.</summary>
/// <param name="Id">Its name, or null where only its address is known.</param>
/// <param name="Address">Where it listens.</param>
/// <param name="State">What it says of itself; null where it did not answer.</param>
/// <param name="Problem">Why it says nothing; null where it does.</param>
internal sealed record ServerReport(string? Id, string Address, ServerState? State, string? Problem = null);

/// <summary>What a server says of itself.</summary>
internal sealed record ServerState(
    string Role, long Term, string? Leader, long LastIndex, long CommitIndex, long AppliedIndex,
    long SnapshotIndex = 0, long FirstIndex = 1)
{
    /// <summary>Whether its disk can do its work; null where the server is too old to say.</summary>
    public string? Disk { get; init; }

    /// <summary>What is wrong with it or in its sight, in sentences.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];
}
