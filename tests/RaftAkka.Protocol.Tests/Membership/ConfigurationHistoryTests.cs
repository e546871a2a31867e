using Xunit;
using static RaftAkka.Protocol.Tests.Membership.Clusters;

namespace RaftAkka.Protocol.Tests.Membership;

public sealed class ConfigurationHistoryTests
{
    private readonly ConfigurationHistory _history = new(LogIndex.Zero, Of("a"));

    [Fact]
    public void A_configuration_counts_from_when_it_is_appended_until_its_entry_is_replaced()
    {
        _history.OnAppended(new(3), Of("a b"));
        _history.OnAppended(new(7), Of("a b c"));
        Assert.Equal(("(a b c)", 7), Latest());

        Assert.False(_history.OnTruncated(new(8)));
        Assert.True(_history.OnTruncated(new(7)));
        Assert.Equal(("(a b)", 3), Latest());

        Assert.True(_history.OnTruncated(new(1)));
        Assert.Equal(("(a)", 0), Latest());
    }

    [Fact]
    public void A_snapshot_gets_what_was_in_effect_at_its_end()
    {
        _history.OnAppended(new(3), Of("a b"));
        _history.OnAppended(new(7), Of("a b c"));

        Assert.Equal(["(a)", "(a b)", "(a b)", "(a b c)", "(a b c)"],
            new[] { 2, 3, 6, 7, 9 }.Select(at => $"{_history.At(new(at)).Configuration}"));
    }

    [Fact]
    public void What_is_committed_is_not_taken_back()
    {
        _history.OnAppended(new(3), Of("a b"));
        _history.OnAppended(new(7), Of("a b c"));
        _history.ForgetBefore(new(5));

        Assert.True(_history.OnTruncated(new(1)));

        Assert.Equal(("(a b)", 3), Latest());
    }

    [Theory]
    [InlineData("a", 3, CampaignRight.AfterAllOthers)]
    [InlineData("a", 7, CampaignRight.None)]   // The change that took its vote is committed.
    [InlineData("a", 8, CampaignRight.None)]
    [InlineData("b", 8, CampaignRight.Full)]
    [InlineData("o", 0, CampaignRight.None)]   // The change before the last one is: leaders begin no other before.
    [InlineData("x", 0, CampaignRight.None)]
    public void Who_lost_its_vote_may_be_needed_until_that_is_committed(string server, int committed, CampaignRight right)
    {
        var history = new ConfigurationHistory(LogIndex.Zero, Of("o"));
        history.OnAppended(new(3), Of("a b"));
        history.OnAppended(new(7), Of("b"));
        history.OnAppended(new(8), Of("b").WithDisks(_ => new DiskId(5)));

        Assert.Equal(right, history.RightOf(new ServerId(server), new LogIndex(committed)));
    }

    [Fact]
    public void A_snapshot_takes_the_place_of_what_lies_before_its_end()
    {
        _history.OnAppended(new(3), Of("a b"));
        _history.OnAppended(new(7), Of("a b c"));

        Assert.False(_history.Restart(new(5), new(4), Of("a x")));
        Assert.Equal(("(a b c)", 7), Latest());
        Assert.True(_history.OnTruncated(new(6)));
        Assert.Equal(("(a x)", 4), Latest());

        Assert.True(_history.Restart(new(9), new(8), Of("y")));
        Assert.Equal(("(y)", 8), Latest());
    }

    [Fact]
    public void Two_configurations_cannot_have_one_entry()
    {
        _history.OnAppended(new(3), Of("a b"));

        Assert.Throws<InvariantBrokenException>(() => _history.OnAppended(new(3), Of("a")));
    }

    private (string, long) Latest() => ($"{_history.Latest}", _history.LatestIndex.Value);
}
