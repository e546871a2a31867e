using RaftAkka.Protocol;
using RaftAkka.Server;
using Xunit;

namespace RaftAkka.Tests.Server;

public sealed class DiskHealthTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(500);

    private readonly DiskHealth _health = new(Timeout);

    [Fact]
    public void A_disk_is_slow_while_its_oldest_write_has_waited_for_the_timeout()
    {
        Assert.Equal(DiskState.Healthy, _health.StateAt(null, At(10)));
        Assert.Equal(DiskState.Healthy, _health.StateAt(At(10), At(10.4)));
        Assert.Equal(DiskState.Slow, _health.StateAt(At(10), At(10.5)));
    }

    [Fact]
    public void Each_event_is_told_once()
    {
        Assert.True(_health.OnFull("no space"));
        Assert.False(_health.OnFull("no space"));
        Assert.True(_health.OnSpace());
        Assert.False(_health.OnSpace());

        Assert.True(_health.ReportSlow(DiskState.Slow, At(1)));
        Assert.Null(_health.ReportSlow(DiskState.Slow, At(2)));
        Assert.False(_health.ReportSlow(DiskState.Healthy, At(3)));
        Assert.Null(_health.ReportSlow(DiskState.Healthy, At(4)));
    }

    [Fact]
    public void A_disk_that_is_slow_every_few_seconds_is_told_once_a_minute()
    {
        Assert.True(_health.ReportSlow(DiskState.Slow, At(1)));
        Assert.False(_health.ReportSlow(DiskState.Healthy, At(3)));
        Assert.Null(_health.ReportSlow(DiskState.Slow, At(5)));
        Assert.Null(_health.ReportSlow(DiskState.Healthy, At(7)));

        Assert.True(_health.ReportSlow(DiskState.Slow, At(62)));
    }

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);
}
