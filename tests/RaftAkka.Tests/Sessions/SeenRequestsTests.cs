using RaftAkka.Sessions;
using Xunit;

namespace RaftAkka.Tests.Sessions;

public sealed class SeenRequestsTests
{
    private readonly SeenRequests _seen = new();

    [Fact]
    public void No_number_is_new_twice()
    {
        for (var number = 1; number <= 1000; number++) Assert.True(_seen.IsNew(number));
        for (var number = 1; number <= 1000; number++) Assert.False(_seen.IsNew(number));
    }

    [Fact]
    public void A_number_that_was_overtaken_is_new_until_it_comes()
    {
        Assert.True(_seen.IsNew(5));
        Assert.True(_seen.IsNew(3));
        Assert.False(_seen.IsNew(3));
        Assert.False(_seen.IsNew(5));
    }

    [Fact]
    public void A_number_that_was_overtaken_by_very_many_counts_as_seen()
    {
        for (var number = 2; number <= 257; number++) Assert.True(_seen.IsNew(number));
        Assert.False(_seen.IsNew(1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-7)]
    [InlineData(long.MinValue)]
    public void A_number_below_1_is_never_new(long number) => Assert.False(_seen.IsNew(number));
}
