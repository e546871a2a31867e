using System.Diagnostics;
using Akka.Dispatch;
// What is too much for one thread goes to the pool: this is where its actors meet .NET's threads.
#pragma warning disable RS0030

namespace RaftAkka.Dispatch;

/// <summary>
/// The turns that one thread takes, one after the other: those of the actors to which the actors before them told
/// something. What arrives at a socket is thus read, handled and answered by the thread that noticed it. To wake another
/// thread for each step takes a hundred times as long as most steps do, and where cores are few it is also most of the work.
/// </summary>
/// <remarks>
/// A thread begins with <see cref="TryOpen"/> and ends with <see cref="Close"/>, which takes the turns: a turn never runs
/// inside another one. Only threads that do so take turns at all, never one that merely tells an actor something.
/// </remarks>
internal sealed class ThreadTurns
{
    // A thread has other work too: that of the sockets waits for all of them, that of the log for the next write. So others go
    // to the pool behind so many turns, or after HandOnDispatcher.HandOnAfter.
    private const int TurnsMax = 256;

    [ThreadStatic]
    private static ThreadTurns? _ofThisThread;

    private readonly Queue<Turn> _turns = new();
    private readonly Queue<Turn> _lastTurns = new();
    private readonly List<IOutput> _outputs = [];
    private bool _isOpen;
    private bool _isOverdue;
    private long _began;

    /// <summary>Something that collects what turns give out, and sends it together after them.</summary>
    public interface IOutput
    {
        /// <summary>Sends what was collected. Must not throw.</summary>
        void Flush();
    }

    /// <summary>This thread's turns where it takes some; otherwise null.</summary>
    public static ThreadTurns? Current => _ofThisThread is { _isOpen: true } turns ? turns : null;

    /// <summary>Has this thread take turns from now on; null where it does already.</summary>
    public static ThreadTurns? TryOpen()
    {
        var turns = _ofThisThread ??= new ThreadTurns();
        if (turns._isOpen) return null;

        turns._isOpen = true;
        return turns;
    }

    /// <summary>A turn to take before this thread ends.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="isLast">Whether all others, and what they give out, go first.</param>
    public void Add(in Turn turn, bool isLast) => (isLast ? _lastTurns : _turns).Enqueue(turn);

    /// <summary>Has an output flushed behind the turns that wait now. Once, until it was.</summary>
    public void FlushAtEnd(IOutput output) => _outputs.Add(output);

    /// <summary>Takes all turns, and those that they lead to; too many of them are left to another thread.</summary>
    public void Close()
    {
        var left = TurnsMax;
        (_isOverdue, _began) = (false, Stopwatch.GetTimestamp());
        try
        {
            while (left > 0 && !_isOverdue && TakeNext()) left--;
            Flush();
        }
        finally
        {
            if (_turns.Count + _lastTurns.Count > 0) HandOn();
            _isOpen = false;
        }
    }

    private bool TakeNext()
    {
        if (_turns.TryDequeue(out var turn))
        {
            Take(turn);
            return true;
        }

        if (_outputs.Count > 0)
        {
            Flush();
            return true;
        }

        if (!_lastTurns.TryDequeue(out turn)) return false;

        Take(turn);
        return true;
    }

    private void Take(in Turn turn)
    {
        turn.Dispatcher.Take(turn.Run);
        _isOverdue = Stopwatch.GetElapsedTime(_began) >= turn.Dispatcher.HandOnAfter;
    }

    private void Flush()
    {
        // By place: an output that breaks tells an actor, and nothing is added to the list by that.
        for (var i = 0; i < _outputs.Count; i++) _outputs[i].Flush();
        _outputs.Clear();
    }

    private void HandOn()
    {
        ThreadPool.UnsafeQueueUserWorkItem(new Rest([.. _turns], [.. _lastTurns]), preferLocal: false);
        _turns.Clear();
        _lastTurns.Clear();
    }

    /// <summary>Has another thread do something: what would keep this one from others who wait for it.</summary>
    public static void OnAnotherThread(Action action) =>
        ThreadPool.UnsafeQueueUserWorkItem(static action => action(), action, preferLocal: false);

    /// <summary>A turn of an actor.</summary>
    internal readonly record struct Turn(HandOnDispatcher Dispatcher, IRunnable Run);

    private sealed class Rest(Turn[] turns, Turn[] lastTurns) : IThreadPoolWorkItem
    {
        public void Execute()
        {
            var mine = TryOpen()!;
            foreach (var turn in turns) mine.Add(turn, isLast: false);
            foreach (var turn in lastTurns) mine.Add(turn, isLast: true);
            mine.Close();
        }
    }
}
