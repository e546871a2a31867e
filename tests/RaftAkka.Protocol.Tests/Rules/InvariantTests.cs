using Xunit;

namespace RaftAkka.Protocol.Tests.Rules;

public sealed class InvariantTests
{
    [Fact]
    public void What_holds_passes() => Invariant.Holds(true, "the sun rises");

    [Fact]
    public void What_is_broken_says_what_should_have_held()
    {
        var broken = Assert.Throws<InvariantBrokenException>(() => Invariant.Holds(false, "a term never goes back"));

        Assert.Equal("A broken invariant: a term never goes back.", broken.Message);
    }
}
