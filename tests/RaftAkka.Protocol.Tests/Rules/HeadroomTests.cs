using Xunit;

namespace RaftAkka.Protocol.Tests.Rules;

public sealed class HeadroomTests
{
    [Theory]
    [InlineData(5, 6, true)]
    [InlineData(5, 1, true)]
    [InlineData(5, 5 + (1L << 32), true)]
    [InlineData(5, 6 + (1L << 32), false)]
    [InlineData(0, 1L << 59, true)]           // A new server, of a cluster that went far.
    [InlineData(0, (1L << 59) + 1, false)]
    [InlineData(1L << 59, (1L << 59) + 1, false)]
    [InlineData(5, -1, false)]
    public void A_term_is_accepted_up_to_a_limit_and_to_a_distance(long current, long heard, bool isPossible) =>
        Assert.Equal(isPossible, Headroom.IsPossibleAfter(new Term(current), new Term(heard)));

    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(1, 1, true)]
    [InlineData(0, 1, false)]
    [InlineData(1, 0, false)]
    [InlineData(1L << 59, 1L << 56, true)]
    [InlineData(1, (1L << 56) + 1, false)]
    [InlineData((1L << 59) + 1, 1, false)]
    public void A_last_entry_has_both_numbers_or_none(long term, long index, bool isPossible) =>
        Assert.Equal(isPossible, Headroom.IsPossible(new EntryId(new Term(term), new LogIndex(index))));
}
