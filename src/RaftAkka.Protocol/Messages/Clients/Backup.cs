namespace RaftAkka.Protocol;

/// <summary>
/// Someone asks a server's <c>sessions</c> actor for a backup: a snapshot that holds everything acknowledged before.
/// Answered with <see cref="BackupOpened"/> once that is durable, which takes as long as the state is large, or with
/// <see cref="ClientRefused"/>. Safe to receive twice: the second one is answered like the first, with the same backup.
/// </summary>
/// <param name="Cluster">The cluster that is meant; a server of another one answers <see cref="ClientRefused"/>.</param>
/// <param name="Group">The Raft group.</param>
public sealed record OpenBackup(ClusterId Cluster, GroupName Group) : IClientRequest;

/// <summary>
/// A backup is there; its sender sends it part by part to whoever asks by <see cref="ContinueBackup"/>, and forgets it
/// after <see cref="DisconnectClient"/> or a silence of half a minute. Safe to receive twice.
/// </summary>
/// <param name="Server">The server.</param>
/// <param name="Last">The last entry whose effect is in it.</param>
/// <param name="Bytes">The length of the file.</param>
/// <param name="Checksum">The checksum (CRC-32C) of the file but for its last four bytes, in which it stands.</param>
public sealed record BackupOpened(ServerId Server, EntryId Last, long Bytes, uint Checksum) : IClientReply;

/// <summary>
/// The client has a backup's file up to an offset, and wants what follows. Late and repeated ones say nothing new; one
/// that is repeated after a second says that what followed got lost. The file's length ends the backup.
/// </summary>
/// <param name="Offset">How many bytes the client has, from the first one on.</param>
public sealed record ContinueBackup(long Offset) : IClientRequest;

/// <summary>A part of a backup's file. Late and repeated ones are passed over.</summary>
/// <param name="Offset">Where in the file it begins.</param>
/// <param name="Chunk">One byte at least, at most <see cref="ChunkBytesMax"/>; valid as long as the message.</param>
public sealed record BackupPart(long Offset, ReadOnlyMemory<byte> Chunk) : IClientReply
{
    /// <summary>The most bytes of one part: 60 KiB.</summary>
    public const int ChunkBytesMax = InstallSnapshot.ChunkBytesMax;
}
