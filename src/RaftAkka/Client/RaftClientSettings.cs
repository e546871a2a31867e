using RaftAkka.Protocol;
using RaftAkka.Settings;

namespace RaftAkka.Client;

/// <summary>
/// What a client has to know. The defaults are those of <c>reference.conf</c>, where each has its reason.
/// </summary>
public sealed record RaftClientSettings
{
    /// <summary>The cluster's name. Required: a server of another cluster refuses the client.</summary>
    public required ClusterId Cluster { get; init; }

    /// <summary>The group's name. Default <c>raft</c>.</summary>
    public GroupName Group { get; init; } = new("raft");

    /// <summary>
    /// Addresses (<c>host:port</c>) of one or more servers; the others are learned from these. Required.
    /// </summary>
    public required IReadOnlyList<string> Seeds
    {
        get;
        // In the one form, as the members' addresses are compared with them.
        init => field = value.All(seed => Addresses.Canonical(seed) == seed) ? value : [.. value.Select(Addresses.Canonical)];
    }

    /// <summary>The name of the servers' actor system. Default <c>raftakka</c>.</summary>
    public string ServerSystem { get; init; } = "raftakka";

    /// <summary>How long a call may take where the caller does not say. Default 10 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long to wait for a server's answer before trying the next one. Default 1 s.</summary>
    public TimeSpan ServerTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often a client tells the server that it lives, and renews its session. Default 5 s.</summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Who answers queries. Default <see cref="Client.ReadFrom.Leader"/>. What they promise does not depend on it: that
    /// is each query's own <see cref="ReadConsistency"/>.
    /// </summary>
    public ReadFrom ReadFrom { get; init; }

    /// <summary>The most bytes of one batch, unless a single command has more. Default 60 KiB.</summary>
    public int BatchBytesMax { get; init; } = 60 * 1024;

    /// <summary>
    /// How many batches of commands, and as many of queries, may be on their way at once; never more than the
    /// server takes. What queues meanwhile becomes the next batch, so a small number makes large batches.
    /// Default 8.
    /// </summary>
    public int BatchesInFlightMax { get; init; } = 8;

    /// <summary>
    /// How many calls may wait for their results; more are refused as busy. Also the most commands between
    /// the oldest unfinished one and the newest that is sent. Default 4096.
    /// </summary>
    public int CallsInFlightMax { get; init; } = 4096;

    /// <summary>Throws where the settings cannot work; whatever starts a client asks this first.</summary>
    /// <exception cref="RaftConfigurationException">
    /// A setting is missing, out of its range, or does not go with another; the message lists every mistake.
    /// </exception>
    public void Validate() => SettingRules.Require(
        nameof(RaftClientSettings), SettingRules.Mistakes(this, property => property, _ => true));
}
