using RaftAkka.Protocol;
using RaftAkka.Settings;
using Xunit;

namespace RaftAkka.Hosting.Tests;

public sealed class RaftConfigFileTests : IDisposable
{
    private const string Node = """
        raft {
          cluster-id = orders
          id = n1
          members = [{ id = n1, address = "10.0.0.1:4051" }]
          data-directory = "data/n1"
        }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("raft-config-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_file_makes_settings()
    {
        var settings = RaftConfigFile.Load(Write("node.conf", Node)).NodeSettings();

        Assert.Equal(new ServerId("n1"), settings.Server);
        Assert.Equal(Path.Combine(_folder, "data", "n1"), settings.DataDirectory);   // Not where the process started.
    }

    [Fact]
    public void Id_and_directory_of_the_command_line_win_and_may_be_missing_in_the_file()
    {
        var file = Write("cluster.conf", """
            raft { cluster-id = orders, members = [{ id = n1, address = "h:1" }, { id = n2, address = "h:2" }] }
            """);

        var settings = RaftConfigFile.Load(file).NodeSettings(new ServerId("n2"), "elsewhere");

        Assert.Equal((new ServerId("n2"), "elsewhere"), (settings.Server, settings.DataDirectory));
    }

    [Fact]
    public void An_include_is_relative_to_the_file_that_says_it()
    {
        Write("shared/deep/base.conf", "raft { heartbeat-interval = 33 ms }");
        Write("shared/cluster.conf", $"include \"deep/base.conf\"\n{Node}");
        var file = Write("nodes/node1.conf", "include \"../shared/cluster.conf\"\nraft { cluster-id = other }");

        var settings = RaftConfigFile.Load(file).NodeSettings();

        Assert.Equal("other", settings.Cluster.Value);   // What comes later wins.
        Assert.Equal(TimeSpan.FromMilliseconds(33), settings.HeartbeatInterval);
        Assert.Equal(Path.Combine(_folder, "nodes", "data", "n1"), settings.DataDirectory);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named()
    {
        var path = Path.Combine(_folder, "nowhere.conf");

        var thrown = Assert.Throws<RaftConfigurationException>(() => RaftConfigFile.Load(path));

        Assert.Equal($"{path} has 1 mistake; nothing was started:\n  The file is not there. Check its name.", thrown.Message);
    }

    [Fact]
    public void An_included_file_that_is_not_there_is_named()
    {
        var file = Write("node.conf", $"include \"clutser.conf\"\n{Node}");

        Assert.Equal("clutser.conf: The file is not there. Check its name in the include.", MistakeIn(file));
    }

    [Fact]
    public void A_directory_is_no_file() =>
        Assert.Contains("It cannot be read: ", MistakeIn(_folder), StringComparison.Ordinal);

    [Fact]
    public void A_circle_of_includes_is_told()
    {
        Write("b.conf", "include \"a.conf\"");

        Assert.Equal(
            "b.conf: It includes \"a.conf\", which includes this file. Remove one of the two.",
            MistakeIn(Write("a.conf", "include \"b.conf\"")));
    }

    [Fact]
    public void A_circle_of_substitutions_is_told() => Assert.Contains(
        "leads back to itself", MistakeIn(Write("node.conf", "akka.loglevel = ${akka.loglevel}")), StringComparison.Ordinal);

    [Theory]
    [InlineData("raft {\n id = n1\n", "Line 1: '{' is never closed.")]
    [InlineData("raft { id = n1 }\n}", "Line 2: This '}' closes nothing")]
    [InlineData(
        "a = \"b:c\"\nraft { address = 127.0.0.1:4051 }", "Line 2: It is no HOCON that Akka.NET reads: Could not parse an unquoted")]
    [InlineData("raft {\n id = ${nobody} }", "Line 2: ${nobody} is neither a key of the file nor a variable of the environment.")]
    [InlineData("\nraft { client { timeout = 1 s }, id = n1 }", "Line 2: It is no HOCON that Akka.NET reads from here on.")]
    [InlineData("a = 1\nraft { members = [ { id = n1 } { id = n2 } ] }", "Line 2: Two sections of a list stand side by side")]
    public void What_is_no_HOCON_is_one_clear_message(string text, string expected)
    {
        var mistake = MistakeIn(Write("node.conf", text));

        Assert.Contains(expected, mistake, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', mistake);
    }

    [Fact]
    public void A_mistake_in_an_included_file_is_told_with_that_files_name()
    {
        Write("cluster.conf", "raft {\n  cluster-id = [\n}\n");

        Assert.StartsWith(
            "cluster.conf: Line 3: This '}' cannot close the '[' of line 2.",
            Assert.Throws<RaftConfigurationException>(
                () => RaftConfigFile.Load(Write("node.conf", "include \"cluster.conf\""))).Mistakes[0],
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_byte_order_mark_is_no_part_of_the_first_key()
    {
        var file = Path.Combine(_folder, "node.conf");
        File.WriteAllText(file, Node, new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: true));

        Assert.Equal("orders", RaftConfigFile.Load(file).NodeSettings().Cluster.Value);
    }

    [Fact]
    public void Settings_of_Akka_come_along() => Assert.Equal(
        "DEBUG", RaftConfigFile.Load(Write("node.conf", "akka.loglevel = DEBUG")).Config.GetString("akka.loglevel"));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void The_sample_servers_are_right(int number)
    {
        var settings = RaftConfigFile.Load(Sample($"node{number}.conf")).NodeSettings();

        Assert.Equal($"n{number}", settings.Server.Value);
        Assert.Equal(
            [4051, 4052, 4053, 4054, 4055], settings.Members.Select(member => int.Parse(member.Address.Split(':')[1])));
        Assert.EndsWith(Path.Combine("hocon", "data", $"n{number}"), settings.DataDirectory, StringComparison.Ordinal);
    }

    [Fact]
    public void The_sample_client_fits_the_sample_servers()
    {
        var client = RaftConfigFile.Load(Sample("client.conf")).ClientSettings();
        var server = RaftConfigFile.Load(Sample("node1.conf")).NodeSettings();

        Assert.Equal(server.Cluster, client.Cluster);
        Assert.Equal(server.Group, client.Group);
        Assert.Subset(
            server.Members.Select(member => member.Address).ToHashSet(), client.Seeds.ToHashSet());
    }

    [Theory]
    [InlineData("cluster.conf")]
    [InlineData("client.conf")]
    public void The_defaults_that_the_samples_show_are_the_defaults(string name)
    {
        // Every commented setting is put to work: it must be a setting, and change nothing.
        var shown = File.ReadAllLines(Sample(name)).Select(line =>
            System.Text.RegularExpressions.Regex.Replace(line, @"^( *)# ([a-z-]+ (= \S+( \S+)?|\{ .* \}))$", "$1$2"));
        var file = Write(name, string.Join('\n', shown));
        Assert.NotEqual(File.ReadAllText(Sample(name)), File.ReadAllText(file));

        if (name == "client.conf")
        {
            var (with, without) = (RaftConfigFile.Load(file).ClientSettings(), RaftConfigFile.Load(Sample(name)).ClientSettings());
            Assert.Equal(without with { Seeds = [] }, with with { Seeds = [] });
        }
        else
        {
            var id = new ServerId("n1");
            var with = RaftConfigFile.Load(file).NodeSettings(id, "d");
            var without = RaftConfigFile.Load(Sample(name)).NodeSettings(id, "d");
            Assert.Equal(without with { Members = [] }, with with { Members = [] });
        }
    }

    private static string MistakeIn(string file) =>
        Assert.Single(Assert.Throws<RaftConfigurationException>(() => RaftConfigFile.Load(file)).Mistakes);

    private string Write(string name, string text)
    {
        var file = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        return file;
    }

    private static string Sample(string name) => Path.Combine(AppContext.BaseDirectory, "hocon", name);

    [Fact]
    public void A_substitution_may_come_from_the_environment()
    {
        using var set = new Variables(("RAFT_TEST_ID", "n7"), ("RAFT_TEST_PORT", "4057"), ("RAFT_TEST_ODD", "a \"b\" \\c"));
        var file = RaftConfigFile.Load(Write("node.conf", """
            odd = ${RAFT_TEST_ODD}
            raft {
              cluster-id = orders
              id = n1
              id = ${?RAFT_TEST_ID}
              members = [{ id = ${RAFT_TEST_ID}, address = "10.0.0.1:"${RAFT_TEST_PORT} }]
              data-directory = "${RAFT_TEST_ID}"   # ${?RAFT_TEST_ID} in a comment, or in quotes, is text
            }
            """));

        var settings = file.NodeSettings();

        Assert.Equal(("n7", "10.0.0.1:4057"), (settings.Server.Value, settings.Members[0].Address));
        Assert.EndsWith("${RAFT_TEST_ID}", settings.DataDirectory, StringComparison.Ordinal);
        Assert.Equal("a \"b\" \\c", file.Config.GetString("odd"));
    }

    [Fact]
    public void An_optional_substitution_that_is_missing_leaves_what_was_there()
    {
        var settings = RaftConfigFile.Load(Write("node.conf", Node + """

