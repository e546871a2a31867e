using RaftAkka.Log;

namespace RaftAkka.Snapshots;

/// <summary>What is said to people about a snapshot file that cannot be used: the texts, all in one place.</summary>
internal sealed class SnapshotFileFaults(LogIdentity identity, string location, string file)
{
    private string Node => $"raft {identity.Server}";

    public DamagedSnapshotException Damaged(long at, string found) => new(
        $"{Node}: snapshot {file} in {location} is damaged at byte {at}: {found}.");

    public UnusableLogException UnknownVersion(uint version) => new(
        $"{Node}: snapshot {file} in {location} has format version {version}; "
        + $"this program knows version {SnapshotFileHeader.Version}.\n"
        + "The node does not use it, and has changed nothing. Start the program version that wrote the snapshot, "
        + "or a newer one.");

    public UnusableLogException Foreign(SnapshotFileHeader found) => new(
        $"{Node}: {location} holds a snapshot of group {found.Group} in cluster {found.Cluster} ({file}), but this "
        + $"node is of group {identity.Group} in cluster {identity.Cluster}.\n"
        + "The node does not use it, and has changed nothing. Correct its group, cluster or data directory.",
        isForeign: true);
}

/// <summary>A snapshot's bytes are not those that were written. Never loaded; the message says where, and what.</summary>
internal sealed class DamagedSnapshotException(string message) : Exception(message);
