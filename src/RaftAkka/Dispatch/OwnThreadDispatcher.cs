using Akka.Configuration;
using Akka.Dispatch;

namespace RaftAkka.Dispatch;

/// <summary>
/// Makes an <see cref="OwnThreadDispatcher"/> for each actor that asks for one; named in <c>reference.conf</c>.
/// </summary>
internal sealed class OwnThreadDispatcherConfigurator(Config config, IDispatcherPrerequisites prerequisites)
    : MessageDispatcherConfigurator(config, prerequisites)
{
    public override MessageDispatcher Dispatcher() => new OwnThreadDispatcher(this);
}

/// <summary>
/// Runs one actor on a thread that is its own and sleeps while there is nothing to do. Akka's PinnedDispatcher
/// spins for a while first, which pays where cores are idle; an actor that waits for the disk after every message
/// begins to spin each time, and takes the core from whoever it waits for.
/// </summary>
/// <remarks>
/// With <c>runs-told-actors = on</c> the actors of a <see cref="HandOnDispatcher"/> that it tells something have their turn
/// on its thread, behind its own turn. Only for an actor that tells others something as the last thing that it does for a
/// message, with <c>throughput = 1</c>.
/// </remarks>
internal sealed class OwnThreadDispatcher : MessageDispatcher
{
    private readonly Queue<IRunnable> _turns = new();
    private readonly bool _runsToldActors;
    private bool _hasThread;
    private bool _isOver;

    public OwnThreadDispatcher(MessageDispatcherConfigurator configurator)
        : base(configurator)
    {
        Id = configurator.Config.GetString("id", "raft.own-thread");
        (Throughput, ThroughputDeadlineTime) = TurnLength.Of(configurator.Config);
        _runsToldActors = configurator.Config.GetBoolean("runs-told-actors", false);
        ShutdownTimeout = configurator.Config.GetTimeSpan("shutdown-timeout", TimeSpan.FromSeconds(1));
    }

    protected override void ExecuteTask(IRunnable run)
    {
        lock (_turns)
        {
            _turns.Enqueue(run);
            if (_hasThread) Monitor.Pulse(_turns);
            else StartThread();
        }
    }

    // The last actor has gone. One that comes after all gets another thread.
    protected override void Shutdown()
    {
        lock (_turns)
        {
            _isOver = true;
            Monitor.Pulse(_turns);
        }
    }

    private void StartThread()
    {
        (_hasThread, _isOver) = (true, false);
        new Thread(TakeTurns) { Name = Id, IsBackground = true }.UnsafeStart();
    }

    private void TakeTurns()
    {
        while (NextTurn() is { } turn)
        {
            // Off by default: an actor that is told something is promised to this thread until the turn ends, and no other
            // thread can run it, while this one may read a file or wait for the disk. In time, all of remoting would wait.
            var told = _runsToldActors ? ThreadTurns.TryOpen() : null;
            Take(turn);
            told?.Close();
        }
    }

    // What a turn throws is reported, as Akka's own dispatchers do: it ends neither the thread nor the process.
    private void Take(IRunnable turn)
    {
        try
        {
            turn.Run();
        }
        catch (Exception e)
        {
            ReportFailure(e);
        }
    }

    private IRunnable? NextTurn()
    {
        lock (_turns)
        {
            while (_turns.Count == 0)
            {
                if (_isOver)
                {
                    _hasThread = false;
                    return null;
                }

                Monitor.Wait(_turns);
            }

            return _turns.Dequeue();
        }
    }
}
