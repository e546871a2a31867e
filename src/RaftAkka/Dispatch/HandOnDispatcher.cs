using Akka.Configuration;
using Akka.Dispatch;
// A thread that takes no turns leaves them to the pool, as Akka's own dispatchers do.
#pragma warning disable RS0030

namespace RaftAkka.Dispatch;

/// <summary>Makes the <see cref="HandOnDispatcher"/> of those who share it; named in <c>reference.conf</c>.</summary>
internal sealed class HandOnDispatcherConfigurator : MessageDispatcherConfigurator
{
    private readonly HandOnDispatcher _dispatcher;

    public HandOnDispatcherConfigurator(Config config, IDispatcherPrerequisites prerequisites)
        : base(config, prerequisites) => _dispatcher = new HandOnDispatcher(this);

    public override MessageDispatcher Dispatcher() => _dispatcher;
}

/// <summary>
/// Runs an actor on the thread that told it something, behind the actors that this thread runs already
/// (<see cref="ThreadTurns"/>); where that thread runs none, on one of .NET's pool. Each actor still handles one message at
/// a time, and actors that different threads tell something run at the same time.
/// </summary>
/// <remarks>
/// For actors whose turns are short: while one runs, others wait behind it that are already promised to the same thread, and
/// so does the thread's other work, which may be that of the log or of the sockets. <c>last = on</c> puts a turn behind all
/// others and behind what they send. What waits for anything, or takes milliseconds, belongs on another dispatcher.
/// </remarks>
internal sealed class HandOnDispatcher : MessageDispatcher
{
    /// <summary>The one of the server, its sessions and a client.</summary>
    public const string Name = "raft.dispatcher";

    /// <summary>The one of the state machine.</summary>
    public const string OfMachine = "raft.machine-dispatcher";

    private readonly bool _isLast;

    public HandOnDispatcher(MessageDispatcherConfigurator configurator)
        : base(configurator)
    {
        Id = configurator.Config.GetString("id", "raft.dispatcher");
        (Throughput, ThroughputDeadlineTime) = TurnLength.Of(configurator.Config);
        ShutdownTimeout = configurator.Config.GetTimeSpan("shutdown-timeout", TimeSpan.FromSeconds(1));
        _isLast = configurator.Config.GetBoolean("last", false);
        HandOnAfter = configurator.Config.GetTimeSpan(
            "hand-on-after", TimeSpan.FromMilliseconds(5), allowInfinite: false);
    }

    /// <summary>
    /// A thread that has run actors for so long when one of this dispatcher is done leaves the others to the pool.
    /// </summary>
    public TimeSpan HandOnAfter { get; }

    /// <summary>Takes a turn. What it throws is reported, and the thread goes on with the next one.</summary>
    public void Take(IRunnable run)
    {
        try
        {
            run.Run();
        }
        catch (Exception e)
        {
            ReportFailure(e);
        }
    }

    protected override void ExecuteTask(IRunnable run)
    {
        if (ThreadTurns.Current is { } turns) turns.Add(new ThreadTurns.Turn(this, run), _isLast);
        else ThreadPool.UnsafeQueueUserWorkItem(new Start(this, run), preferLocal: true);
    }

    protected override void Shutdown()
    {
        // It has no thread of its own.
    }

    private sealed class Start(HandOnDispatcher dispatcher, IRunnable run) : IThreadPoolWorkItem
    {
        public void Execute()
        {
            var turns = ThreadTurns.TryOpen()!;
            turns.Add(new ThreadTurns.Turn(dispatcher, run), isLast: false);
            turns.Close();
        }
    }
}
