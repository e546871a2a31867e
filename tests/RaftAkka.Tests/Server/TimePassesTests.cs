using RaftAkka.Dispatch;
using RaftAkka.Protocol;
using RaftAkka.Tests.Server.Cast;
using RaftAkka.Tests.Support;
using Xunit;
using static RaftAkka.Tests.Server.Cast.Logs;

namespace RaftAkka.Tests.Server;

/// <summary>Time passes between two looks at the clock: the thread is preempted, or a garbage collection runs.</summary>
public sealed class TimePassesTests : ServerStory
{
    private ManualScheduler Scheduler => (ManualScheduler)Sys.Scheduler;

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void The_election_timer_ends_between_two_looks_and_the_server_lives(int look)
    {
        FollowsAnn(term: 5, log: [5]);
        Wait(1);
        Ann.Beats(5, Id(1, 5));   // The last that it hears of Ann: 1 ms after its timer was started.

        for (var step = 0; step < 600; step++)
        {
            var looks = 0;
            Scheduler.PassesWithALook = () => ++looks == look ? Milliseconds(2) : TimeSpan.Zero;
            Wait(1);
        }

        Scheduler.PassesWithALook = null;
        Assert.NotEqual(ServerRole.Follower, Role().Role);
    }

    [Fact]
    public void The_time_of_a_broken_connection_ends_between_two_looks_and_the_server_lives()
    {
        Settings = Settings with { Reads = ReadMode.Lease };
        FollowsAnn(term: 5, log: [5]);
        Wait(249);   // A millisecond before its promise ends.
        var looks = 0;
        Scheduler.PassesWithALook = () => ++looks == 2 ? Milliseconds(2) : TimeSpan.Zero;

        Ann.Says(new RaftAkka.Server.PeerConnectionLost(Ann.Id));

        Scheduler.PassesWithALook = null;
        Assert.Equal(5, Role().Term);
    }

    [Fact]
    public void A_delay_that_is_over_already_means_at_once()
    {
        var probe = CreateTestProbe();

        Scheduler.TellAfter(TimeSpan.FromTicks(-1), probe.Ref, "due");
        Pass(TimeSpan.Zero);

        Assert.Equal("due", probe.ReceiveOne(TimeSpan.Zero));
    }
}
