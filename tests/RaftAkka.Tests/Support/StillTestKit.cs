using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Xunit;

namespace RaftAkka.Tests.Support;

/// <summary>
/// A TestKit in which nothing happens by itself: time moves when the test moves it, and every actor runs on
/// the test's own thread, so that a message told is a message handled. What a probe did not get by then does
/// not come.
/// </summary>
public abstract class StillTestKit : TestKit
{
    private static readonly Config Still = ConfigurationFactory.ParseString(
        """
        akka.scheduler.implementation = "RaftAkka.Tests.Support.ManualScheduler, RaftAkka.Tests"
        akka.actor.default-dispatcher.type = "Akka.TestKit.CallingThreadDispatcherConfigurator, Akka.TestKit"
        akka.actor.internal-dispatcher.type = "Akka.TestKit.CallingThreadDispatcherConfigurator, Akka.TestKit"
        raft.snapshot-dispatcher.type = "Akka.TestKit.CallingThreadDispatcherConfigurator, Akka.TestKit"
        akka.loglevel = WARNING
        raft.snapshot-dispatcher.type = "Akka.TestKit.CallingThreadDispatcherConfigurator, Akka.TestKit"
        """);

    protected StillTestKit() : base(Still)
    {
    }

    protected void Pass(TimeSpan time) => ((ManualScheduler)Sys.Scheduler).Advance(time);

    protected IActorRef Start(Props props, string? name = null) =>
        new TestActorRef<ActorBase>(Sys, props, null, name);

    protected static TimeSpan Milliseconds(int count) => TimeSpan.FromMilliseconds(count);

    protected static TimeSpan Seconds(double count) => TimeSpan.FromSeconds(count);

    /// <summary>Everything told so far has been handled: what is not there yet does not come.</summary>
    protected static void AssertNothingFor(TestProbe probe) => Assert.False(probe.HasMessages);
}
