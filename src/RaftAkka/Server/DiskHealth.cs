using RaftAkka.Protocol;

namespace RaftAkka.Server;

/// <summary>
/// Whether the server's own disk can do its work. A disk is full from the log's word until it has space again, and slow
/// while its oldest write waits for longer than an election timeout, as on a disk that hangs.
/// </summary>
/// <param name="timeout">The longest that a write may take on a healthy disk.</param>
internal sealed class DiskHealth(TimeSpan timeout)
{
    // A disk that is slow again and again would fill the operator's log.
    private static readonly TimeSpan BetweenReports = TimeSpan.FromMinutes(1);

    private TimeSpan _reported = TimeSpan.MinValue;
    private bool _isReported;

    /// <summary>What the log says of the full disk; null while there is space.</summary>
    public string? Full { get; private set; }

    /// <summary>The state of the disk.</summary>
    /// <param name="oldestPending">When the oldest write that is not durable was submitted, if there is one.</param>
    /// <param name="now">The time.</param>
    public DiskState StateAt(TimeSpan? oldestPending, TimeSpan now)
    {
        if (Full is not null) return DiskState.Full;
        return oldestPending is { } since && now - since >= timeout ? DiskState.Slow : DiskState.Healthy;
    }

    /// <summary>The log has no space.</summary>
    /// <returns>Whether that is news.</returns>
    public bool OnFull(string facts)
    {
        var isNews = Full is null;
        Full = facts;
        return isNews;
    }

    /// <summary>The log has space again.</summary>
    /// <returns>Whether that is news.</returns>
    public bool OnSpace()
    {
        var isNews = Full is not null;
        Full = null;
        return isNews;
    }

    /// <summary>Whether to tell the operator now that the disk is slow (true), or that it is so no longer (false).</summary>
    public bool? ReportSlow(DiskState state, TimeSpan now)
    {
        var isSlow = state == DiskState.Slow;
        if (isSlow == _isReported) return null;
        if (isSlow && _reported > TimeSpan.MinValue && now - _reported < BetweenReports) return null;

        _isReported = isSlow;
        if (isSlow) _reported = now;
        return isSlow;
    }
}
