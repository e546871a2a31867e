using System.Collections.Concurrent;
using System.Diagnostics;
using Akka.Actor;
using Akka.Event;
using Akka.TestKit.Xunit2;
using RaftAkka.Dispatch;
using Xunit;

namespace RaftAkka.Tests.Dispatch;

public sealed class HandOnDispatcherTests() : TestKit(
    """
    akka { loglevel = ERROR, stdout-loglevel = OFF }
    # Where an actor runs depends on how long those before it took. Not here, but in the test that says so.
    soon { type = "RaftAkka.Dispatch.HandOnDispatcherConfigurator, RaftAkka", hand-on-after = 1 h, throughput = 100 }
    late { type = "RaftAkka.Dispatch.HandOnDispatcherConfigurator, RaftAkka", hand-on-after = 1 h, throughput = 100, last = on }
    one { type = "RaftAkka.Dispatch.HandOnDispatcherConfigurator, RaftAkka", hand-on-after = 1 h, throughput = 1 }
    three { type = "RaftAkka.Dispatch.HandOnDispatcherConfigurator, RaftAkka", hand-on-after = 1 h, throughput = 3 }
    brief { type = "RaftAkka.Dispatch.HandOnDispatcherConfigurator, RaftAkka", hand-on-after = 5 ms }
    own {
      type = "RaftAkka.Dispatch.OwnThreadDispatcherConfigurator, RaftAkka", runs-told-actors = on, throughput = 1
      shutdown-timeout = 1 ms
    }
    """)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ConcurrentQueue<string> _story = [];

    [Fact]
    public void What_is_told_within_a_turn_is_handled_by_the_same_thread_behind_it()
    {
        var first = Actor("soon", (_, me) =>
        {
            var next = Actor("soon", (_, me) =>
            {
                Actor("soon", (_, _) => Tells("last"), me).Tell("go");
                Tells("next");
            }, me);
            next.Tell("go");
            Tells("first");
        });

        first.Tell("go");

        var thread = ExpectMsg<Thread>(Patience);
        Assert.Same(thread, ExpectMsg<Thread>(Patience));
        Assert.Same(thread, ExpectMsg<Thread>(Patience));
        Assert.Equal(["first", "next", "last"], _story);
    }

    [Fact]
    public void A_thread_that_only_tells_runs_no_actor()
    {
        var actor = Actor("soon", (_, _) => Tells("handled"));

        actor.Tell("go");

        var thread = ExpectMsg<Thread>(Patience);
        Assert.NotSame(Thread.CurrentThread, thread);
    }

    [Fact]
    public void Turns_that_are_last_go_behind_all_others_and_behind_what_those_give_out()
    {
        var output = new Given(() => _story.Enqueue("output"));

        var first = Actor("soon", (_, me) =>
        {
            Actor("late", (_, _) => Tells("late"), me).Tell("go");
            var soon = Actor("soon", (_, _) =>
            {
                _story.Enqueue("soon");
                ThreadTurns.Current!.FlushAtEnd(output);
            }, me);
            soon.Tell("go");
        });

        first.Tell("go");

        ExpectMsg<Thread>(Patience);
        Assert.Equal(["soon", "output", "late"], _story);
    }

    [Fact]
    public void What_an_output_tells_is_handled_though_the_thread_ends_there()
    {
        var actor = Actor("soon", (_, _) => Tells("handled"));

        ThreadThat(() => ThreadTurns.Current!.FlushAtEnd(new Given(() => actor.Tell("go"))));

        ExpectMsg<Thread>(Patience);
    }

    [Fact]
    public void What_a_turn_throws_is_reported_and_the_others_have_theirs()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Error));
        var dispatcher = Sys.Dispatchers.Lookup("soon");

        var thread = ThreadThat(() =>
        {
            dispatcher.Schedule(() => throw new InvalidOperationException("broken on purpose"));
            dispatcher.Schedule(() => Tells("handled"));
        });

        Assert.Contains("broken on purpose", ExpectMsg<Error>(Patience).ToString(), StringComparison.Ordinal);
        Assert.Same(thread, ExpectMsg<Thread>(Patience));
    }

    [Fact]
    public void Too_many_turns_are_handed_on_in_their_order()
    {
        var dispatcher = Sys.Dispatchers.Lookup("soon");
        var left = 1_000;

        var thread = ThreadThat(() => dispatcher.Schedule(Again));

        for (var n = 999; n >= 0; n--) Assert.Equal(n, ExpectMsg<(int Left, Thread Thread)>(Patience, "a turn").Left);
        Assert.True(thread.Join(Patience));

        // Each leads to the next one, so that without a limit the first thread would never come back.
        void Again()
        {
            TestActor.Tell((--left, Thread.CurrentThread));
            if (left > 0) dispatcher.Schedule(Again);
        }
    }

    [Fact]
    public void A_thread_has_other_work_behind_256_turns()
    {
        var dispatcher = Sys.Dispatchers.Lookup("soon");
        var byFirst = 0;
        var byOthers = 0;

        ThreadThat(() =>
        {
            var me = Thread.CurrentThread;
            for (var n = 0; n < 300; n++)
            {
                dispatcher.Schedule(() =>
                {
                    if (Thread.CurrentThread == me) Interlocked.Increment(ref byFirst);
                    else Interlocked.Increment(ref byOthers);
                    if (Volatile.Read(ref byFirst) + Volatile.Read(ref byOthers) == 300) TestActor.Tell("all");
                });
            }
        });

        ExpectMsg("all", Patience);
        Assert.Equal((256, 44), (byFirst, byOthers));
    }

    [Fact]
    public void A_thread_has_other_work_when_its_turns_took_long()
    {
        var dispatcher = Sys.Dispatchers.Lookup("brief");

        var first = ThreadThat(() =>
        {
            dispatcher.Schedule(() =>
            {
                var began = Stopwatch.GetTimestamp();
                while (Stopwatch.GetElapsedTime(began) < TimeSpan.FromMilliseconds(5)) Thread.SpinWait(1);
            });
            dispatcher.Schedule(() => Tells("next"));
        });

        Assert.NotSame(first, ExpectMsg<Thread>(Patience));
    }

    [Theory]
    [InlineData("one", "ababababab"), InlineData("three", "aaabbbaabb")]
    public void An_actor_handles_as_many_messages_in_a_row_as_its_throughput_says(string dispatcher, string order)
    {
        var actors = new[] { "a", "b" }.Select(name => Actor(dispatcher, (_, _) => Tells(name))).ToArray();
        foreach (var actor in actors)
        {
            actor.Tell("warm up");
            ExpectMsg<Thread>(Patience);
        }

        _story.Clear();
        ThreadThat(() => Actor("soon", (_, _) =>
        {
            foreach (var actor in actors)
                for (var n = 0; n < 5; n++) actor.Tell(n);
        }).Tell("go"));

        for (var n = 0; n < 10; n++) ExpectMsg<Thread>(Patience);
        Assert.Equal(order, string.Concat(_story));
    }

    [Fact]
    public void An_actor_is_never_run_by_two_threads_however_many_tell_it_something()
    {
        const int each = 20_000;
        var (inside, seen, last) = (0, 0, new int[4]);
        var worker = Actor("soon", (message, _) =>
        {
            var (who, n) = ((int, int))message;
            if (Interlocked.Increment(ref inside) != 1) TestActor.Tell("two at once");
            if (n != ++last[who]) TestActor.Tell("out of order");
            Interlocked.Decrement(ref inside);
            if (++seen == 4 * each) TestActor.Tell("all");
        });
        var relays = Enumerable.Range(0, 4).Select(who => Actor("soon", (n, _) => worker.Tell((who, (int)n)))).ToArray();

        var threads = relays.Select((relay, who) => new Thread(() =>
        {
            for (var n = 1; n <= each; n++) relay.Tell(n);
        })).ToArray();
        foreach (var thread in threads) thread.Start();

        ExpectMsg("all", Patience);
        foreach (var thread in threads) Assert.True(thread.Join(Patience));
    }

    [Fact]
    public void Whom_an_actor_with_its_own_thread_tells_is_run_by_that_thread()
    {
        var log = Actor("own", (_, me) =>
        {
            Actor("soon", (_, _) => Tells("next"), me).Tell("go");
            Tells("log");
        });

        log.Tell("go");

        var thread = ExpectMsg<Thread>(Patience);
        Assert.Same(thread, ExpectMsg<Thread>(Patience));
        Assert.False(thread.IsThreadPoolThread);
        Assert.Equal(["log", "next"], _story);
    }

    [Fact]
    public void A_turn_that_throws_ends_neither_its_own_thread_nor_whom_it_told_something()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Error));
        var (own, soon) = (Sys.Dispatchers.Lookup("own"), Sys.Dispatchers.Lookup("soon"));

        own.Schedule(() =>
        {
            soon.Schedule(() => Tells("next"));
            throw new InvalidOperationException("broken on purpose");
        });
        own.Schedule(() => Tells("own"));

        ExpectMsg<Error>(Patience);
        var thread = ExpectMsg<Thread>(Patience);
        Assert.False(thread.IsThreadPoolThread);
        Assert.Same(thread, ExpectMsg<Thread>(Patience));
        Assert.Equal(["next", "own"], _story);
    }

    private static Thread ThreadThat(Action begins)
    {
        var thread = new Thread(() =>
        {
            var turns = ThreadTurns.TryOpen()!;
            Assert.Null(ThreadTurns.TryOpen());   // Whoever is called meanwhile leaves the turns to it.
            begins();
            turns.Close();
            Assert.Null(ThreadTurns.Current);
        });
        thread.Start();
        return thread;
    }

    private void Tells(string what)
    {
        _story.Enqueue(what);
        TestActor.Tell(Thread.CurrentThread);
    }

    // A child of the actor that tells it something first: else it might still be on the thread on which it began.
    private IActorRef Actor(string dispatcher, Action<object, IActorContext> handles, IActorRefFactory? parent = null) =>
        (parent ?? Sys).ActorOf(Props.Create(() => new Handler(handles)).WithDispatcher(dispatcher));

    private sealed class Given(Action flushes) : ThreadTurns.IOutput
    {
        public void Flush() => flushes();
    }

    private sealed class Handler(Action<object, IActorContext> handles) : UntypedActor
    {
        protected override void OnReceive(object message) => handles(message, Context);
    }
}
