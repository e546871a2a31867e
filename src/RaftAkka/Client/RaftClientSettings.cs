using System.Globalization;
using RaftAkka.Protocol;

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
    public required IReadOnlyList<string> Seeds { get; init; }

    /// <summary>The name of the servers' actor system. Default <c>raftakka</c>.</summary>
    public string ServerSystem { get; init; } = "raftakka";

    /// <summary>How long a call may take where the caller does not say. Default 10 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long to wait for a server's answer before trying the next one. Default 1 s.</summary>
    public TimeSpan ServerTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often a client tells the server that it lives. Default 5 s.</summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(5);

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

    /// <summary>Throws where the settings cannot work.</summary>
    /// <exception cref="ArgumentException">
    /// A setting is missing or out of its range; the message names it.
    /// </exception>
    internal void Validate()
    {
        Require(Cluster.Value.Length > 0, $"{nameof(Cluster)} is required");
        Require(Seeds is { Count: > 0 }, $"{nameof(Seeds)} needs at least one address (host:port)");
        foreach (var seed in Seeds)
            Require(IsAddress(seed), $"'{seed}' in {nameof(Seeds)} is no address (host:port)");
        Require(!string.IsNullOrEmpty(ServerSystem), $"{nameof(ServerSystem)} is required");
        RequirePositive(Timeout, nameof(Timeout));
        RequirePositive(ServerTimeout, nameof(ServerTimeout));
        RequirePositive(KeepAliveInterval, nameof(KeepAliveInterval));
        RequirePositive(BatchBytesMax, nameof(BatchBytesMax));
        RequirePositive(BatchesInFlightMax, nameof(BatchesInFlightMax));
        RequirePositive(CallsInFlightMax, nameof(CallsInFlightMax));
    }

    private static void RequirePositive<T>(T value, string name) where T : struct, IComparable<T> =>
        Require(value.CompareTo(default) > 0, $"{name} must be more than zero, and is {value}");

    private static bool IsAddress(string? address)
    {
        var colon = address?.LastIndexOf(':') ?? -1;
        return colon > 0 && ushort.TryParse(
            address.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port > 0;
    }

    private static void Require(bool holds, string rule)
    {
        if (!holds) throw new ArgumentException($"The client's settings cannot work: {rule}.");
    }
}
