using RaftAkka.Tool.Cli;
using Xunit;

namespace RaftAkka.Tool.Tests;

public sealed class DurationsTests
{
    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("5s", 5_000)]
    [InlineData("1.5s", 1_500)]
    [InlineData("2m", 120_000)]
    [InlineData("3", 3_000)]
    [InlineData("1ms", 1)]
    public void A_time_has_a_unit_or_is_in_seconds(string text, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Durations.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("0")]
    [InlineData("0.1ms")]
    [InlineData("-1s")]
    [InlineData("1e9")]
    [InlineData("5 s")]
    [InlineData("5d")]
    [InlineData("1,5s")]
    [InlineData("2000m")]
    [InlineData("99999999999999999999")]
    public void Anything_else_is_no_time(string text) => Assert.Null(Durations.Parse(text));
}
