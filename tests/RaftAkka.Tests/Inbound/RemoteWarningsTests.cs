using System.Net;
using Akka.Event;
using Akka.TestKit.Xunit2;
using RaftAkka.Inbound;
using Xunit;

namespace RaftAkka.Tests.Inbound;

public sealed class RemoteWarningsTests : TestKit
{
    private readonly RemoteWarnings _warnings;
    private TimeSpan _now = TimeSpan.FromHours(1);

    public RemoteWarningsTests() : base("akka { loglevel = WARNING, stdout-loglevel = OFF, loggers = [] }")
    {
        _warnings = new RemoteWarnings(Sys.Log, () => _now);
        Sys.EventStream.Subscribe(TestActor, typeof(Warning));
    }

    [Fact]
    public void A_host_causes_one_line_in_a_while_and_the_next_one_counts_the_rest()
    {
        for (var n = 0; n < 1_000; n++) _warnings.Warn(Host(1), "It sent garbage.");
        Assert.Equal("It sent garbage.", Line());
        ExpectNoMsg(TimeSpan.Zero);

        _now += RemoteWarnings.Interval;
        _warnings.Warn(Host(1), "It sent garbage.");

        Assert.Equal("It sent garbage. 999 warnings like it were left out in the 10 s before.", Line());
    }

    [Fact]
    public void Many_hosts_cause_a_limited_number_of_lines()
    {
        for (var n = 0; n < 1_000; n++) _warnings.Warn(Host(n), $"{n}");

        for (var n = 0; n < RemoteWarnings.LinesMax; n++) Assert.Equal($"{n}", Line());
        ExpectNoMsg(TimeSpan.Zero);
        _now += RemoteWarnings.Interval;
        _warnings.Warn(Host(0), "0");
        Assert.Contains("980 warnings", Line(), StringComparison.Ordinal);
    }

    private string Line() => ExpectMsg<Warning>().Message.ToString()!;

    private static IPAddress Host(int n) => new([10, 0, (byte)(n >> 8), (byte)n]);
}
