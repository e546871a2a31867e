using RaftAkka.Tool.Bench;
using Xunit;

namespace RaftAkka.Tool.Tests.Bench;

public sealed class BenchArgumentTests
{
    private readonly Calling _call = new();

    [Fact]
    public void Without_options_it_is_a_hundred_puts_in_flight()
    {
        _call.With("bench", "--seed", "h:1");

        Assert.Equal(new BenchSettings(), _call.Bench!.Settings);
        Assert.Equal(["h:1"], _call.Bench.Target.Seeds);
        Assert.False(_call.Bench.Json);
    }

    [Fact]
    public void The_options_say_what_is_run()
    {
        _call.With(
            "bench", "--config", "c.conf", "--op", "mixed", "--reads", "90", "--in-flight", "64", "--rate", "2.5",
            "--value-bytes", "16", "--keys", "7", "--distribution", "zipf", "--clients", "3", "--warm-up", "500ms",
            "--seconds", "30m", "--timeout", "3s", "--no-verify", "--json");

        Assert.Equal(
            new BenchSettings
            {
                Operation = BenchOperation.Mixed, MixedReadsPercent = 90, InFlight = 64, Rate = 2.5, ValueBytes = 16, Keys = 7,
                Distribution = KeyDistribution.Zipf, Clients = 3, WarmUp = TimeSpan.FromMilliseconds(500),
                Duration = TimeSpan.FromMinutes(30), Verify = false,
            },
            _call.Bench!.Settings);
        Assert.Equal(("c.conf", TimeSpan.FromSeconds(3)), (_call.Bench.Target.ConfigFile, _call.Bench.Target.Timeout));
        Assert.True(_call.Bench.Json);
    }

    [Theory]
    [InlineData("--rate 10", 1000)]
    [InlineData("--clients 200", 200)]
    [InlineData("--rate 10 --in-flight 5", 5)]
    public void What_is_in_flight_goes_with_the_rest(string options, int inFlight)
    {
        _call.With(["bench", "--seed", "h:1", .. options.Split(' ')]);

        Assert.Equal(inFlight, _call.Bench!.Settings.InFlight);
    }

    [Theory]
    [InlineData("", "by --seed HOST:PORT")]
    [InlineData("--seed h:1 --op post", "put, get, mixed")]
    [InlineData("--seed h:1 --reads 50", "--op mixed")]
    [InlineData("--seed h:1 --op mixed --reads 101", "from 0 to 100")]
    [InlineData("--seed h:1 --in-flight 0", "'0' operations in flight")]
    [InlineData("--seed h:1 --rate 0", "'0' per second")]
    [InlineData("--seed h:1 --rate -1", "'-1' per second")]
    [InlineData("--seed h:1 --value-bytes 1048577", "from 0 to 1048576")]
    [InlineData("--seed h:1 --keys 0", "'0' keys")]
    [InlineData("--seed h:1 --distribution normal", "uniform, zipf, sequential")]
    [InlineData("--seed h:1 --clients 5 --in-flight 4", "5 clients cannot share 4")]
    [InlineData("--seed h:1 --seconds never", "'never' is no time")]
    public void A_wrong_option_is_status_2(string line, string complaint)
    {
        var called = _call.With(["bench", .. line.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

        Assert.Equal((2, ""), (called.Status, called.Out));
        Assert.Contains(complaint, called.Error, StringComparison.Ordinal);
        Assert.Null(_call.Bench);
    }
}
