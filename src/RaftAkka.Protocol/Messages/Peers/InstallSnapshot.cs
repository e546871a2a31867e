namespace RaftAkka.Protocol;

/// <summary>
/// The leader sends a part of a snapshot to a follower that is behind the leader's first entry (§7). Safe to
/// receive twice, late and out of order: the follower takes the part that is next, and says which one that is.
/// </summary>
/// <param name="Header">Carries the leader's term.</param>
/// <param name="Last">The last entry whose effect is in the snapshot. It names the snapshot, with the next two.</param>
/// <param name="Bytes">The length of the snapshot's file.</param>
/// <param name="Checksum">The checksum (CRC-32C) of the snapshot's file.</param>
/// <param name="Offset">Where in the file this part begins.</param>
/// <param name="Chunk">
/// The part: one byte at least, and at most <see cref="ChunkBytesMax"/>; valid as long as the message.
/// </param>
public sealed record InstallSnapshot(
    MessageHeader Header, EntryId Last, long Bytes, uint Checksum, long Offset, ReadOnlyMemory<byte> Chunk) : IPeerMessage
{
    /// <summary>The most bytes of one chunk: 60 KiB. Messages beyond 64 KB cost Akka.Remote several times as much a byte.</summary>
    public const int ChunkBytesMax = 60 * 1024;
}

/// <summary>
/// The follower says how much of a snapshot it has. Late and repeated ones say less than what the leader knows already.
/// </summary>
/// <param name="Header">Carries the follower's current term.</param>
/// <param name="Last">The snapshot's last entry.</param>
/// <param name="NextOffset">
/// The offset of the next part that the follower wants. That of the file's end says that the snapshot is durable
/// and in the log's place: what is not durable yet may be asked for again.
/// </param>
public sealed record SnapshotChunkStored(MessageHeader Header, EntryId Last, long NextOffset) : IPeerMessage;
