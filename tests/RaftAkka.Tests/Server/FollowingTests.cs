using RaftAkka.Protocol;
using RaftAkka.Tests.Server.Cast;
using Xunit;
using static RaftAkka.Tests.Server.Cast.Logs;

namespace RaftAkka.Tests.Server;

public sealed class FollowingTests : ServerStory
{
    [Fact]
    public void A_follower_spends_one_vote_per_term()
    {
        Follows(term: 4, log: [3]);

        Ann.AsksForVote(term: 5, last: Id(1, 3));
        Disk.CatchesUp();
        Assert.True(Ann.Hears<VoteReply>().Granted);

        Bea.AsksForVote(term: 5, last: Id(9, 4));
        Assert.False(Bea.Hears<VoteReply>().Granted);   // Longer log, but the vote is spent (§5.2).
    }
}
