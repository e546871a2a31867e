using Xunit;
using static RaftAkka.Protocol.Tests.Logs;

namespace RaftAkka.Protocol.Tests.Rules;

/// <summary>Figure 7 of the paper: what a new leader of term 8 may find, and how each log becomes its own.</summary>
public sealed class Figure7Tests
{
    private static readonly int[] Leader = [1, 1, 1, 4, 4, 5, 5, 6, 6, 6];

    [Theory]
    [InlineData("a", new[] { 1, 1, 1, 4, 4, 5, 5, 6, 6 }, 1)]
    [InlineData("b", new[] { 1, 1, 1, 4 }, 1)]
    [InlineData("c", new[] { 1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6 }, 0)]
    [InlineData("d", new[] { 1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7 }, 0)]
    [InlineData("e", new[] { 1, 1, 1, 4, 4, 4, 4 }, 2)]
    [InlineData("f", new[] { 1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3 }, 1)]
    public void Every_follower_ends_with_the_leaders_log(string name, int[] terms, int rejections)
    {
        int[] leaderTerms = [.. Leader, 8];   // Its first entry of its own term (§8).
        var leader = Log(leaderTerms);
        var follower = Log(terms);

        Assert.Equal((name, rejections), (name, Repair(leader, leaderTerms, follower)));

        Assert.Equal(leader.Last, follower.Last);
        Assert.All(Enumerable.Range(1, leaderTerms.Length),
            index => Assert.Equal(leader.TermAt(At(index)), follower.TermAt(At(index))));
    }

    [Theory]
    [InlineData(1, 300)]
    [InlineData(2, 300)]
    [InlineData(3, 300)]
    public void Any_two_logs_come_to_agree_within_a_rejection_per_term(int seed, int rounds)
    {
        var random = new Random(seed);
        for (var round = 0; round < rounds; round++)
        {
            // Log Matching (§5.3) holds among real logs: they share a beginning, and from there on no term.
            var common = Terms(random, random.Next(6), from: 1, step: 1);
            var ahead = common.Length == 0 ? 1 : common[^1];
            int[] leaderTerms = [.. common, .. Terms(random, random.Next(8), ahead + 1, step: 2), ahead + 40];
            int[] followerTerms = [.. common, .. Terms(random, random.Next(8), ahead + 2, step: 2)];
            var (leader, follower) = (Log(leaderTerms), Log(followerTerms));

            var rejections = Repair(leader, leaderTerms, follower);

            Assert.Equal(leader.Last, follower.Last);
            Assert.All(Enumerable.Range(1, leaderTerms.Length),
                index => Assert.Equal(leader.TermAt(At(index)), follower.TermAt(At(index))));
            Assert.InRange(rejections, 0, followerTerms.Distinct().Count() + 1);
        }
    }

    /// <returns>How often the follower said no.</returns>
    private static int Repair(LogTerms leader, int[] leaderTerms, LogTerms follower)
    {
        var next = leader.Last.Index;   // The leader begins with its newest entry.
        for (var rejections = 0; ; rejections++)
        {
            Assert.InRange(rejections, 0, leaderTerms.Length);
            var previous = new EntryId(leader.TermAt(next.Previous)!.Value, next.Previous);
            var entries = Entries((int)next.Value, leaderTerms[((int)next.Value - 1)..]);

            switch (LogMatching.Compare(follower, previous, entries))
            {
                case LogMatch.Gap gap:
                    next = LogIndex.Min(LogMatching.NextAfter(leader, gap.Conflict), previous.Index);
                    break;
                case LogMatch.News news:
                    follower.Append(news.Entries);
                    return rejections;
                default:
                    return rejections;
            }
        }
    }

    private static int[] Terms(Random random, int count, int from, int step)
    {
        var term = from;
        return [.. Enumerable.Range(0, count).Select(_ => term += step * random.Next(2))];
    }
}
