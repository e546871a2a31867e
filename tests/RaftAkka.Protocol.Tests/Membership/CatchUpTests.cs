using Xunit;

namespace RaftAkka.Protocol.Tests.Membership;

public sealed class CatchUpTests
{
    private readonly CatchUp _learner = new(new LogIndex(1000), now: default, electionTimeout: Ms(150));

    [Fact]
    public void A_learner_has_caught_up_when_a_round_was_short()
    {
        _learner.OnMatched(new(999), last: new(2000), Ms(800));
        Assert.Equal((1, false), (_learner.Round, _learner.HasCaughtUp));

        _learner.OnMatched(new(1000), last: new(2000), Ms(900));      // 900 ms for the first round.
        Assert.Equal((2, false), (_learner.Round, _learner.HasCaughtUp));

        _learner.OnMatched(new(2000), last: new(2050), Ms(1100));     // 200 ms.
        Assert.Equal((3, false), (_learner.Round, _learner.HasCaughtUp));

        _learner.OnMatched(new(2051), last: new(2060), Ms(1140));     // 40 ms.
        Assert.Equal((4, true), (_learner.Round, _learner.HasCaughtUp));
    }

    [Fact]
    public void One_that_falls_back_has_to_catch_up_again()
    {
        _learner.OnMatched(new(1000), last: new(1001), Ms(100));
        Assert.True(_learner.HasCaughtUp);

        _learner.OnMatched(new(1001), last: new(1002), Ms(250));   // An election timeout is not less than one.
        Assert.False(_learner.HasCaughtUp);
    }

    private static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
