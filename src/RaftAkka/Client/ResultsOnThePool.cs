// What callers do next is theirs, and must not run inside the actor: this is where they meet .NET's threads.
#pragma warning disable RS0030

namespace RaftAkka.Client;

/// <summary>
/// Gives the results that came together to those who wait for them, on threads of the pool: one piece of work for all,
/// where a task that sees to its own continuation makes one for each.
/// </summary>
/// <remarks>
/// Whatever a caller does next runs in its turn here, and may block, even until another of these calls has its result.
/// So whoever begins leaves the same work to the pool once more: the next free thread goes on behind a turn that blocks,
/// and finds nothing to do where none does.
/// </remarks>
internal sealed class ResultsOnThePool : IThreadPoolWorkItem
{
    private readonly (ClientCall Call, ReadOnlyMemory<byte> Result)[] _results;
    private int _count;
    private int _taken;

    /// <param name="resultsMax">How many there may be.</param>
    public ResultsOnThePool(int resultsMax) => _results = new (ClientCall, ReadOnlyMemory<byte>)[resultsMax];

    /// <summary>Adds the result of a call whose outcome this is, and no other.</summary>
    public void Add(ClientCall call, ReadOnlyMemory<byte> result) => _results[_count++] = (call, result);

    /// <summary>Gives the results out. Once; nothing can be added after that.</summary>
    public void GiveOut()
    {
        if (_count > 0) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>The same of one outcome.</summary>
    public static void GiveOut(ClientCall call, Action<ClientCall> outcome) =>
        ThreadPool.UnsafeQueueUserWorkItem(static one => one.outcome(one.call), (call, outcome), preferLocal: false);

    void IThreadPoolWorkItem.Execute()
    {
        var at = Take();
        if (at + 1 < _count) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        for (; at < _count; at = Take())
        {
            var (call, result) = _results[at];
            call.Deliver(result);
        }
    }

    private int Take() => Interlocked.Increment(ref _taken) - 1;
}
