using RaftAkka.Simulation.Engine;
using RaftAkka.Simulation.Judging;

namespace RaftAkka.Simulation.Worlds;

/// <summary>What the clients did and saw, for the judge.</summary>
internal sealed class History(Loop loop)
{
    private readonly List<Operation> _done = [];
    private readonly List<OpenOperation> _open = [];
    private long _clock;

    public int Acknowledged { get; private set; }

    public int Unknown { get; private set; }

    public int Refused { get; private set; }

    /// <summary>All operations; those that still wait count as unknown.</summary>
    public IReadOnlyList<Operation> Operations => [.. _done, .. _open.Select(open => open.Called.WithoutAnswer())];

    /// <summary>Nanoseconds, and no two moments are the same: what came first, came before.</summary>
    public long Now() => _clock = Math.Max(_clock + 1, loop.Now.Ticks * TimeSpan.NanosecondsPerTick);

    public OpenOperation Begin(Func<long, Operation> call)
    {
        var open = new OpenOperation(call(Now()));
        _open.Add(open);
        return open;
    }

    public void End(OpenOperation open, Func<Operation, long, Operation> answer)
    {
        _open.Remove(open);
        var ended = answer(open.Called, Now());
        _done.Add(ended);
        if (ended.Outcome == Outcome.Known) Acknowledged++;
        if (ended.Outcome == Outcome.Unknown) Unknown++;
        if (ended.Outcome == Outcome.Failed) Refused++;
    }

    internal sealed record OpenOperation(Operation Called);
}
