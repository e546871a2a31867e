using System.Reflection;
using System.Xml.Linq;
using Xunit;

namespace RaftAkka.Tests.House;

/// <summary>
/// Which project may lean on which. An arrow that is not here is not to be drawn by a convenient using.
/// </summary>
public sealed class ArchitectureTests
{
    private static readonly Dictionary<string, Arrows> Allowed = new()
    {
        ["RaftAkka.Protocol"] = new([], []),
        ["RaftAkka"] = new(["RaftAkka.Protocol"], ["Akka", "Akka.Remote", "Google.Protobuf", "Grpc.Tools"]),
        ["RaftAkka.KeyValue"] = new(["RaftAkka.Protocol", "RaftAkka"], []),
        ["RaftAkka.Hosting"] = new(["RaftAkka"], ["Akka.Hosting", "Akka.Remote.Hosting"]),
        ["RaftAkka.Tool"] = new(
            ["RaftAkka.Hosting", "RaftAkka.KeyValue"],
            ["System.CommandLine", "Microsoft.Extensions.Hosting", "HdrHistogram"]),
    };

    public static TheoryData<string> Projects => [.. Allowed.Keys];

    [Fact]
    public void Every_project_has_its_place() =>
        Assert.Equal(
            Allowed.Keys.Order(StringComparer.Ordinal),
            Directory.EnumerateDirectories(Repository.PathOf("src")).Select(Path.GetFileName)
                .Order(StringComparer.Ordinal));

    [Theory, MemberData(nameof(Projects))]
    public void A_project_references_only_what_its_place_allows(string project)
    {
        var file = XDocument.Load(Repository.PathOf("src", project, $"{project}.csproj"));
        var projects = Included(file, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path));

        Assert.Empty(projects.Except(Allowed[project].Projects));
        Assert.Empty(Included(file, "PackageReference").Except(Allowed[project].Packages));
    }

    // References are transitive: a project file without an arrow does not mean that no code draws it.
    [Theory, MemberData(nameof(Projects))]
    public void A_project_uses_no_more_than_what_can_be_reached_by_the_arrows(string project)
    {
        var used = Assembly.Load(project).GetReferencedAssemblies().Select(name => name.Name!)
            .Where(name => name.StartsWith("RaftAkka", StringComparison.Ordinal));

        Assert.Empty(used.Except(Reached(project)));
    }

    [Theory]
    [InlineData("RaftAkka.Protocol", "Akka"), InlineData("RaftAkka.Protocol", "Google.Protobuf")]
    [InlineData("RaftAkka", "Akka.Hosting"), InlineData("RaftAkka", "Microsoft.Extensions")]
    [InlineData("RaftAkka.KeyValue", "Google.Protobuf"), InlineData("RaftAkka.KeyValue", "Akka.Hosting")]
    public void A_project_does_not_know(string project, string library) =>
        Assert.DoesNotContain(
            Assembly.Load(project).GetReferencedAssemblies(),
            name => name.Name!.StartsWith(library, StringComparison.Ordinal));

    [Fact]
    public void The_protocol_uses_nothing_but_dotnet_itself() =>
        Assert.All(
            Assembly.Load("RaftAkka.Protocol").GetReferencedAssemblies(),
            name => Assert.StartsWith("System.", name.Name!, StringComparison.Ordinal));

    private static IEnumerable<string> Reached(string project) =>
        Allowed[project].Projects.SelectMany(next => Reached(next).Prepend(next));

    private static IEnumerable<string> Included(XDocument file, string kind) =>
        file.Descendants(kind).Select(element => element.Attribute("Include")!.Value);

    private sealed record Arrows(string[] Projects, string[] Packages);
}
