using Akka.Actor;
using RaftAkka.Simulation.Engine;
using Xunit;
using static RaftAkka.Simulation.Tests.ToyHosts;

namespace RaftAkka.Simulation.Tests;

public sealed class LoopTests
{
    private readonly Loop _loop = new(seed: 1);

    [Fact]
    public void One_seed_gives_one_trace()
    {
        Assert.Equal(TraceOfTwoPlayers(seed: 7), TraceOfTwoPlayers(seed: 7));
    }

    [Fact]
    public void Another_seed_gives_another_trace()
    {
        Assert.NotEqual(TraceOfTwoPlayers(seed: 7), TraceOfTwoPlayers(seed: 8));
    }

    [Fact]
    public void A_timer_fires_at_its_virtual_time_and_not_before()
    {
        var fired = new List<TimeSpan>();
        var host = new Host(_loop, "s1");
        var actor = host.Start("sleeper", (_, _) => fired.Add(host.Clock));
        host.Run(() => host.System.Scheduler.ScheduleTellOnce(Ms(500), actor, "tick", ActorRefs.NoSender));

        _loop.RunUntil(Ms(499));
        Assert.Empty(fired);

        _loop.RunUntil(Ms(520));
        Assert.InRange(Assert.Single(fired), Ms(500), Ms(500) + host.TimerLateMax + Ms(1));
    }

    [Fact]
    public void A_cancelled_timer_does_not_fire()
    {
        var host = new Host(_loop, "s1");
        var actor = host.Start("sleeper", (_, message) => Assert.Fail($"got {message}"));
        var timer = host.Run(() => host.System.Scheduler.ScheduleTellRepeatedlyCancelable(
            Ms(10), Ms(10), actor, "tick", ActorRefs.NoSender));

        timer.Cancel();

        _loop.RunFor(Ms(100));
    }

    [Fact]
    public void The_timers_of_a_fast_clock_fire_early()
    {
        var fired = TimeSpan.Zero;
        var host = new Host(_loop, "s1") { ClockRate = 2, TimerLateMax = TimeSpan.Zero };
        var actor = host.Start("sleeper", (_, _) => fired = _loop.Now);
        host.Run(() => host.System.Scheduler.ScheduleTellOnce(Ms(500), actor, "tick", ActorRefs.NoSender));

        _loop.RunFor(Ms(600));

        Assert.InRange(fired, Ms(250), Ms(251));
    }

    [Fact]
    public void What_waits_in_the_mailboxes_of_a_killed_host_is_never_handled()
    {
        var handled = 0;
        var host = new Host(_loop, "s1");
        var actor = host.Start("worker", (_, _) => handled++);
        _loop.RunFor(Ms(1));

        host.Tell(actor, "work");
        host.Kill();
        _loop.RunFor(Ms(100));

        Assert.Equal(0, handled);
    }

    [Fact]
    public void A_host_may_die_in_the_middle_of_a_turn_and_what_the_turn_had_sent_dies_with_it()
    {
        var (before, after, received) = (0, 0, 0);
        var host = new Host(_loop, "s1");
        var other = host.Start("other", (_, _) => received++);
        var actor = host.Start("worker", (_, _) =>
        {
            other.Tell("hello");
            before++;
            host.Step("write");
            after++;
        });
        host.CrashAtStep(2, _ => host.Kill());

        host.Tell(actor, "once");
        _loop.RunFor(Ms(10));
        host.Tell(actor, "twice");
        _loop.RunFor(Ms(10));

        Assert.Equal((2, 1, 1), (before, after, received));
    }

    [Fact]
    public void A_paused_host_does_nothing_and_catches_up_when_it_wakes()
    {
        var handled = new List<object>();
        var host = new Host(_loop, "s1");
        var actor = host.Start("worker", (_, message) => handled.Add(message));
        _loop.RunFor(Ms(1));
        host.Run(() => host.System.Scheduler.ScheduleTellOnce(Ms(50), actor, "tick", ActorRefs.NoSender));
        host.Tell(actor, "work");

        host.Pause();
        _loop.RunFor(Ms(1000));
        Assert.Empty(handled);

        host.Resume();
        _loop.RunFor(Ms(1));
        Assert.Contains("work", handled);

        // The thread of the timers may run a little later than those of the network.
        _loop.RunFor(host.TimerLateMax);
        Assert.Equal(["work", "tick"], handled.Order().Reverse());
    }

    [Fact]
    public void A_turn_that_waits_for_its_disk_keeps_its_actor_busy_and_sends_late()
    {
        var host = new Host(_loop, "s1");
        var heard = new List<(object, TimeSpan)>();
        var other = host.Start("other", (_, message) => heard.Add((message, _loop.Now)));
        var actor = host.Start("worker", (_, message) =>
        {
            other.Tell($"{message} before");
            host.Stall(Ms(30));
            other.Tell($"{message} after");
        });
        _loop.RunFor(Ms(1));
        var start = _loop.Now;

        host.Tell(actor, "a");
        host.Tell(actor, "b");
        _loop.RunFor(Ms(100));

        Assert.Equal(["a before", "a after", "b before", "b after"], heard.Select(one => one.Item1));
        Assert.Equal([0, 30, 30, 60], heard.Select(one => Math.Round((one.Item2 - start).TotalMilliseconds)));
    }

    [Fact]
    public void A_message_that_comes_while_a_turn_waits_is_handled_when_that_is_over()
    {
        var host = new Host(_loop, "s1");
        var heard = new List<TimeSpan>();
        var actor = host.Start("worker", (_, _) =>
        {
            heard.Add(_loop.Now);
            host.Stall(Ms(30));
        });
        _loop.RunFor(Ms(1));
        var start = _loop.Now;

        host.Tell(actor, "a");
        _loop.RunFor(Ms(10));
        host.Tell(actor, "b");   // Its mailbox was empty in between.
        _loop.RunFor(Ms(100));

        Assert.Equal([0, 30], heard.Select(at => Math.Round((at - start).TotalMilliseconds)));
    }

    [Fact]
    public void A_foreign_thread_is_counted()
    {
        var host = new Host(_loop, "s1");
        var actor = host.Start("worker", (_, _) => { });
        _loop.RunFor(Ms(1));
        Assert.Equal(0, _loop.ForeignCalls);

        var thread = new Thread(() => actor.Tell("boo"));
        thread.Start();
        thread.Join();

        Assert.Equal(1, _loop.ForeignCalls);
    }

    [Fact]
    public void A_hundred_hosts_are_made_and_abandoned_without_a_thread_or_a_wait()
    {
        for (var number = 0; number < 100; number++) new Host(_loop, $"s{number}").Kill();

        _loop.RunFor(Ms(100));

        Assert.Equal(0, _loop.ForeignCalls);
    }

    private static string TraceOfTwoPlayers(ulong seed)
    {
        var loop = new Loop(seed) { Preemption = (0.05, Ms(3)) };
        var trace = new StringWriter();
        var log = new EventLog(loop, about => (string)about) { Trace = trace };
        var host = new Host(loop, "s1");
        host.Handling = (owner, envelope) => log.Add(owner.Path.Name, "gets", envelope.Message);
        host.Run(() =>
        {
            var ann = host.System.ActorOf(ToyPlayer.Props(returns: 100), "ann");
            var bea = host.System.ActorOf(ToyPlayer.Props(returns: 100), "bea");
            ann.Tell("ball", bea);
            bea.Tell("ball", ann);
        });

        loop.RunFor(TimeSpan.FromSeconds(5));
        Assert.Equal(0, loop.ForeignCalls);
        return trace.ToString();
    }
}
