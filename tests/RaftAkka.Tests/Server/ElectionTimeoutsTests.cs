using RaftAkka.Server;
using Xunit;

namespace RaftAkka.Tests.Server;

public sealed class ElectionTimeoutsTests
{
    private static readonly TimeSpan Min = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Max = TimeSpan.FromMilliseconds(500);

    [Fact]
    public void Each_wait_is_drawn_anew_between_the_two_limits()
    {
        var timeouts = new ElectionTimeouts(Min, Max, new Random(61));
        var draws = Enumerable.Range(0, 200).Select(_ => timeouts.Draw()).ToArray();

        Assert.All(draws, draw => Assert.InRange(draw, Min, Max));
        Assert.True(draws.Max() - draws.Min() > TimeSpan.FromMilliseconds(200));   // Not all alike: §5.2.
    }

    [Fact]
    public void The_wait_after_a_broken_connection_is_a_fraction_of_the_shortest()
    {
        var timeouts = new ElectionTimeouts(Min, Max, new Random(62));

        Assert.All(Enumerable.Range(0, 200),
            _ => Assert.InRange(timeouts.DrawShort(), Min * 0.1, Min * 0.3));
    }

    [Fact]
    public void The_same_seed_draws_the_same_waits()
    {
        var (one, other) = (new ElectionTimeouts(Min, Max, new Random(63)), new ElectionTimeouts(Min, Max, new Random(63)));

        Assert.Equal(Enumerable.Range(0, 20).Select(_ => one.Draw()), Enumerable.Range(0, 20).Select(_ => other.Draw()));
    }
}
