using RaftAkka.Tool.Bench;

namespace RaftAkka.Tool.Tests.Bench;

/// <summary>A clock that stands still until somebody waits, or a test moves it.</summary>
internal sealed class VirtualClock : BenchClock
{
    private long _now = Second;

    public override long Now => Interlocked.Read(ref _now);

    public void Pass(long time) => Interlocked.Add(ref _now, time);

    public override void WaitUntil(long time)
    {
        if (time > Now) Interlocked.Exchange(ref _now, time);
    }

    // The load moves the time; whoever only watches it is there at once.
    public override Task WhenAsync(long time, CancellationToken stop) => Task.CompletedTask;
}
