using RaftAkka.Simulation.Engine;
using RaftAkka.Simulation.Judging;

namespace RaftAkka.Simulation.Worlds;

/// <summary>What the clients did and saw, for the judge.</summary>
internal sealed class History(Loop loop)
{
    private readonly List<(Operation Operation, int Called, int Ended)> _done = [];
    private readonly List<long> _begins = [0];
    private int _epoch;
    private readonly List<OpenOperation> _open = [];
    private long _clock;

    public int Acknowledged { get; private set; }

    public int Unknown { get; private set; }

    public int Refused { get; private set; }

    /// <summary>All operations; those that still wait count as unknown.</summary>
    public IReadOnlyList<Operation> Operations => 
        [.. _done.Select(done => done.Operation), .. _open.Select(open => open.Called.WithoutAnswer())];

    /// <summary>
    /// The operations as the judge is to see them: those of each time that a cluster was set up. What was called before
    /// that and ended after it may have had its effect in either, and its answer proves nothing in any.
    /// </summary>
    public IEnumerable<IReadOnlyList<Operation>> Epochs => Enumerable.Range(0, _epoch + 1).Select(OperationsOf);

    /// <summary>The cluster is set up anew: all state is gone.</summary>
    public void BeginEpoch()
    {
        _epoch++;
        _begins.Add(Now());
    }

    private List<Operation> OperationsOf(int epoch)
    {
        var open = _open.Select(open => (Operation: open.Called.WithoutAnswer(), Called: open.Epoch, Ended: _epoch));
        return [.. _done.Concat(open).Where(done => done.Called <= epoch && epoch <= done.Ended).Select(done =>
            done.Called == done.Ended ? done.Operation
                : done.Operation.WithoutAnswer() with { Call = Math.Max(done.Operation.Call, _begins[epoch]) })];
    }

    /// <summary>Nanoseconds, and no two moments are the same: what came first, came before.</summary>
    public long Now() => _clock = Math.Max(_clock + 1, loop.Now.Ticks * TimeSpan.NanosecondsPerTick);

    public OpenOperation Begin(Func<long, Operation> call)
    {
        var open = new OpenOperation(call(Now()), _epoch);
        _open.Add(open);
        return open;
    }

    public void End(OpenOperation open, Func<Operation, long, Operation> answer)
    {
        _open.Remove(open);
        var ended = answer(open.Called, Now());
        _done.Add((ended, open.Epoch, _epoch));
        if (ended.Outcome == Outcome.Known) Acknowledged++;
        if (ended.Outcome == Outcome.Unknown) Unknown++;
        if (ended.Outcome == Outcome.Failed) Refused++;
    }

    internal sealed record OpenOperation(Operation Called, int Epoch);
}
