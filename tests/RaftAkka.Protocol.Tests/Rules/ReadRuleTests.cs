using Xunit;
using static RaftAkka.Protocol.Tests.Logs;
using static RaftAkka.Protocol.Tests.Membership.Clusters;

namespace RaftAkka.Protocol.Tests.Rules;

/// <summary>Reads without an entry in the log (dissertation §6.4).</summary>
public sealed class ReadRuleTests
{
    [Theory]
    [InlineData(2, 3, false)]   // Committed by an earlier leader: later entries of it may be committed, too.
    [InlineData(3, 3, true)]
    [InlineData(3, 4, false)]
    [InlineData(0, 3, false)]   // A new server knows nothing to be committed.
    public void A_leader_knows_what_is_committed_once_an_entry_of_its_term_is(int committed, int term, bool knows) =>
        Assert.Equal(knows, ReadRule.KnowsCommitted(Log(1, 1, 3), At(committed), new Term(term)));

    [Theory]
    [InlineData("a b", true)]
    [InlineData("a", false)]
    [InlineData("a d", false)]   // A learner's answer does not count.
    public void A_round_is_confirmed_by_a_majority_of_the_voters(string answered, bool isConfirmed) =>
        Assert.Equal(isConfirmed, ReadRule.Confirms(Of("a b c d+"), Ids(answered).Contains));

    [Fact]
    public void While_voters_change_both_majorities_confirm()
    {
        var joint = After(Of("a b c"), new MemberChange.Add(Member("d")), new MemberChange.Add(Member("e")));

        Assert.False(ReadRule.Confirms(joint, Ids("a d e").Contains));
        Assert.True(ReadRule.Confirms(joint, Ids("a b d").Contains));
    }
}
