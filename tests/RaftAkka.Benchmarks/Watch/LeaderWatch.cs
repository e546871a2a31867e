using RaftAkka.Client;
using RaftAkka.Protocol;
using RaftAkka.Tool.Bench;

namespace RaftAkka.Benchmarks.Watch;

/// <summary>Asks the cluster every second who leads, and counts how often that changes.</summary>
internal sealed class LeaderWatch : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly RaftTarget _target;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _watching;
    private readonly Term _first;

    private LeaderWatch(RaftTarget target, ClusterStatus start)
    {
        _target = target;
        (_first, LastTerm, Leader) = (start.Term, start.Term, start.Leader!.Value);
        _watching = WatchAsync();
    }

    /// <summary>Who led when somebody was last heard to.</summary>
    public ServerId Leader { get; private set; }

    public Term LastTerm { get; private set; }

    public int LeaderChanges { get; private set; }

    /// <summary>Each election has a term of its own, those too that nobody won and those between two looks.</summary>
    public long Elections => LastTerm.Value - _first.Value;

    /// <summary>Begins once there is a leader.</summary>
    public static async Task<LeaderWatch> StartAsync(RaftTarget target)
    {
        while (true)
        {
            if (await target.StatusAsync() is { Leader: not null } status) return new LeaderWatch(target, status);
            await Task.Delay(100);
        }
    }

    /// <summary>Looks now.</summary>
    public async Task LookAsync()
    {
        var status = await _target.StatusAsync();
        if (status.Term > LastTerm) LastTerm = status.Term;
        if (status.Leader is not { } leader || leader == Leader) return;

        Leader = leader;
        LeaderChanges++;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        _stop.Dispose();
    }

    private async Task WatchAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            await LookAsync();
            await Task.Delay(Pause, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
