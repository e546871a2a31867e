using Xunit;

namespace RaftAkka.Tests.House;

/// <summary>The README's programs are files that are compiled, and tested, here.</summary>
public sealed class ReadmeTests
{
    [Theory]
    [InlineData("tests/RaftAkka.Hosting.Tests/Examples/OrdersProgram.cs")]
    [InlineData("tests/RaftAkka.Tests/Examples/ReplacingAServer.cs")]
    [InlineData("tests/RaftAkka.Tests/Examples/TicketDesk.cs")]
    [InlineData("tests/RaftAkka.Tests/Examples/TestingYourServiceTests.cs")]
    public void The_readme_shows_an_example_as_it_is(string file)
    {
        var readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));
        var example = File.ReadAllText(Path.Combine(Repository.Root, file)).Trim();

        Assert.Contains($"```csharp\n{example}\n```", readme, StringComparison.Ordinal);
    }
}
