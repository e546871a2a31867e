using Akka.Configuration;
using RaftAkka.Client;
using RaftAkka.Settings;
using Xunit;

namespace RaftAkka.Tests.Settings;

/// <summary>Configurations that differ from a good one in what a test is about.</summary>
internal static class Written
{
    public const string Members = """
        members = [
          { id = n1, address = "10.0.0.1:4051" }
          { id = n2, address = "10.0.0.2:4051" }
          { id = n3, address = "10.0.0.3:4051" }
        ]
        """;

    public static RaftNodeSettings Node(
        string more = "", string cluster = "cluster-id = orders", string id = "id = n1",
        string members = Members, string data = "data-directory = \"/data\"") =>
        RaftConfiguration.NodeSettings(
            Parse($"raft {{\n{cluster}\n{id}\n{members}\n{data}\n{more}\n}}"), "node.conf");

    public static RaftClientSettings Client(
        string more = "", string cluster = "cluster-id = orders", string seeds = "client.seeds = [\"10.0.0.1:4051\"]") =>
        RaftConfiguration.ClientSettings(Parse($"raft {{\n{cluster}\n{seeds}\n{more}\n}}"), "client.conf");

    /// <summary>The only mistake of a configuration.</summary>
    public static string MistakeIn(Func<object> read) => Assert.Single(MistakesIn(read));

    public static IReadOnlyList<string> MistakesIn(Func<object> read) =>
        Assert.Throws<RaftConfigurationException>(read).Mistakes;

    public static Config Parse(string text) => ConfigurationFactory.ParseString(text);
}
