using Xunit;

namespace RaftAkka.Protocol.Tests;

public sealed class NamesTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("node-2.rack_B.9")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123")]
    public void A_name_has_1_to_64_letters_digits_dots_dashes_or_underscores(string name)
    {
        Assert.Equal(name, new ServerId(name).Value);
        Assert.Equal(name, new ClusterId(name).ToString());
        Assert.Equal(name, new GroupName(name).ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("ä")]
    [InlineData("a\n")]
    [InlineData("01234567890123456789012345678901234567890123456789012345678901234")]
    public void Any_other_name_is_refused_in_words(string name)
    {
        var refused = Assert.Throws<ArgumentException>(() => new ServerId(name));

        Assert.Contains($"'{name}' cannot be a server id", refused.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new ClusterId(name));
        Assert.Throws<ArgumentException>(() => new GroupName(name));
    }

    [Fact]
    public void No_name_at_all_is_refused() => Assert.Throws<ArgumentNullException>(() => new ServerId(null!));

    [Fact]
    public void A_name_that_was_never_set_is_empty()
    {
        Assert.Equal("", default(ServerId).Value);
        Assert.Equal("", default(ClusterId).Value);
        Assert.Equal("", default(GroupName).Value);
    }

    [Fact]
    public void Servers_are_ordered_the_same_in_every_culture()
    {
        ServerId[] inOrder = [new("B"), new("Z"), new("_"), new("a"), new("b")];

        Assert.Equal(inOrder, inOrder.Reverse().Order());
        Assert.True(new ServerId("B") < new ServerId("a") && new ServerId("a") > new ServerId("B"));
        Assert.True(new ServerId("a") <= new ServerId("a") && new ServerId("a") >= new ServerId("a"));
    }
}
