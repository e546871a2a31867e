using System.Reflection;
using PublicApiGenerator;
using Xunit;

namespace RaftAkka.Tests.House;

/// <summary>
/// What applications can call is a text that a person approved: <c>PublicApi/*.approved.txt</c>. Whoever
/// changes it sees in the review what breaks for whom.
/// </summary>
public sealed class PublicApiTests
{
    private const string Folder = "tests/RaftAkka.Tests/House/PublicApi";

    private static readonly ApiGeneratorOptions Options = new()
    {
        IncludeAssemblyAttributes = false,
        ExcludeAttributes = ["System.Runtime.CompilerServices.CompilerGeneratedAttribute"],
    };

    [Theory]
    [InlineData("RaftAkka.Protocol"), InlineData("RaftAkka"), InlineData("RaftAkka.KeyValue")]
    [InlineData("RaftAkka.Hosting"), InlineData("RaftAkka.Tool")]
    public void The_public_api_is_the_approved_one(string assembly)
    {
        var approvedFile = Repository.PathOf(Folder, $"{assembly}.approved.txt");
        var receivedFile = Repository.PathOf(Folder, $"{assembly}.received.txt");
        var approved = File.Exists(approvedFile) ? Lines(File.ReadAllText(approvedFile)) : [];
        var received = Lines(Assembly.Load(assembly).GeneratePublicApi(Options));

        if (approved.SequenceEqual(received))
        {
            File.Delete(receivedFile);   // One of a change that was taken back.
            return;
        }

        File.WriteAllLines(receivedFile, received);
        Assert.Fail(
            $"""
            The public API of {assembly} is not the approved one:
            {string.Join('\n', Difference(approved, received))}
            What it is now lies in {Repository.Shown(receivedFile)}.
            If the change is meant, say in CHANGELOG.md whom it breaks, and accept it, here for all projects, from
            the repository's root:
              for f in {Folder}/*.received.txt; do mv "$f" "$(echo "$f" | sed s/received/approved/)"; done
            """);
    }

    private static List<string> Lines(string text) =>
        [.. text.Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0)];

    private static IEnumerable<string> Difference(List<string> approved, List<string> received) =>
        approved.Except(received).Select(line => $"  - {line.Trim()}")
            .Concat(received.Except(approved).Select(line => $"  + {line.Trim()}"));
}
