using Xunit;
using static RaftAkka.Protocol.Tests.Logs;

namespace RaftAkka.Protocol.Tests.Rules;

public sealed class CommitRuleTests
{
    [Fact]
    public void An_entry_of_the_own_term_on_a_majority_is_committed() =>
        Assert.Equal(At(3), CommitRule.Advance(Log(1, 2, 4), onMajority: At(3), committed: At(1), new Term(4)));

    [Fact]
    public void Figure_8_an_older_terms_entry_on_a_majority_is_not_committed()
    {
        // (c): S1 leads term 4 and has brought the entry of term 2 to a majority. S5 may still overwrite it (d).
        var s1 = Log(1, 2, 4);
        Assert.Equal(At(1), CommitRule.Advance(s1, onMajority: At(2), committed: At(1), new Term(4)));

        // (e): with an entry of term 4 on a majority, S5 cannot win: that entry and all before it are committed.
        Assert.Equal(At(3), CommitRule.Advance(s1, onMajority: At(3), committed: At(1), new Term(4)));
    }

    [Fact]
    public void The_commit_index_never_goes_back() =>
        Assert.Equal(At(3), CommitRule.Advance(Log(4, 4, 4), onMajority: At(1), committed: At(3), new Term(4)));

    [Fact]
    public void Nothing_on_a_majority_commits_nothing() =>
        Assert.Equal(At(0), CommitRule.Advance(Log(), onMajority: At(0), committed: At(0), Term.Zero));

    [Theory]
    [InlineData(2, 9, 5, 5)]   // No further than the message at hand proves.
    [InlineData(2, 4, 5, 4)]   // No further than the leader.
    [InlineData(5, 4, 4, 5)]   // Never back: a late message.
    [InlineData(5, 9, 3, 5)]
    public void A_follower_commits_what_the_leader_has_committed_and_the_message_proves(
        int committed, int leaderCommit, int proven, int expected) =>
        Assert.Equal(At(expected), CommitRule.Follow(At(committed), At(leaderCommit), At(proven)));
}
