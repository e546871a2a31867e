using RaftAkka.Client;
using RaftAkka.Protocol;
using Xunit;

namespace RaftAkka.Tests.Settings;

public sealed class ClientSettingsTests
{
    [Fact]
    public void Every_setting_is_read_from_its_key()
    {
        var settings = Written.Client("""
            group = ledger
            client {
              server-system = my-servers
              timeout = 20 s
              server-timeout = 2 s
              keep-alive-interval = 3 s
              read-from = any
              batch-bytes-max = 2 KiB
              batches-in-flight-max = 4
              calls-in-flight-max = 5
            }
            """);

        Assert.Equal(
            new RaftClientSettings
            {
                Cluster = new ClusterId("orders"),
                Group = new GroupName("ledger"),
                Seeds = settings.Seeds,
                ServerSystem = "my-servers",
                Timeout = TimeSpan.FromSeconds(20),
                ServerTimeout = TimeSpan.FromSeconds(2),
                KeepAliveInterval = TimeSpan.FromSeconds(3),
                ReadFrom = ReadFrom.Any,
                BatchBytesMax = 2048,
                BatchesInFlightMax = 4,
                CallsInFlightMax = 5,
            },
            settings);
        Assert.Equal(["10.0.0.1:4051"], settings.Seeds);
    }

    [Fact]
    public void A_file_for_a_server_may_serve_a_client_too() =>
        Assert.Equal("orders", Written.Client($"id = n1\n{Written.Members}\nheartbeat-interval = 50 ms").Cluster.Value);

    [Theory]
    [InlineData("client.seeds = []", "raft.client.seeds is not set, and has no default.")]
    [InlineData("", "raft.client.seeds is not set, and has no default.")]
    [InlineData("client.seeds = \"10.0.0.1:4051\"", "raft.client.seeds is '10.0.0.1:4051'. It takes a list")]
    [InlineData("client.seeds = [{ id = n1 }]", "raft.client.seeds is a list of something else. It takes a list of texts")]
    [InlineData("client.seeds = [\"host\"]", "raft.client.seeds: the address \"host\" has no port.")]
    [InlineData("client.seeds = [\"h:1\", \"H:1\"]", "raft.client.seeds has the address \"h:1\" 2 times.")]
    public void Seeds_are_a_list_of_addresses(string seeds, string expected) =>
        Assert.Contains(expected, Written.MistakeIn(() => Written.Client(seeds: seeds)), StringComparison.Ordinal);

    [Theory]
    [InlineData("client.timeout = 1 s", "(1 s) is not less than raft.client.timeout (1 s)")]
    [InlineData("client.keep-alive-interval = 0 ms", "raft.client.keep-alive-interval is 0 ms")]
    [InlineData("client.server-system = \"a b\"", "raft.client.server-system is 'a b'.")]
    [InlineData("client.batch-bytes-max = 1", "raft.client.batch-bytes-max is 1 B; it takes 1 KiB to 1088 KiB.")]
    [InlineData("client.read-from = nobody", "raft.client.read-from is 'nobody'. It takes leader or any.")]
    [InlineData("client.calls-in-flight-max = 0", "raft.client.calls-in-flight-max is 0; it takes 1 or more.")]
    [InlineData("client.batches-in-flight-max = 0", "raft.client.batches-in-flight-max is 0; it takes 1 or more.")]
    [InlineData("client = 5", "raft.client is '5', and has to be a section", "client.seeds is not set")]
    public void Settings_that_cannot_work_are_told(string lines, params string[] expected)
    {
        var seeds = expected.Length > 1 ? "" : "client.seeds = [\"10.0.0.1:4051\"]";
        var mistakes = Written.MistakesIn(() => Written.Client(lines, seeds: seeds));

        Assert.Equal(expected.Length, mistakes.Count);
        foreach (var (part, mistake) in expected.Zip(mistakes)) Assert.Contains(part, mistake, StringComparison.Ordinal);
    }

    [Fact]
    public void Seeds_are_compared_in_one_form() => Assert.Contains(
        "raft.client.seeds has the address \"[::1]:1\" 2 times.",
        Written.MistakeIn(() => Written.Client(seeds: "client.seeds = [\"[::1]:1\", \"[0:0::1]:1\"]")), StringComparison.Ordinal);
}
