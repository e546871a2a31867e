using Xunit;
using static RaftAkka.Protocol.Tests.Logs;

namespace RaftAkka.Protocol.Tests.Rules;

public sealed class VoteRuleTests
{
    private static readonly ServerId Ann = new("ann");
    private static readonly ServerId Bea = new("bea");

    [Theory]
    [InlineData(null, 5, true)]       // The first to ask gets it.
    [InlineData("ann", 5, true)]      // Its own vote again: the answer may have been lost.
    [InlineData("bea", 5, false)]     // Spent.
    [InlineData(null, 4, false)]      // An election that is over.
    [InlineData("ann", 4, false)]
    [InlineData(null, 6, false)]      // The server's own term must have been raised first, or the vote would be lost.
    public void A_server_spends_one_vote_per_term_and_only_in_its_own(string? vote, int term, bool granted)
    {
        var state = new HardState(new Term(5), vote is null ? null : new ServerId(vote));

        Assert.Equal(granted, VoteRule.Grants(state, Id(3, 2), Ann, new Term(term), Id(3, 2)));
    }

    [Theory]
    [InlineData(3, 2, true)]     // The same log.
    [InlineData(4, 2, true)]     // Longer.
    [InlineData(2, 2, false)]    // Shorter.
    [InlineData(1, 3, true)]     // Shorter, but of a later term: the term decides (§5.4.1).
    [InlineData(9, 1, false)]    // Longer, but of an earlier term.
    [InlineData(0, 0, false)]    // Empty.
    public void Only_a_log_that_is_at_least_as_up_to_date_wins_votes(int index, int term, bool granted)
    {
        var fresh = new HardState(new Term(5), Vote: null);

        Assert.Equal(granted, VoteRule.Grants(fresh, Id(3, 2), Ann, new Term(5), Id(index, term)));
        Assert.Equal(granted, VoteRule.WouldGrant(new Term(5), Id(3, 2), new Term(6), Id(index, term)));
    }

    [Theory]
    [InlineData(4, false)]
    [InlineData(5, false)]
    [InlineData(6, true)]
    [InlineData(9, true)]
    public void A_pre_vote_is_for_a_later_term(int proposed, bool granted) =>
        Assert.Equal(granted, VoteRule.WouldGrant(new Term(5), Id(3, 2), new Term(proposed), Id(3, 2)));

    [Fact]
    public void The_vote_of_an_empty_server_goes_to_an_empty_candidate() =>
        Assert.True(VoteRule.Grants(new HardState(new Term(1), null), EntryId.Zero, Bea, new Term(1), EntryId.Zero));
}
