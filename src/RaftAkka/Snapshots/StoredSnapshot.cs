using RaftAkka.Protocol;

namespace RaftAkka.Snapshots;

/// <summary>What a snapshot says of itself.</summary>
/// <param name="Last">The last entry whose effect is in it.</param>
/// <param name="Configuration">
/// The payload of the last configuration entry whose effect is in it; empty where there was none.
/// </param>
internal sealed record SnapshotHead(EntryId Last, ReadOnlyMemory<byte> Configuration);

/// <summary>A finished snapshot on a disk. Travels as it is: the file is the same on every server.</summary>
/// <param name="Head">What it says of itself. Of one that was only announced, the configuration is not known.</param>
/// <param name="Bytes">The file's length.</param>
/// <param name="Checksum">The CRC-32C of the file but for its last four bytes, in which it stands.</param>
internal sealed record StoredSnapshot(SnapshotHead Head, long Bytes, uint Checksum)
{
    /// <summary>The last entry whose effect is in it.</summary>
    public EntryId Last => Head.Last;

    public override string ToString() => $"snapshot of {Last} ({Bytes} bytes, checksum {Checksum:x8})";
}
