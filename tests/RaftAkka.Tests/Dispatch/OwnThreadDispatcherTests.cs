using Akka.Actor;
using Akka.TestKit.Xunit2;
using Xunit;

namespace RaftAkka.Tests.Dispatch;

public sealed class OwnThreadDispatcherTests() : TestKit(
    """
    own.type = "RaftAkka.Dispatch.OwnThreadDispatcherConfigurator, RaftAkka"
    own.shutdown-timeout = 1 ms
    """)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public void Each_actor_has_a_thread_and_keeps_it()
    {
        var (ann, bea) = (Worker(), Worker());

        var threadOfAnn = ThreadOf(ann);
        var threadOfBea = ThreadOf(bea);

        Assert.NotSame(threadOfAnn, threadOfBea);
        Assert.Same(threadOfAnn, ThreadOf(ann));
        Assert.True(threadOfAnn.IsBackground);   // It keeps no process alive.
        Assert.False(threadOfAnn.IsThreadPoolThread);
    }

    [Fact]
    public void Messages_are_handled_in_their_order_however_many_come_from_elsewhere()
    {
        var worker = Sys.ActorOf(Props.Create(() => new Echo()).WithDispatcher("own"));

        for (var n = 0; n < 10_000; n++) worker.Tell(n);

        for (var n = 0; n < 10_000; n++) ExpectMsg(n, Patience);
    }

    [Fact]
    public void The_thread_ends_with_its_actor()
    {
        var worker = Worker();
        var thread = ThreadOf(worker);

        Watch(worker);
        Sys.Stop(worker);

        ExpectTerminated(worker, Patience);
        Assert.True(thread.Join(Patience));
    }

    private IActorRef Worker() => Sys.ActorOf(Props.Create(() => new TellsItsThread()).WithDispatcher("own"));

    private Thread ThreadOf(IActorRef worker)
    {
        worker.Tell("which?");
        return ExpectMsg<Thread>(Patience);
    }

    private sealed class TellsItsThread : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(Thread.CurrentThread);
    }

    private sealed class Echo : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(message);
    }
}
