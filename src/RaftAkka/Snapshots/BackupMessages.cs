using Akka.Actor;
using RaftAkka.Protocol;

namespace RaftAkka.Snapshots;

/// <summary>
/// A client asks the server for a backup. Answered by a <see cref="BackupSender"/>, or with <see cref="ClientRefused"/>.
/// </summary>
internal sealed record RequestBackup
{
    public static readonly RequestBackup Instance = new();
}

/// <summary>The server has a client sent a backup.</summary>
internal sealed record StartBackup(IActorRef Client) : INoSerializationVerificationNeeded;

/// <summary>
/// A <see cref="BackupSender"/> asks the server for a snapshot of at least what the machine was given so far. Answered
/// with <see cref="BackupSnapshot"/> or <see cref="BackupSnapshotFailed"/>.
/// </summary>
internal sealed record RequestBackupSnapshot
{
    public static readonly RequestBackupSnapshot Instance = new();
}

/// <summary>A snapshot is on disk that reaches far enough.</summary>
internal sealed record BackupSnapshot(StoredSnapshot Snapshot) : INoSerializationVerificationNeeded;

/// <summary>There is none, and why; it may work the next time.</summary>
internal sealed record BackupSnapshotFailed(string Problem);
