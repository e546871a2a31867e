using RaftAkka.Protocol;
using RaftAkka.Settings;

namespace RaftAkka;

/// <summary>
/// Everything that one server of one Raft group has to know. The defaults are those of <c>reference.conf</c>,
/// where each has its reason.
/// </summary>
public sealed record RaftNodeSettings
{
    /// <summary>The cluster's name; servers and clients of another cluster are refused. Required.</summary>
    public required ClusterId Cluster { get; init; }

    /// <summary>The group's name, and that of its actor below <c>/user</c>. Default <c>raft</c>.</summary>
    public GroupName Group { get; init; } = new("raft");

    /// <summary>This server's name, for ever. Required, and one of <see cref="Members"/>.</summary>
    public required ServerId Server { get; init; }

    /// <summary>All servers of the cluster with their addresses (<c>host:port</c>), this one included. Required.</summary>
    public required IReadOnlyList<MemberAddress> Members { get; init; }

    /// <summary>
    /// Whether this server joins a cluster that is there already: <see cref="Members"/> then only says where to find
    /// it, and the server counts for nothing before the cluster has taken it in. False for the servers that a new
    /// cluster begins with; without meaning once there is a log.
    /// </summary>
    public bool Joins { get; init; }

    /// <summary>
    /// Whether servers that <see cref="Members"/> names are reached where it says, and not where the log does. Default no:
    /// the log knows of members that moved.
    /// </summary>
    public bool PrefersMembersAddresses { get; init; }

    /// <summary>
    /// The address (<c>host:port</c>) on which this server listens, where that is another one than its entry of <see
    /// cref="Members"/>, by which others reach it: behind a port mapping, or in a container. The host may be a wildcard,
    /// <c>0.0.0.0</c> or <c>[::]</c>. Null for its entry of the members, which is the default. Only what sets up remoting
    /// for the server uses it: <c>raftakka node</c> and <c>WithRaft</c>.
    /// </summary>
    public string? Listen { get; init; }

    /// <summary>
    /// The directory that this server alone keeps its log in, and below it, in <c>snapshots</c>, its snapshots. Required.
    /// </summary>
    public required string DataDirectory { get; init; }

    /// <summary>The shortest time without a leader after which a server asks for an election. Default 250 ms.</summary>
    public TimeSpan ElectionTimeoutMin { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The longest such time; each wait is drawn between the two (§5.2). Default 500 ms.</summary>
    public TimeSpan ElectionTimeoutMax { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How often an idle leader says that it lives. Default 50 ms.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// The seed of this server's randomness, or null to take one from the system. Tests and simulations set it.
    /// </summary>
    public int? RandomSeed { get; init; }

    /// <summary>The most bytes of records in one replication message, unless a single entry has more. Default 60 KiB.</summary>
    public int AppendBytesMax { get; init; } = 60 * 1024;

    /// <summary>The most unacknowledged entries on the way to one follower. Default 1024.</summary>
    public int WindowEntriesMax { get; init; } = 1024;

    /// <summary>The most unacknowledged bytes on the way to one follower. Default 4 MiB.</summary>
    public int WindowBytesMax { get; init; } = 4 * 1024 * 1024;

    /// <summary>How many bytes of the newest entries a server keeps in memory. Default 32 MiB.</summary>
    public int CacheBytesMax { get; init; } = 32 * 1024 * 1024;

    /// <summary>The most bytes of entries to be committed and applied before a leader says that it is busy. Default 16 MiB.</summary>
    public int UncommittedBytesMax { get; init; } = 16 * 1024 * 1024;

    /// <summary>
    /// The most bytes of records that may wait for this server's own disk: beyond it a leader says that it is busy, and a
    /// follower takes no more entries. Default 32 MiB.
    /// </summary>
    public int UnsyncedBytesMax { get; init; } = 32 * 1024 * 1024;

    /// <summary>
    /// How linearizable reads learn that nobody else leads. Default <see cref="ReadMode.ReadIndex"/>.
    /// </summary>
    public ReadMode Reads { get; init; } = ReadMode.ReadIndex;

    /// <summary>
    /// By how much the monotonic clocks of two servers may come apart within <see cref="ElectionTimeoutMin"/>, at most;
    /// only <see cref="ReadMode.Lease"/> relies on it. Default 50 ms.
    /// </summary>
    public TimeSpan ClockDrift { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// The most bytes of queries, stale ones too, that wait for their answers before a server says that it is busy. Default
    /// 16 MiB.
    /// </summary>
    public int ReadsWaitingBytesMax { get; init; } = 16 * 1024 * 1024;

    /// <summary>The size of one log segment in bytes. Default 64 MiB.</summary>
    public int SegmentBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>After how many applied entries a server takes a snapshot. Default 500,000.</summary>
    public int SnapshotEveryEntries { get; init; } = 500_000;

    /// <summary>After how many bytes of applied entries a server takes a snapshot. Default 256 MiB.</summary>
    public int SnapshotEveryBytes { get; init; } = 256 * 1024 * 1024;

    /// <summary>
    /// How many entries before the newest snapshot stay in the log for slow followers, unless they are older than the
    /// snapshot before the oldest one that is kept. 0 or more; default 10,000.
    /// </summary>
    public int SnapshotKeepEntries { get; init; } = 10_000;

    /// <summary>How many snapshots stay on the disk, with the log behind the oldest of them. Default 2.</summary>
    public int SnapshotsKept { get; init; } = 2;

    /// <summary>The largest batch of commands from a client, in bytes. Default and most: 1 MiB and 64 KiB.</summary>
    public int BatchBytesMax { get; init; } = RecordCodec.PayloadBytesMax;

    /// <summary>How many unanswered batches one client may have. Default 64.</summary>
    public int BatchesInFlightMax { get; init; } = 64;

    /// <summary>How many clients may be connected to this server. Default 4096.</summary>
    public int ClientsMax { get; init; } = 4096;

    /// <summary>How many clients of one host may be connected to this server. Default 1024.</summary>
    public int ClientsPerHostMax { get; init; } = 1024;

    /// <summary>How many sessions the clients of one host may register in 10 seconds. Default 1024.</summary>
    public int RegistrationsPerHostMax { get; init; } = 1024;

    /// <summary>After how long without a message a client counts as gone. Default 30 s.</summary>
    public TimeSpan ClientIdleTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// After how long a client's session expires that was neither used nor renewed. The leader's setting counts. At least
    /// <see cref="ClientIdleTimeout"/>. Default 5 minutes.
    /// </summary>
    public TimeSpan SessionTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Throws where the settings cannot work; whatever starts a server asks this first.</summary>
    /// <exception cref="RaftConfigurationException">
    /// A setting is missing, out of its range, or does not go with another; the message lists every mistake.
    /// </exception>
    public void Validate() => SettingRules.Require(
        nameof(RaftNodeSettings), SettingRules.Mistakes(this, property => property, _ => true));
}
