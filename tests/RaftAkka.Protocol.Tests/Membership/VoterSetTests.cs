using Xunit;

namespace RaftAkka.Protocol.Tests.Membership;

public sealed class VoterSetTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 2)]
    [InlineData(4, 3)]
    [InlineData(5, 3)]
    [InlineData(6, 4)]
    [InlineData(7, 4)]
    public void A_majority_is_more_than_half(int servers, int majority)
    {
        var voters = Voters(servers);

        Assert.Equal(majority, voters.Majority);
        Assert.True(voters.HasMajority(Within(voters, majority)));
        Assert.False(voters.HasMajority(Within(voters, majority - 1)));
    }

    [Theory]
    [InlineData(new[] { 12 }, 12)]
    [InlineData(new[] { 12, 5 }, 5)]               // Two servers: both.
    [InlineData(new[] { 12, 5, 0 }, 5)]
    [InlineData(new[] { 0, 12, 12 }, 12)]
    [InlineData(new[] { 12, 0, 0 }, 0)]
    [InlineData(new[] { 9, 7, 5, 3 }, 5)]          // An even number: more than half is three.
    [InlineData(new[] { 1, 2, 3, 4, 5 }, 3)]
    [InlineData(new[] { 5, 5, 1, 1, 1 }, 1)]
    public void The_index_on_a_majority_is_the_highest_that_a_majority_has(int[] indexes, int expected)
    {
        var voters = Voters(indexes.Length);

        Assert.Equal(new LogIndex(expected), voters.OnMajority(
            voter => new LogIndex(indexes[voters.Voters.IndexOf(voter)])));
    }

    [Fact]
    public void More_voters_than_fit_the_small_case_are_counted_alike()
    {
        var voters = Voters(21);

        Assert.Equal(new LogIndex(10), voters.OnMajority(voter => new LogIndex(voters.Voters.IndexOf(voter))));
    }

    [Fact]
    public void No_voters_are_the_same_as_no_voters_only()
    {
        Assert.True(VoterSet.AreSame(null, null));
        Assert.False(VoterSet.AreSame(Voters(1), null));
        Assert.False(VoterSet.AreSame(null, Voters(1)));
        Assert.True(VoterSet.AreSame(Voters(2), Voters(2)));
        Assert.False(VoterSet.AreSame(Voters(2), Voters(3)));
    }

    [Theory]
    [InlineData(21)]
    [InlineData(22)]
    public void Counting_by_index_and_counting_by_votes_agree(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 500; round++)
        {
            var voters = Voters(random.Next(1, 9));
            var has = voters.Voters.ToDictionary(voter => voter, _ => new LogIndex(random.Next(6)));

            var onMajority = voters.OnMajority(voter => has[voter]);

            Assert.True(voters.HasMajority(voter => has[voter] >= onMajority));
            Assert.False(voters.HasMajority(voter => has[voter] > onMajority));
        }
    }

    [Fact]
    public void Voters_are_walked_in_the_order_of_their_names_however_they_were_given()
    {
        var voters = new VoterSet([new ServerId("c"), new ServerId("B"), new ServerId("a")]);

        Assert.Equal(["B", "a", "c"], voters.Voters.Select(voter => voter.Value));
        Assert.True(voters.Contains(new ServerId("c")));
        Assert.False(voters.Contains(new ServerId("C")));
    }

    [Fact]
    public void A_cluster_of_nobody_is_refused() => Assert.Throws<ArgumentException>(() => new VoterSet([]));

    [Fact]
    public void A_voter_that_comes_twice_is_refused_by_name()
    {
        var refused = Assert.Throws<ArgumentException>(() => new VoterSet([new ServerId("ann"), new ServerId("ann")]));

        Assert.Contains("ann", refused.Message, StringComparison.Ordinal);
    }

    private static VoterSet Voters(int count) => new(Enumerable.Range(0, count).Select(i => new ServerId($"s{i:00}")));

    private static Func<ServerId, bool> Within(VoterSet voters, int count) =>
        voter => voters.Voters.IndexOf(voter) < count;
}
