using RaftAkka.Protocol;
using RaftAkka.Settings;
using Xunit;

namespace RaftAkka.Tests.Settings;

public sealed class NodeSettingsTests
{
    [Fact]
    public void Every_setting_is_read_from_its_key()
    {
        var settings = Written.Node("""
            group = ledger
            join = on
            member-addresses = file
            election-timeout { min = 300 ms, max = 0.7 s }
            heartbeat-interval = 60ms
            random-seed = -7
            append-bytes-max = 50 KiB
            window-entries-max = 11
            window-bytes-max = 1 MiB
            cache-bytes-max = 65537
            uncommitted-bytes-max = 0.5 GiB
            reads = lease
            clock-drift = 70 ms
            reads-waiting-bytes-max = 1 MiB
            segment-bytes = 100000 B
            batch-bytes-max = 1 MiB
            batches-in-flight-max = 12
            clients-max = 13
            client-idle-timeout = 2 m
            session-timeout = 3 m
            """);

        Assert.Equal(
            new RaftNodeSettings
            {
                Cluster = new ClusterId("orders"),
                Group = new GroupName("ledger"),
                Server = new ServerId("n1"),
                Members = settings.Members,
                DataDirectory = "/data",
                Joins = true,
                PrefersMembersAddresses = true,
                ElectionTimeoutMin = TimeSpan.FromMilliseconds(300),
                ElectionTimeoutMax = TimeSpan.FromMilliseconds(700),
                HeartbeatInterval = TimeSpan.FromMilliseconds(60),
                RandomSeed = -7,
                AppendBytesMax = 50 * 1024,
                WindowEntriesMax = 11,
                WindowBytesMax = 1024 * 1024,
                CacheBytesMax = 65537,
                UncommittedBytesMax = 512 * 1024 * 1024,
                Reads = ReadMode.Lease,
                ClockDrift = TimeSpan.FromMilliseconds(70),
                ReadsWaitingBytesMax = 1024 * 1024,
                SegmentBytes = 100_000,
                BatchBytesMax = 1024 * 1024,
                BatchesInFlightMax = 12,
                ClientsMax = 13,
                ClientIdleTimeout = TimeSpan.FromMinutes(2),
                SessionTimeout = TimeSpan.FromMinutes(3),
            },
            settings);
        Assert.Equal(
            [
                new MemberAddress(new ServerId("n1"), "10.0.0.1:4051"),
                new MemberAddress(new ServerId("n2"), "10.0.0.2:4051"),
                new MemberAddress(new ServerId("n3"), "10.0.0.3:4051"),
            ],
            settings.Members);
    }

    [Fact]
    public void Id_and_directory_can_come_from_somewhere_else()
    {
        var config = Written.Parse($"raft {{ cluster-id = orders\n{Written.Members}\n}}");

        var settings = RaftConfiguration.NodeSettings(config, "node.conf", new ServerId("n2"), "/elsewhere");

        Assert.Equal((new ServerId("n2"), "/elsewhere"), (settings.Server, settings.DataDirectory));
    }

    [Fact]
    public void All_mistakes_are_told_at_once_and_the_file_is_named()
    {
        var thrown = Assert.Throws<RaftConfigurationException>(() => Written.Node(
            "hartbeat-interval = 50 ms\nclients-max = many", id: "id = n9"));

        Assert.Equal(
            """
            node.conf has 3 mistakes; nothing was started:
              raft.hartbeat-interval is no setting. Did you mean raft.heartbeat-interval?
              raft.clients-max is 'many'. It takes a whole number.
              raft.id is n9, which is not in raft.members (n1, n2, n3). Correct the one or add it to the other.
            """,
            thrown.Message);
    }

    [Fact]
    public void What_has_no_default_must_be_written()
    {
        Assert.Equal(
            [
                "raft.cluster-id is not set, and has no default. Write, for example, cluster-id = orders.",
                "raft.id is not set, and has no default. Write, for example, id = n1.",
                "raft.members is not set, and has no default. Write, for example, "
                    + "members = [{ id = n1, address = \"10.0.0.1:4051\" }].",
                "raft.data-directory is not set, and has no default. Write, for example, "
                    + "data-directory = \"/var/lib/raft/n1\".",
            ],
            Written.MistakesIn(() => RaftConfiguration.NodeSettings(Written.Parse(""), "node.conf")));
    }

    [Theory]
    [InlineData("hartbeat-interval = 1 s", "Did you mean raft.heartbeat-interval?")]
    [InlineData("heartbeat_interval = 1 s", "Did you mean raft.heartbeat-interval?")]
    [InlineData("election-timout { min = 1 s }", "Did you mean raft.election-timeout?")]
    [InlineData("election-timeout { mim = 1 s }", "Did you mean raft.election-timeout.min?")]
    [InlineData("client { seed = [] }", "Did you mean raft.client.seeds?")]
    [InlineData("seeds = []", "Did you mean raft.client.seeds?")]
    [InlineData("cluster = orders", "Did you mean raft.cluster-id?")]
    [InlineData("data-dir = d", "Did you mean raft.data-directory?")]
    [InlineData("colour = green", "raft.colour is no setting. Remove it")]
    public void An_unknown_key_gets_the_one_that_was_probably_meant(string line, string expected) =>
        Assert.Contains(expected, Written.MistakeIn(() => Written.Node(line)), StringComparison.Ordinal);

