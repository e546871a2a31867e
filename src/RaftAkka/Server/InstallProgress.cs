using RaftAkka.Snapshots;

namespace RaftAkka.Server;

/// <summary>What a leader knows of a snapshot that is on its way to a follower.</summary>
internal sealed class InstallProgress(StoredSnapshot snapshot, TimeSpan now)
{
    private long _nextOffset;
    private TimeSpan _lastProgress = now;

    public StoredSnapshot Snapshot { get; } = snapshot;

    /// <summary>How much of it is there, in whole percent.</summary>
    public int Percent => (int)(Math.Min(_nextOffset, Snapshot.Bytes) * 100.0 / Snapshot.Bytes);

    /// <summary>The follower says how much it has.</summary>
    public void OnStored(long nextOffset, TimeSpan now)
    {
        if (nextOffset == _nextOffset) return;

        // Less than before is news, too: it began anew.
        (_nextOffset, _lastProgress) = (nextOffset, now);
    }

    /// <summary>Whether nothing was stored for some time: a newer snapshot then costs nothing.</summary>
    public bool IsStuck(TimeSpan now, TimeSpan patience) => _nextOffset == 0 || now - _lastProgress >= patience;
}
