using RaftAkka.Client;
using RaftAkka.Protocol;

namespace RaftAkka.Tool.Cluster;

/// <summary>Which cluster a client verb talks to, from the command line.</summary>
/// <param name="Seeds">Addresses (<c>host:port</c>) of servers; empty where the file names them.</param>
/// <param name="ConfigFile">A HOCON file for clients, or null.</param>
/// <param name="Cluster">The cluster's name in place of the file's, or null.</param>
/// <param name="Timeout">How long a call may take, or null for the file's or the client's default.</param>
internal sealed record ClientTarget(
    IReadOnlyList<string> Seeds, string? ConfigFile, ClusterId? Cluster, TimeSpan? Timeout)
{
    /// <summary>What reads are to promise.</summary>
    public ReadConsistency Consistency { get; init; }

    /// <summary>Who is to answer reads; null for what the file says.</summary>
    public ReadFrom? ReadFrom { get; init; }

    /// <summary>The name of the cluster that <c>raftakka up</c> makes and that the files in <c>hocon</c> describe.</summary>
    public static readonly ClusterId DefaultCluster = new("demo");
}
