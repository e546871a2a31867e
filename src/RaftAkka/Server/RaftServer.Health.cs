using RaftAkka.Log;
using RaftAkka.Protocol;

namespace RaftAkka.Server;

/// <summary>
/// Health: a server whose disk is full or hangs lets others work. It does not stand for election and grants no pre-vote,
/// since it could not store a term or a vote; and if it leads, it hands leadership over to a voter that stores entries.
/// Deviation: the paper has no such server; a leader there works or is gone.
/// </summary>
internal sealed partial class RaftServer
{
    private readonly DiskHealth _diskHealth;

    private DiskState DiskState => _diskHealth.StateAt(_ledger.OldestPending, Now);

    private bool HasDiskTrouble => DiskState is DiskState.Full or DiskState.Slow;

    private void OnDiskFull(LogOutOfSpace full)
    {
        if (_diskHealth.OnFull(full.Facts)) _lines.DiskIsFull(full.Facts);
    }

    private void OnDiskHasSpace()
    {
        if (_diskHealth.OnSpace()) _lines.DiskHasSpace();
    }

    // With each heartbeat, each election timeout and each write that is done.
    private void CheckDisk()
    {
        switch (_diskHealth.ReportSlow(DiskState, Now))
        {
            case true:  _lines.DiskIsSlow(_settings.ElectionTimeoutMax, _ledger.PendingBytes); break;
            case false: _lines.DiskIsFastAgain();                                             break;
        }
    }

    /// <summary>Why the server's own disk takes no more entries; null if it does.</summary>
    private string? WhyDiskTakesNoMore()
    {
        if (_diskHealth.Full is { } full) return $"{_settings.Server} cannot write: {full}";
        return _ledger.PendingBytes < _settings.UnsyncedBytesMax
            ? null
            : $"{_settings.Server} cannot write: its disk is slow, and {_ledger.PendingBytes} bytes wait for it; the limit is "
                + $"{_settings.UnsyncedBytesMax} (unsynced-bytes-max)";
    }

    /// <summary>With each heartbeat: a leader that cannot write hands leadership over to a voter that can.</summary>
    private void YieldIfDiskFails(Leadership leadership)
    {
        if (!HasDiskTrouble)
        {
            leadership.Yields.Reset();
            return;
        }

        if (!KnowsCommitted || Members.IsJoint || !leadership.Yields.IsDue(Now)) return;

        // A voter shows that its disk works: it has stored what this server's disk did not take. Where all disks are full
        // nobody has, and the term does not climb.
        var target = TransferRule.Best(Members, _settings.Server, server =>
            leadership.TryFind(server, out var follower) && IsHeard(follower) && Stores(follower) ? follower.Match : null);
        if (target is not { } named) return;

        leadership.Yields.OnAttempt(Now);
        _lines.YieldsLeadership(named, DiskState);
        Begin(leadership, new Transfer(named, Now));
    }

    private bool Stores(PeerProgress follower) =>
        follower.Match >= _commitIndex && (follower.Match > _ledger.Durable || follower.Match >= _log.Last.Index);

    /// <summary>What is wrong with this server or in its sight, for a person.</summary>
    private List<string> Problems()
    {
        var problems = new List<string>();
        if (_diskHealth.Full is { } full) problems.Add($"It cannot write: {full}");
        else if (DiskState == DiskState.Slow) problems.Add(ServerProblems.DiskIsSlow(_ledger.PendingBytes));
        if (_refusal is { } refusal) problems.Add(refusal);
        if (_hasLeft && _refusal is null) problems.Add(ServerProblems.HasLeft);
        foreach (var member in Members.Members)
            if (member.Disk == DiskId.RolledBack && _refusal is null) problems.Add(ServerProblems.MemberIsRolledBack(member.Id));
        if (BootstrapProblem() is { } bootstrap) problems.Add(bootstrap);
        if (AddressProblem() is { } addresses) problems.Add(addresses);
        problems.AddRange(_role.Problems());
        return problems;
    }
}

/// <summary>
/// When a leader that cannot write tries to hand over: at once, then after 1, 2, 4 … up to 32 intervals, since each try
/// stops new commands for an election timeout.
/// </summary>
/// <param name="interval">The first pause.</param>
internal sealed class YieldAttempts(TimeSpan interval)
{
    private const int DoublingsMax = 5;

    private int _attempts;
    private TimeSpan _next = TimeSpan.MinValue;

    public bool IsDue(TimeSpan now) => now >= _next;

    public void OnAttempt(TimeSpan now)
    {
        _next = now + interval * (1 << Math.Min(_attempts, DoublingsMax));
        _attempts++;
    }

    /// <summary>The disk works again: the next trouble is another one.</summary>
    public void Reset() => (_attempts, _next) = (0, TimeSpan.MinValue);
}
