using RaftAkka.Protocol;

namespace RaftAkka.Server;

/// <summary>When a server takes a snapshot, and how much of its log stays afterwards.</summary>
internal sealed class SnapshotPolicy(RaftNodeSettings settings)
{
    /// <summary>How long a snapshot that could not be written is left alone before the next occasion counts.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);

    // The newest snapshots, the oldest of them first: those that stay on the disk, and the one before.
    private readonly Queue<LogIndex> _taken = new();
    private LogIndex _newest;
    private TimeSpan _notBefore;
    private long _bytesSince;
    private long _bytesAtCapture;

    /// <summary>Whether a snapshot is being taken: one at a time.</summary>
    public bool IsTaking { get; private set; }

    /// <summary>
    /// The log may begin behind this entry. It reaches back to the oldest snapshot that stays, so that each of them
    /// can be started from; and farther for slow followers, but not beyond the snapshot before: how many bytes lie
    /// between two snapshots is bounded, and how many lie in some number of entries is not.
    /// </summary>
    public LogIndex Base
    {
        get
        {
            if (_taken.Count == 0) return LogIndex.Zero;

            var oldest = _taken.ElementAt(Math.Max(0, _taken.Count - settings.SnapshotsKept));
            var beforeOldest = _taken.Count > settings.SnapshotsKept ? _taken.Peek() : LogIndex.Zero;
            var forFollowers = new LogIndex(_newest.Value - settings.SnapshotKeepEntries);
            return LogIndex.Max(beforeOldest, LogIndex.Min(oldest, forFollowers));
        }
    }

    /// <summary>The server goes on from a snapshot: at a start, or because another server sent one.</summary>
    public void StartFrom(LogIndex snapshot)
    {
        _taken.Clear();
        _taken.Enqueue(snapshot);
        _newest = snapshot;
        (_bytesSince, _bytesAtCapture) = (0, 0);
    }

    public void OnApplied(int bytes) => _bytesSince += bytes;

    /// <summary>Whether a snapshot of what is applied now is due.</summary>
    public bool IsDue(LogIndex applied, TimeSpan now) =>
        !IsTaking && applied > _newest && now >= _notBefore
        && (applied - _newest >= settings.SnapshotEveryEntries || _bytesSince >= settings.SnapshotEveryBytes);

    public void OnCapture() => (IsTaking, _bytesAtCapture) = (true, _bytesSince);

    /// <returns>Whether the snapshot is news: one that another server sent may have overtaken it.</returns>
    public bool OnWritten(LogIndex snapshot)
    {
        IsTaking = false;
        if (snapshot <= _newest) return false;

        _taken.Enqueue(snapshot);
        while (_taken.Count > settings.SnapshotsKept + 1) _taken.Dequeue();
        _newest = snapshot;
        _bytesSince -= _bytesAtCapture;
        return true;
    }

    public void OnNotWritten(TimeSpan now) => (IsTaking, _notBefore) = (false, now + RetryAfter);
}
