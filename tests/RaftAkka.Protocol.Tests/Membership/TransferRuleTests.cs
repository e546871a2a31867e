using Xunit;
using static RaftAkka.Protocol.Tests.Membership.Clusters;

namespace RaftAkka.Protocol.Tests.Membership;

public sealed class TransferRuleTests
{
    [Theory]
    [InlineData("a b c", "b=5 c=7", "c")]
    [InlineData("a b c", "b=7 c=7", "b")]
    [InlineData("a b c", "c=1", "c")]              // Nothing was heard of b.
    [InlineData("a b c+ d~", "b=1 c=9 d=9", "b")]  // Who does not vote cannot lead.
    [InlineData("a b c", "", null)]
    [InlineData("a", "a=9", null)]
    public void The_most_up_to_date_voter_is_the_best(string members, string matched, string? best) =>
        Assert.Equal(best, TransferRule.Best(Of(members), Id("a"), Matched(matched))?.Value);

    [Fact]
    public void Who_is_to_lead_rather_comes_first()
    {
        var configuration = After(Of("a b c"), new MemberChange.SetPriority(Id("b"), 1));

        Assert.Equal(Id("b"), TransferRule.Best(configuration, Id("a"), Matched("b=1 c=9")));
    }

    [Theory]
    [InlineData("b", null)]
    [InlineData("a", "'a' leads already")]
    [InlineData("c", "'c' does not vote, so it cannot lead")]
    [InlineData("x", "'x' is no member of (a b c+)")]
    public void A_target_has_to_be_another_voter(string target, string? problem) =>
        Assert.Equal(problem, TransferRule.Problem(Of("a b c+"), Id("a"), Id(target)));

    [Fact]
    public void Who_is_about_to_leave_cannot_take_over()
    {
        var joint = After(Of("a b c"), new MemberChange.Remove(Id("c")));

        Assert.NotNull(TransferRule.Problem(joint, Id("a"), Id("c")));
        Assert.Equal(Id("b"), TransferRule.Best(joint, Id("a"), Matched("b=1 c=9")));
    }

    private static Func<ServerId, LogIndex?> Matched(string text) => id => text
        .Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .Select(part => part.Split('='))
        .Where(part => part[0] == id.Value)
        .Select(part => (LogIndex?)new LogIndex(int.Parse(part[1], System.Globalization.CultureInfo.InvariantCulture)))
        .FirstOrDefault();
}
