using RaftAkka.UserCode;
using Xunit;

namespace RaftAkka.Tests.UserCode;

public sealed class UserFailureTests
{
    [Fact]
    public void An_ordinary_exception_is_logged_as_it_is()
    {
        var failure = new FormatException("no number");

        Assert.Same(failure, UserFailure.Printable(failure));
        Assert.Equal("FormatException: no number", UserFailure.Describe(failure));
    }

    [Fact]
    public void An_exception_whose_message_throws_is_described_by_its_type()
    {
        var printable = UserFailure.Printable(new WithoutMessage());

        Assert.Equal("WithoutMessage: (its message cannot be read: NotSupportedException)", printable.Message);
        Assert.StartsWith(printable.Message, printable.ToString());
    }

    [Fact]
    public void An_exception_whose_text_alone_throws_is_described_by_its_message()
    {
        var printable = UserFailure.Printable(new WithoutText());

        Assert.Equal("WithoutText: a message", printable.Message);
        Assert.StartsWith(printable.Message, printable.ToString());
    }

    [Fact]
    public void An_exception_without_message_or_text_is_printable()
    {
        var printable = UserFailure.Printable(new OfNothing());

        Assert.Equal("OfNothing: (no message)", printable.Message);
        Assert.Equal("OfNothing: (no message)", printable.ToString());
    }

    [Fact]
    public void A_text_longer_than_a_log_should_hold_is_cut()
    {
        var printable = UserFailure.Printable(new FormatException(new string('x', 5_000_000)));

        Assert.Equal(UserFailure.DescriptionMax, printable.Message.Length);
        Assert.Equal(UserFailure.LoggedMax, printable.ToString().Length);
    }

    private sealed class WithoutMessage : Exception
    {
        public override string Message => throw new NotSupportedException();
    }

    private sealed class WithoutText() : Exception("a message")
    {
        public override string ToString() => throw new NotSupportedException();
    }

    private sealed class OfNothing : Exception
    {
        public override string Message => null!;

        public override string ToString() => null!;
    }
}
