using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;

namespace RaftAkka.Simulation.Engine;

/// <summary>Gives every actor of a host's system the one dispatcher that only queues.</summary>
internal sealed class SimulatedDispatcherConfigurator : MessageDispatcherConfigurator
{
    private readonly SimulatedDispatcher _dispatcher;

    public SimulatedDispatcherConfigurator(Config config, IDispatcherPrerequisites prerequisites)
        : base(config, prerequisites) =>
        _dispatcher = new SimulatedDispatcher(this, Host.Running);

    public override MessageDispatcher Dispatcher() => _dispatcher;
}

/// <summary>Hands runnable mailboxes to the host instead of to threads.</summary>
internal sealed class SimulatedDispatcher : MessageDispatcher
{
    private readonly Host _host;

    public SimulatedDispatcher(MessageDispatcherConfigurator configurator, Host host)
        : base(configurator)
    {
        _host = host;
        Id = "simulated";
        Throughput = 1;
        // With throughput 1 a mailbox runs two messages a turn; a deadline that is always over makes it one.
        ThroughputDeadlineTime = 1;
        ShutdownTimeout = TimeSpan.FromSeconds(1);
    }

    public override void Dispatch(ActorCell cell, Envelope envelope)
    {
        // What a turn says after it waited is seen, by those who watch and by the receiver, when that is over.
        if (_host.IsStalled) _host.AfterStall(() => Send(cell, envelope));
        else Send(cell, envelope);
    }

    protected override void ExecuteTask(IRunnable run) => _host.Submit(run);

    protected override void Shutdown()
    {
    }

    private void Send(ActorCell cell, Envelope envelope)
    {
        if (_host.MaySend(cell.Self, ref envelope)) base.Dispatch(cell, envelope);
    }
}