    [Theory]
    [InlineData("heartbeat-interval = 50", "'50'. It takes a number and a unit (ms, s, m, h), like 50 ms.")]
    [InlineData("heartbeat-interval = -50 ms", "'-50 ms'. It takes a number")]
    [InlineData("heartbeat-interval = 50 parsecs", "'50 parsecs'. It takes a number")]
    [InlineData("heartbeat-interval = 1.2.3 s", "'1.2.3 s'. It takes a number")]
    [InlineData("heartbeat-interval = infinite", "'infinite'. It takes a number")]
    [InlineData("heartbeat-interval = 9999999999999 h", "It takes a number")]
    [InlineData("heartbeat-interval = [50 ms]", "a list. It takes a single value.")]
    [InlineData("heartbeat-interval { min = 1 s }", "a section. It takes a single value.")]
    [InlineData("segment-bytes = 64 MB", "'64 MB'. It takes a whole number of bytes below 2 GiB, or with a unit")]
    [InlineData("segment-bytes = 2 GiB", "'2 GiB'. It takes a whole number")]
    [InlineData("segment-bytes = 0.3 B", "'0.3 B'. It takes a whole number")]
    [InlineData("heartbeat-interval = .", "'.'. It takes a number")]
    [InlineData("clients-max = 1.5", "'1.5'. It takes a whole number.")]
    [InlineData("clients-max = 99999999999", "'99999999999'. It takes a whole number.")]
    [InlineData("reads = fast", "raft.reads is 'fast'. It takes read-index or lease.")]
    [InlineData("random-seed = maybe", "'maybe'. It takes a whole number, or off.")]
    [InlineData("election-timeout = 1 s", "raft.election-timeout is '1 s', and has to be a section")]
    [InlineData("group = \"a b\"", "'a b'. It takes a name of 1 to 64 letters")]
    public void A_wrong_type_or_unit_is_told_with_the_right_one(string line, string expected) =>
        Assert.Contains(expected, Written.MistakeIn(() => Written.Node(line)), StringComparison.Ordinal);

    [Theory]
    [InlineData("election-timeout { min = 500 ms }", "(500 ms) is not less than raft.election-timeout.max (500 ms)")]
    [InlineData("election-timeout { min = 3 s, max = 1 s }", "(3 s) is not less than raft.election-timeout.max (1 s)")]
    [InlineData("heartbeat-interval = 126 ms", "(126 ms) is more than half of raft.election-timeout.min (250 ms)")]
    [InlineData("heartbeat-interval = 0 s", "raft.heartbeat-interval is 0 ms; it takes more than 0")]
    [InlineData("session-timeout = 0 s", "raft.session-timeout is 0 ms; it takes more than 0")]
    [InlineData("session-timeout = 29 s", "(29 s) is less than raft.client-idle-timeout (30 s)")]
    [InlineData("client-idle-timeout = 25 h", "it takes more than 0 and at most")]
    [InlineData("append-bytes-max = 0", "raft.append-bytes-max is 0 B; it takes 1 KiB to 1088 KiB.")]
    [InlineData("batch-bytes-max = 2 MiB", "raft.batch-bytes-max is 2 MiB; it takes 1 KiB to 1088 KiB.")]
    [InlineData("segment-bytes = 1 KiB", "raft.segment-bytes is 1 KiB; it takes 64 KiB to 1024 MiB.")]
    [InlineData("window-entries-max = 0", "raft.window-entries-max is 0; it takes 1 or more.")]
    [InlineData("snapshots.every-entries = 0", "raft.snapshots.every-entries is 0; it takes 1 or more.")]
    [InlineData("snapshots { every-bytes = 1 KiB }", "raft.snapshots.every-bytes is 1 KiB; it takes 64 KiB to")]
    [InlineData("snapshots { keep-entries = -1 }", "raft.snapshots.keep-entries is -1; it takes 0 or more.")]
    [InlineData("snapshots { keep = 0 }", "raft.snapshots.keep is 0; it takes 1 or more.")]
    [InlineData("reads-waiting-bytes-max = 1", "raft.reads-waiting-bytes-max is 1 B; it takes 64 KiB to 1024 MiB.")]
    [InlineData("reads = lease\nclock-drift = 200 ms", "(200 ms) and one heartbeat leave nothing of")]
    [InlineData("clients-max = -1", "raft.clients-max is -1; it takes 1 or more.")]
    [InlineData("append-bytes-max = 1 MiB\nwindow-bytes-max = 64 KiB", "not one full message would fit")]
    public void Settings_that_cannot_work_are_told_with_the_numbers(string lines, string expected) =>
        Assert.Contains(expected, Written.MistakeIn(() => Written.Node(lines)), StringComparison.Ordinal);

    [Fact]
    public void A_setting_that_was_not_read_breaks_no_rule_with_its_default()
    {
        // The default heartbeat of 50 ms would be too slow for this timeout; but nobody wrote 50 ms.
        var mistake = Written.MistakeIn(() => Written.Node(
            "heartbeat-interval = 5 mss\nelection-timeout { min = 40 ms }"));

        Assert.Contains("'5 mss'", mistake, StringComparison.Ordinal);
    }

    [Fact]
    public void A_circle_of_substitutions_is_told_and_not_followed()
    {
        var mistakes = Written.MistakesIn(() => Written.Node("heartbeat-interval = ${raft.heartbeat-interval}"));

        Assert.Contains("${raft.heartbeat-interval} leads back to itself", mistakes[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Substitutions_are_followed()
    {
        var config = Written.Parse(
            $"host = \"10.0.0.1\"\nraft {{ cluster-id = orders, id = n1, data-directory = d\n"
            + "members = [ { id = n1, address = ${host}\":4051\" } ] }");

        Assert.Equal("10.0.0.1:4051", RaftConfiguration.NodeSettings(config, "node.conf").Members[0].Address);
    }
}
