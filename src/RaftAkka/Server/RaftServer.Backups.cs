using Akka.Actor;
using RaftAkka.Protocol;
using RaftAkka.Snapshots;

namespace RaftAkka.Server;

/// <summary>
/// Backups: whoever wants one has had a read confirmed, and gets a snapshot of at least what that read would have seen.
/// </summary>
internal sealed partial class RaftServer
{
    private readonly List<(IActorRef From, LogIndex AtLeast)> _backupAskers = [];

    private void OnRequestBackup() => _parts.Transfers.Tell(new StartBackup(Sender), Self);

    // A confirmed read is answered by the machine behind everything that it was given until then, and so is a capture.
    private void OnRequestBackupSnapshot()
    {
        if (_restoring > 0)
        {
            Sender.Tell(new BackupSnapshotFailed("it is still restoring its state"));
            return;
        }

        _backupAskers.Add((Sender, _fedIndex));
        AnswerBackups();
    }

    // One that is being taken may have been captured before somebody asked: then the next one is his.
    private void AnswerBackups()
    {
        var reached = _snapshot?.Last.Index ?? LogIndex.Zero;
        foreach (var (asker, _) in _backupAskers.Where(asker => asker.AtLeast <= reached))
            asker.Tell(new BackupSnapshot(_snapshot!));
        _backupAskers.RemoveAll(asker => asker.AtLeast <= reached);
        if (_backupAskers.Count > 0 && !_policy.IsTaking && _restoring == 0) TakeSnapshot();
    }

    private void RefuseBackups(string problem)
    {
        foreach (var (asker, _) in _backupAskers) asker.Tell(new BackupSnapshotFailed(problem));
        _backupAskers.Clear();
    }
}
