namespace RaftAkka.Settings;

/// <summary>The keys below <c>raft</c>, and the property of the settings that each one sets.</summary>
internal static class SettingKeys
{
    /// <summary>Everything is below this key.</summary>
    public const string Root = "raft";

    /// <summary>The part of the client alone.</summary>
    public const string Client = "client";

    /// <summary>Settings of Akka that stand below <c>raft</c>; what is in them is Akka's to judge.</summary>
    public static readonly IReadOnlySet<string> OfAkka = new HashSet<string>
    {
        "dispatcher", "machine-dispatcher", "log-dispatcher", "snapshot-dispatcher",
    };

    /// <summary>The keys of a <see cref="RaftNodeSettings"/> by the names of its properties.</summary>
    public static readonly IReadOnlyDictionary<string, string> OfNode = new Dictionary<string, string>
    {
        [nameof(RaftNodeSettings.Cluster)] = "cluster-id",
        [nameof(RaftNodeSettings.Group)] = "group",
        [nameof(RaftNodeSettings.Server)] = "id",
        [nameof(RaftNodeSettings.Members)] = "members",
        [nameof(RaftNodeSettings.Listen)] = "listen",
        [nameof(RaftNodeSettings.Joins)] = "join",
        [nameof(RaftNodeSettings.PrefersMembersAddresses)] = "member-addresses",
        [nameof(RaftNodeSettings.DataDirectory)] = "data-directory",
        [nameof(RaftNodeSettings.ElectionTimeoutMin)] = "election-timeout.min",
        [nameof(RaftNodeSettings.ElectionTimeoutMax)] = "election-timeout.max",
        [nameof(RaftNodeSettings.HeartbeatInterval)] = "heartbeat-interval",
        [nameof(RaftNodeSettings.RandomSeed)] = "random-seed",
        [nameof(RaftNodeSettings.AppendBytesMax)] = "append-bytes-max",
        [nameof(RaftNodeSettings.WindowEntriesMax)] = "window-entries-max",
        [nameof(RaftNodeSettings.WindowBytesMax)] = "window-bytes-max",
        [nameof(RaftNodeSettings.CacheBytesMax)] = "cache-bytes-max",
        [nameof(RaftNodeSettings.UncommittedBytesMax)] = "uncommitted-bytes-max",
        [nameof(RaftNodeSettings.UnsyncedBytesMax)] = "unsynced-bytes-max",
        [nameof(RaftNodeSettings.Reads)] = "reads",
        [nameof(RaftNodeSettings.ClockDrift)] = "clock-drift",
        [nameof(RaftNodeSettings.ReadsWaitingBytesMax)] = "reads-waiting-bytes-max",
        [nameof(RaftNodeSettings.SegmentBytes)] = "segment-bytes",
        [nameof(RaftNodeSettings.SnapshotEveryEntries)] = "snapshots.every-entries",
        [nameof(RaftNodeSettings.SnapshotEveryBytes)] = "snapshots.every-bytes",
        [nameof(RaftNodeSettings.SnapshotKeepEntries)] = "snapshots.keep-entries",
        [nameof(RaftNodeSettings.SnapshotsKept)] = "snapshots.keep",
        [nameof(RaftNodeSettings.BatchBytesMax)] = "batch-bytes-max",
        [nameof(RaftNodeSettings.BatchesInFlightMax)] = "batches-in-flight-max",
        [nameof(RaftNodeSettings.ClientsMax)] = "clients-max",
        [nameof(RaftNodeSettings.ClientsPerHostMax)] = "clients-per-host-max",
        [nameof(RaftNodeSettings.RegistrationsPerHostMax)] = "registrations-per-host-max",
        [nameof(RaftNodeSettings.ClientIdleTimeout)] = "client-idle-timeout",
        [nameof(RaftNodeSettings.SessionTimeout)] = "session-timeout",
    };

    /// <summary>
    /// The keys of a <see cref="Client.RaftClientSettings"/> by the names of its properties.
    /// </summary>
    public static readonly IReadOnlyDictionary<string, string> OfClient = new Dictionary<string, string>
    {
        [nameof(RaftAkka.Client.RaftClientSettings.Cluster)] = "cluster-id",
        [nameof(RaftAkka.Client.RaftClientSettings.Group)] = "group",
        [nameof(RaftAkka.Client.RaftClientSettings.Seeds)] = "client.seeds",
        [nameof(RaftAkka.Client.RaftClientSettings.ServerSystem)] = "client.server-system",
        [nameof(RaftAkka.Client.RaftClientSettings.Timeout)] = "client.timeout",
        [nameof(RaftAkka.Client.RaftClientSettings.ServerTimeout)] = "client.server-timeout",
        [nameof(RaftAkka.Client.RaftClientSettings.KeepAliveInterval)] = "client.keep-alive-interval",
        [nameof(RaftAkka.Client.RaftClientSettings.ReadFrom)] = "client.read-from",
        [nameof(RaftAkka.Client.RaftClientSettings.BatchBytesMax)] = "client.batch-bytes-max",
        [nameof(RaftAkka.Client.RaftClientSettings.BatchesInFlightMax)] = "client.batches-in-flight-max",
        [nameof(RaftAkka.Client.RaftClientSettings.CallsInFlightMax)] = "client.calls-in-flight-max",
    };

    /// <summary>All keys, without <c>raft</c> before them.</summary>
    public static readonly IReadOnlySet<string> All = OfNode.Values.Concat(OfClient.Values).ToHashSet();

    /// <summary>Whether other keys are below this one.</summary>
    public static bool IsSection(string key) =>
        All.Any(known => known.StartsWith(key + ".", StringComparison.Ordinal));

    /// <summary>The known key that somebody probably meant, or null.</summary>
    public static string? Nearest(string key)
    {
        var sections = All.Where(known => known.Contains('.')).Select(known => known[..known.IndexOf('.')]);
        var candidates = All.Concat(sections).Distinct().Order(StringComparer.Ordinal)
            .Select(known => (Known: known, Distance: Math.Min(
                // A word cut short, or a right word in the wrong section, is near too.
                known.StartsWith(key, StringComparison.Ordinal) ? 1 : Spelling.Distance(key, known),
                Spelling.Distance(LastWord(key), LastWord(known)) + 1)));
        var best = candidates.MinBy(candidate => candidate.Distance);
        return best.Distance <= Math.Max(2, key.Length / 4) ? best.Known : null;
    }

    private static string LastWord(string key) => key[(key.LastIndexOf('.') + 1)..];
}
