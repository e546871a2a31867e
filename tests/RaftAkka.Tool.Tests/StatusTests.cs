using System.Text.Json;
using RaftAkka.Tool.Cluster;
using RaftAkka.Tool.Output;
using Xunit;

namespace RaftAkka.Tool.Tests;

public sealed class StatusTests
{
    private static readonly ServerReport Leader =
        new("n1", "127.0.0.1:4051", new ServerState("leader", 3, "n1", 9, 9, 9));

    private static readonly ServerReport Follower =
        new("n2", "127.0.0.1:4052", new ServerState("follower", 3, "n1", 9, 8, 8));

    private static readonly ServerReport Gone = new("n10", "127.0.0.1:4053", null, "It did not answer within 2 s.");

    private readonly Calling _call = new();

    [Fact]
    public void The_table_shows_every_server_also_one_that_does_not_answer()
    {
        var called = Status(new ClusterReport("n1", 3, true, [Leader, Follower, Gone]));

        Assert.Equal(
            """
            leader n1, term 3, 2 of 3 servers answer
            SERVER  ADDRESS         ROLE         TERM  LEADER  LAST  COMMIT  APPLIED
            n1      127.0.0.1:4051  leader       3     n1      9     9       9
            n2      127.0.0.1:4052  follower     3     n1      9     8       8
            n10     127.0.0.1:4053  unreachable  -     -       -     -       -
            n10: It did not answer within 2 s.

            """, called.Out);
        Assert.Equal(0, called.Status);
    }

    [Fact]
    public void Without_a_majority_there_is_no_quorum_and_the_status_is_3()
    {
        var called = Status(new ClusterReport(null, 3, false, [Follower, Gone, Gone]));

        Assert.StartsWith("NO QUORUM: 1 of 3 servers answer, 2 are needed.", called.Out, StringComparison.Ordinal);
        Assert.Equal(3, called.Status);
    }

    [Fact]
    public void Without_a_leader_there_is_no_quorum_either()
    {
        var called = Status(new ClusterReport(null, 3, false, [Follower, Follower, Gone]));

        Assert.StartsWith("NO QUORUM: 2 of 3 servers answer, but no leader", called.Out, StringComparison.Ordinal);
        Assert.Equal(3, called.Status);
    }

    [Fact]
    public void Where_nobody_answers_the_number_of_servers_is_not_guessed()
    {
        var called = Status(new ClusterReport(null, 0, false, [new ServerReport(null, "h:1", null, "Silence.")]));

        Assert.StartsWith("NO QUORUM: no server answers", called.Out, StringComparison.Ordinal);
        Assert.EndsWith("h:1: Silence.\n", called.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_has_the_documented_shape()
    {
        var called = Status(new ClusterReport("n1", 3, true, [Leader]), "--json");

        Assert.Equal(
            "{\"leader\":\"n1\",\"term\":3,\"quorum\":true,\"servers\":[{\"id\":\"n1\",\"address\":\"127.0.0.1:4051\","
            + "\"role\":\"leader\",\"term\":3,\"lastIndex\":9,\"commitIndex\":9,\"appliedIndex\":9,"
            + "\"snapshotIndex\":0,\"firstIndex\":1,\"reachable\":true,\"disk\":null,\"problems\":[]}]}\n",
            called.Out);
    }

    [Fact]
    public void What_is_wrong_with_a_server_stands_below_the_table_and_leaves_the_exit_status_alone()
    {
        var called = Status(new ClusterReport("n1", 3, true, [Sick(), Follower]));

        Assert.EndsWith("n1: The disk is full.\nn1: n2 does not count.\n", called.Out, StringComparison.Ordinal);
        Assert.Equal(0, called.Status);
    }

    [Fact]
    public void Json_has_the_state_of_a_disk_and_what_is_wrong_with_a_server()
    {
        var called = Status(new ClusterReport("n1", 3, true, [Sick()]), "--json");

        Assert.Contains(
            "\"disk\":\"full\",\"problems\":[\"The disk is full.\",\"n2 does not count.\"]", called.Out, StringComparison.Ordinal);
    }

    private static ServerReport Sick() => Leader with
    {
        State = Leader.State! with { Disk = "full", Problems = ["The disk is full.", "n2 does not count."] },
    };

    [Fact]
    public void Json_has_null_for_what_is_not_known()
    {
        var called = Status(new ClusterReport(null, 0, false, [Gone]), "--json");

        var server = JsonDocument.Parse(called.Out).RootElement.GetProperty("servers")[0];
        Assert.False(server.GetProperty("reachable").GetBoolean());
        Assert.Equal(JsonValueKind.Null, server.GetProperty("role").ValueKind);
        Assert.Equal(JsonValueKind.Null, server.GetProperty("lastIndex").ValueKind);
        Assert.Equal(3, called.Status);
    }

    [Fact]
    public void Colours_mark_the_leader_and_who_is_away()
    {
        using var output = new StringWriter();

        StatusTable.Write(new ClusterReport("n1", 3, true, [Leader, Follower, Gone]), output, colours: true);

        var lines = output.ToString().Split('\n');
        Assert.StartsWith(Colours.Good, lines[2], StringComparison.Ordinal);
        Assert.StartsWith("n2", lines[3], StringComparison.Ordinal);
        Assert.StartsWith(Colours.Bad, lines[4], StringComparison.Ordinal);
    }

    private Called Status(ClusterReport report, params string[] options)
    {
        _call.Cluster.Report = report;
        return _call.With(["status", "--seed", "127.0.0.1:4051", .. options]);
    }
}
