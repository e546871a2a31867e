using Akka.Actor;
using RaftAkka.Protocol;

namespace RaftAkka.Snapshots;

/// <summary>
/// The server has a follower sent a snapshot, until it says <see cref="StopSending"/>. One at a time for a follower:
/// a second one takes the place of the first. Not answered: the follower's own answers say how far it is.
/// </summary>
/// <param name="To">The follower.</param>
/// <param name="Header">What the messages to the follower start with.</param>
/// <param name="Snapshot">The snapshot; on the disk until it is no longer sent.</param>
internal sealed record SendSnapshot(ServerId To, MessageHeader Header, StoredSnapshot Snapshot)
    : INoSerializationVerificationNeeded;

/// <summary>The server passes on how much of a snapshot a follower has.</summary>
internal sealed record ChunkAcknowledged(ServerId By, EntryId Last, long NextOffset);

/// <summary>The server has no use any more for what a follower is being sent.</summary>
internal sealed record StopSending(ServerId To);

/// <summary>
/// The server passes on a part of a snapshot from the leader of its term. Answered with <see cref="ChunkReceived"/>,
/// or with <see cref="SnapshotReceived"/> once the whole is there; not at all where there is no place for it, or it
/// is of an older snapshot than the one that the same leader sends now.
/// </summary>
internal sealed record ReceiveChunk(InstallSnapshot Chunk) : INoSerializationVerificationNeeded
{
    /// <summary>
    /// The configuration that this server knows to be committed, which that of the snapshot must not contradict; null where
    /// its log has none.
    /// </summary>
    public Configuration? Known { get; init; }
}

/// <summary>A part of a snapshot came, and this is the next one to come.</summary>
/// <param name="Term">The term in which it was sent.</param>
/// <param name="Last">The snapshot's last entry.</param>
/// <param name="NextOffset">Where the next part begins; before the snapshot's end.</param>
internal sealed record ChunkReceived(Term Term, EntryId Last, long NextOffset);

/// <summary>All of a snapshot came; it is verified, and durable under its name.</summary>
internal sealed record SnapshotReceived(StoredSnapshot Snapshot) : INoSerializationVerificationNeeded;
