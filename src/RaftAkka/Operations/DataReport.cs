using RaftAkka.Log;
using RaftAkka.Protocol;

namespace RaftAkka.Operations;

/// <summary>What a look at a data directory comes to.</summary>
internal enum DataVerdict
{
    /// <summary>A node would start with it and lose nothing.</summary>
    Sound,

    /// <summary>Something in it is not what was written; a node may refuse to start with it.</summary>
    Damaged,

    /// <summary>It holds no server's data.</summary>
    NotData,

    /// <summary>A running node has it open: nothing was read.</summary>
    InUse,

    /// <summary>The system does not let this process read it: nothing is known of its data.</summary>
    Unreadable,
}

/// <summary>What a data directory holds, and whether it is sound.</summary>
/// <param name="Directory">The directory's full path.</param>
/// <param name="Verdict">The sum of it.</param>
internal sealed record DataReport(string Directory, DataVerdict Verdict)
{
    /// <summary>Whose data it is; null where no segment says so.</summary>
    public LogIdentity? Identity { get; init; }

    /// <summary>The log's files, the oldest first.</summary>
    public IReadOnlyList<SegmentReport> Segments { get; init; } = [];

    /// <summary>The term and vote that a start goes on with; where the log is damaged, the latest before that.</summary>
    public HardState HardState { get; init; }

    /// <summary>The entry behind which the log begins; <see cref="EntryId.Zero"/> where it begins with the first.</summary>
    public EntryId Base { get; init; }

    /// <summary>The last entry of the log; where the log is damaged, the last before that.</summary>
    public EntryId LogLast { get; init; }

    /// <summary>
    /// The last entry of the newest sound snapshot, where the log does not hold that entry: a start goes on from the
    /// snapshot, and drops the log. Null where the log counts.
    /// </summary>
    public EntryId? SnapshotBeyondLog { get; init; }

    /// <summary>The last entry that a server which starts with this has.</summary>
    public EntryId Last => SnapshotBeyondLog ?? LogLast;

    /// <summary>Who belongs to the cluster, committed or not; null where only the servers' settings say so.</summary>
    public Configuration? Members { get; init; }

    /// <summary>The disk that the log began on.</summary>
    public DiskId Disk { get; init; }

    /// <summary>The snapshots, the oldest first.</summary>
    public IReadOnlyList<SnapshotReport> Snapshots { get; init; } = [];

    /// <summary>What a start cleans up or goes on with, and that is no damage.</summary>
    public IReadOnlyList<string> Leftovers { get; init; } = [];

    /// <summary>What is wrong, where, and what to do.</summary>
    public IReadOnlyList<string> Damages { get; init; } = [];
}

/// <summary>A segment of the log.</summary>
/// <param name="Name">The file.</param>
/// <param name="Bytes">Its length, which is reserved when it is created.</param>
/// <param name="First">The first entry of the log in it; null where it holds none, or was not read that far.</param>
/// <param name="Last">The last one.</param>
internal sealed record SegmentReport(string Name, long Bytes, EntryId? First, EntryId? Last);

/// <summary>A finished snapshot.</summary>
/// <param name="Name">The file.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Last">The last entry whose effect is in it, as the name says.</param>
/// <param name="IsSound">Whether every byte is what was written.</param>
internal sealed record SnapshotReport(string Name, long Bytes, EntryId Last, bool IsSound);