            raft { id = ${?RAFT_TEST_NOT_SET}, heartbeat-interval = 33 ms }
            raft.group = "a"${?RAFT_TEST_NOT_SET}
            """)).NodeSettings();

        Assert.Equal(
            ("n1", 33, "a"), (settings.Server.Value, settings.HeartbeatInterval.TotalMilliseconds, settings.Group.Value));
    }

    [Fact]
    public void A_key_of_the_file_comes_before_the_environment()
    {
        using var set = new Variables(("RAFT_TEST_NAME", "of-environment"));
        var file = Write("node.conf", """
            RAFT_TEST_NAME = of-file
            raft { cluster-id = ${?RAFT_TEST_NAME}, group = ${RAFT_TEST_NAME} }
            own { name = ${?raft.group} }
            """);

        var config = RaftConfigFile.Load(file).Config;

        Assert.Equal(
            ("of-file", "of-file", "of-file"),
            (config.GetString("raft.cluster-id"), config.GetString("raft.group"), config.GetString("own.name")));
    }

    [Fact]
    public void An_element_of_a_list_cannot_be_missing() => Assert.StartsWith(
        "Line 2: An element of a list cannot be missing.",
        MistakeIn(Write("node.conf", "a = 1\nraft.client.seeds = [ ${?RAFT_TEST_NOT_SET}, \"h:1\" ]")), StringComparison.Ordinal);

    /// <summary>Variables of the environment, with names that nothing else uses, for as long as a test runs.</summary>
    private sealed class Variables : IDisposable
    {
        private readonly (string Name, string Value)[] _variables;

        public Variables(params (string Name, string Value)[] variables)
        {
            _variables = variables;
            foreach (var (name, value) in variables) Environment.SetEnvironmentVariable(name, value);
        }

        public void Dispose()
        {
            foreach (var (name, _) in _variables) Environment.SetEnvironmentVariable(name, null);
        }
    }
}
