using RaftAkka.Settings;
using Xunit;

namespace RaftAkka.Tests.Settings;

/// <summary>What Akka's parser would take without a word.</summary>
public sealed class HoconTextTests
{
    [Theory]
    [InlineData("raft {\n  id = n1\n", "Line 1: '{' is never closed.")]
    [InlineData("raft { members = [ }", "Line 1: This '}' cannot close the '[' of line 1.")]
    [InlineData("raft { }\n}\nraft { id = n1 }", "Line 2: This '}' closes nothing; what follows it would be dropped.")]
    [InlineData("a = \"open\nb = 2", "Line 1: A quoted text does not end on its line.")]
    [InlineData("a = 1\nb = \"\"\"open\n", "Line 2: a text in '\"\"\"' does not end.")]
    [InlineData("m = [ { id = n1, a = 1 } { id = n2, a = 2 } ]", "Line 1: Two sections of a list stand side by side")]
    [InlineData("m = [\n  { id = n1, a = 1, id = n2 }\n]", "Line 2: 'id' stands twice in one section of a list")]
    [InlineData("a = [1]\na += 2", "Line 2: '+='")]
    [InlineData("include file(\"a.conf\")", "Line 1: Akka.NET knows only include \"FILE\".")]
    public void A_mistake_is_told_with_its_line(string text, string expected) =>
        Assert.StartsWith(expected, HoconText.Mistakes(text)[0], StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("raft { id = n1, members = [ { a = 1 }, { b = ${x} } ] }")]
    [InlineData("# } is no bracket here\n// ] nor here\na = \"} ] ${? += # //\"\n")]
    [InlineData("a = \"an \\\" escaped } quote\"\n")]
    [InlineData("a = \"\"\"long { \n text \" [ \"\"\"\nb { }")]
    [InlineData("include \"a.conf\"\nraft { }")]
    [InlineData("m = [ { id = n1 }, { id = n2 } ]")]
    [InlineData("m = [\n  { id = n1, address = \"h:1\" }\n  { id = n2, address = \"h:2\" }\n]")]
    [InlineData("a { id = 1 } \nb = 1, b = 2")]
    public void What_is_right_is_let_through(string text) => Assert.Empty(HoconText.Mistakes(text));
}
