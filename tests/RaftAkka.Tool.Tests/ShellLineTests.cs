using RaftAkka.Tool.Shell;
using Xunit;

namespace RaftAkka.Tool.Tests;

public sealed class ShellLineTests
{
    [Theory]
    [InlineData("put k v", "put|k|v")]
    [InlineData("  put\tk   v  ", "put|k|v")]
    [InlineData("put k \"hello world\"", "put|k|hello world")]
    [InlineData("put k 'hello \"world\" \\n'", "put|k|hello \"world\" \\n")]
    [InlineData("put k \"a\\nb\\tc\\\"d\\\\e\\q\"", "put|k|a\nb\tc\"d\\e\\q")]
    [InlineData("put k \"\"", "put|k|")]
    [InlineData("put k ''", "put|k|")]
    [InlineData("put k a\"b c\"d", "put|k|ab cd")]
    [InlineData("put k #1", "put|k")]
    [InlineData("put k a#1", "put|k|a#1")]
    [InlineData("# a comment", "")]
    [InlineData("", "")]
    public void A_line_becomes_words(string line, string words)
    {
        var (split, error) = ShellLine.Split(line);

        Assert.Null(error);
        Assert.Equal(words, string.Join('|', split));
    }

    [Theory]
    [InlineData("put k \"open", "double quote")]
    [InlineData("put k \"open\\", "double quote")]
    [InlineData("put k 'open", "single quote")]
    public void A_quote_has_to_be_closed(string line, string complaint)
    {
        var (words, error) = ShellLine.Split(line);

        Assert.Empty(words);
        Assert.Contains(complaint, error, StringComparison.Ordinal);
    }
}
