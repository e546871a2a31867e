using Akka.Actor;
using RaftAkka.Log;
using RaftAkka.Protocol;
using RaftAkka.Server;

namespace RaftAkka.Snapshots;

/// <summary>
/// The server asks the <see cref="SnapshotWriter"/> to open the directory of snapshots, once, before anyone uses the
/// store. Answered with <see cref="SnapshotsOpened"/>.
/// </summary>
internal sealed record OpenSnapshots(LogIdentity Identity);

/// <summary>The newest sound snapshot on disk, or null where there is none.</summary>
internal sealed record SnapshotsOpened(StoredSnapshot? Newest) : INoSerializationVerificationNeeded;

/// <summary>
/// The server asks the machine for a snapshot of what it has applied. Answered, when the snapshot is durable, with
/// <see cref="SnapshotWritten"/>, or else with <see cref="SnapshotNotWritten"/>. One at a time.
/// </summary>
internal sealed record CaptureSnapshot
{
    public static readonly CaptureSnapshot Instance = new();
}

/// <summary>
/// The machine hands the <see cref="SnapshotWriter"/> what it captured. Answered as <see cref="CaptureSnapshot"/> is.
/// The writer disposes both sources.
/// </summary>
internal sealed record WriteSnapshot(SnapshotHead Head, ISnapshotSource Sessions, ISnapshotSource Machine)
    : INoSerializationVerificationNeeded;

/// <summary>A snapshot is on disk under its name, durably.</summary>
internal sealed record SnapshotWritten(StoredSnapshot Snapshot) : INoSerializationVerificationNeeded;

/// <summary>There is no new snapshot, and why; nothing of it is left on the disk, and it may work the next time.</summary>
/// <param name="Facts">What happened; was logged already.</param>
internal sealed record SnapshotNotWritten(string Facts);

/// <summary>
/// The server asks the machine to go on from a snapshot that is on disk. Answered with <see cref="SnapshotRestored"/>;
/// the next entries to apply are those behind it. One that cannot be restored stops the node.
/// </summary>
internal sealed record RestoreSnapshot(StoredSnapshot Snapshot) : INoSerializationVerificationNeeded;

/// <summary>The machine is where the snapshot was taken.</summary>
internal sealed record SnapshotRestored(LogIndex Through, SessionsNow Sessions = default);

/// <summary>
/// The server lets the <see cref="SnapshotWriter"/> delete older snapshots; see <see cref="SnapshotStore.Prune"/>.
/// Not answered.
/// </summary>
/// <param name="Keep">How many of the newest stay, 1 or more.</param>
/// <param name="InUse">Those that someone reads; they stay whatever their age.</param>
internal sealed record PruneSnapshots(int Keep, IReadOnlyCollection<EntryId> InUse);

/// <summary>
/// The server has the <see cref="SnapshotWriter"/> read a snapshot of its own to its end: it was asked to, or another
/// server received it damaged. Answered with <see cref="SnapshotVerified"/>.
/// </summary>
internal sealed record VerifySnapshot(StoredSnapshot Snapshot) : INoSerializationVerificationNeeded;

/// <summary>A snapshot was read to its end. A damaged one was set aside.</summary>
/// <param name="Snapshot">The snapshot.</param>
/// <param name="Problem">Why it is of no use; null where it is sound.</param>
internal sealed record SnapshotVerified(StoredSnapshot Snapshot, string? Problem) : INoSerializationVerificationNeeded;

/// <summary>
/// A <see cref="SnapshotSender"/> or a <see cref="BackupSender"/> cannot send the server's snapshot: its file cannot be
/// read, or holds other bytes than were written. Not answered; a sender says so again while it cannot.
/// </summary>
/// <param name="Snapshot">The snapshot.</param>
/// <param name="To">The follower that was to get it; null where it was a client.</param>
/// <param name="Reason">What happened.</param>
internal sealed record SnapshotNotSent(StoredSnapshot Snapshot, ServerId? To, string Reason)
    : INoSerializationVerificationNeeded;
