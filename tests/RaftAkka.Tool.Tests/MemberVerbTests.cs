using System.Text.Json;
using RaftAkka.Client;
using RaftAkka.Protocol;
using Xunit;

namespace RaftAkka.Tool.Tests;

public sealed class MemberVerbTests
{
    /// <summary>Three members that vote, the second of which leads.</summary>
    internal static readonly ClusterMembers Three = new(
        new ServerId("n2"), new LogIndex(41), IsSettled: true,
        [Voter("n1", 40, 1), Voter("n2", 41, 0), Voter("n4", 41, 0)])
    {
        Retired = [new ServerId("n3")],
    };

    private static readonly string[] At = ["--seed", "127.0.0.1:4051"];

    private readonly Calling _call = new();

    [Fact]
    public void List_shows_who_belongs_to_the_cluster_and_who_has_left()
    {
        _call.Cluster.Members.Enqueue(Three);

        var called = _call.With(["member", "list", .. At]);

        Assert.Equal((0, """
            leader n2, configuration of entry 41
            SERVER  ADDRESS  ROLE   PROGRESS
            n1      n1:4051  voter  has 40, 1 entries behind
            n2      n2:4051  voter  leads
            n4      n4:4051  voter  has 41, 0 entries behind
            left for good: n3

            """, ""), (called.Status, called.Out, called.Error));
    }

    [Fact]
    public void The_same_in_json()
    {
        _call.Cluster.Members.Enqueue(Three);

        var called = _call.With(["member", "list", "--json", .. At]);

        var json = JsonDocument.Parse(called.Out).RootElement;
        Assert.Equal(("n2", 41, true), (json.GetProperty("leader").GetString(), json.GetProperty("index").GetInt64(),
            json.GetProperty("settled").GetBoolean()));
        Assert.Equal(
            """
            {"id":"n1","address":"n1:4051","role":"voter","priority":0,
            "matchIndex":40,"behind":1,"snapshotPercent":null,"silentMilliseconds":0}
            """.ReplaceLineEndings(""),
            json.GetProperty("members")[0].GetRawText());
        Assert.Equal("n3", json.GetProperty("retired")[0].GetString());
    }

    [Fact]
    public void Add_waits_until_the_server_votes_and_shows_how_it_gets_there()
    {
        var learner = new ClusterMember(new ServerId("n4"), "n4:4051", MemberRole.Learner, 0);
        _call.Cluster.Members.Enqueue(With(learner with { IsProgressKnown = true, SnapshotPercent = 30 }));
        _call.Cluster.Members.Enqueue(With(learner with { IsProgressKnown = true, Match = new LogIndex(39), Behind = 2 }));
        _call.Cluster.Members.Enqueue(Three with { IsSettled = false });
        _call.Cluster.Members.Enqueue(Three);

        var called = _call.With(["member", "add", "n4", "n4:4051", .. At]);

        Assert.Equal(0, called.Status);
        Assert.Equal("""
            n4: receives a snapshot, 30 %
            n4: has 39, 2 entries behind
            n4: has 41, 0 entries behind

            """, called.Error);
        Assert.Contains("n4      n4:4051  voter", called.Out, StringComparison.Ordinal);
        Assert.Equal([RaftAdminClient.Joins(new ServerId("n4"), "n4:4051")], _call.Cluster.ChangesAsked);
    }

    [Theory]
    [InlineData("--no-wait", MemberRole.Learner)]
    [InlineData("--replica", MemberRole.Replica)]
    public void It_does_not_wait_where_nobody_wants_it_to(string option, MemberRole role)
    {
        var added = new ClusterMember(new ServerId("n4"), "n4:4051", role, 0);
        _call.Cluster.Members.Enqueue(With(added));

        var called = _call.With(["member", "add", "n4", "n4:4051", option, .. At]);

        Assert.Equal((0, ""), (called.Status, called.Error));
        Assert.Equal(role, ((MemberChange.Add)Assert.Single(_call.Cluster.ChangesAsked)).Member.Role);
    }

    [Fact]
    public void A_server_that_is_removed_while_it_catches_up_is_a_failure()
    {
        _call.Cluster.Members.Enqueue(With(new ClusterMember(new ServerId("n9"), "n9:4051", MemberRole.Learner, 0)));
        _call.Cluster.Members.Enqueue(Three);

        var called = _call.With(["member", "add", "n9", "n9:4051", .. At]);

        Assert.Equal(1, called.Status);
        Assert.Contains("n9 was removed again", called.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Remove_promote_and_update_ask_for_what_they_say()
    {
        _call.Cluster.Members.Enqueue(Three);

        Assert.Equal(0, _call.With(["member", "remove", "n1", .. At]).Status);
        Assert.Equal(0, _call.With(["member", "promote", "n2", .. At]).Status);
        Assert.Equal(0, _call.With(["member", "update", "n4", "elsewhere:1", .. At]).Status);
        Assert.Equal(0, _call.With(["member", "update", "n4", "--priority", "-2", .. At]).Status);
        Assert.Equal(2, _call.With(["member", "update", "n4", .. At]).Status);

        Assert.Equal(
        [
            new MemberChange.Remove(new ServerId("n1")), new MemberChange.SetRole(new ServerId("n2"), MemberRole.Voter),
            new MemberChange.SetAddress(new ServerId("n4"), "elsewhere:1"), new MemberChange.SetPriority(new ServerId("n4"), -2),
        ], _call.Cluster.ChangesAsked);
    }

    [Fact]
    public void A_refusal_is_a_definite_failure_and_no_answer_is_an_unknown_outcome()
    {
        _call.Cluster.Failure = new MembersNotChangedException(MembershipRefusal.IdUsedBefore, "'n3' has left.");
        var called = _call.With(["member", "add", "n3", "n3:4051", .. At]);
        Assert.Equal((1, "raftakka: 'n3' has left.\n"), (called.Status, called.Error));

        _call.Cluster.Failure = new OutcomeUnknownException("No leader answered.");
        called = _call.With(["member", "remove", "n1", .. At]);
        Assert.Equal((3, "raftakka: No leader answered.\n"), (called.Status, called.Error));
    }

    [Fact]
    public void Transfer_says_who_leads_and_fails_where_that_is_somebody_else()
    {
        _call.Cluster.Members.Enqueue(Three);

        var called = _call.With(["transfer", .. At]);
        Assert.Equal((0, "ok, n2 leads\n", "anyone"), (called.Status, called.Error, _call.Cluster.TransferAsked));

        called = _call.With(["transfer", "n2", "--json", .. At]);
        Assert.Equal((0, "{\"leader\":\"n2\"}\n", "n2"), (called.Status, called.Out, _call.Cluster.TransferAsked));

        called = _call.With(["transfer", "n1", .. At]);
        Assert.Equal((1, "raftakka: n2 leads: it won the election, and not n1\n"), (called.Status, called.Error));
    }

    private static ClusterMembers With(ClusterMember last) =>
        Three with { Members = [Three.Members[0], Three.Members[1], last] };

    private static ClusterMember Voter(string id, int match, int behind) =>
        new(new ServerId(id), $"{id}:4051", MemberRole.Voter, 0) { IsProgressKnown = true, Match = new LogIndex(match), Behind = behind };

    [Fact]
    public void The_table_after_a_change_is_what_the_leader_says_then()
    {
        // The answer to the change itself says who belongs to the cluster, and nothing of how far each is.
        _call.Cluster.Changed = Three with
        {
            Members = [.. Three.Members.Select(member => member with { IsProgressKnown = false, Match = default, Behind = 0 })],
        };
        _call.Cluster.Members.Enqueue(Three);

        var called = _call.With(["member", "remove", "n3", .. At]);

        Assert.Contains("n1      n1:4051  voter  has 40, 1 entries behind", called.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_leader_has_not_said_is_not_known_yet()
    {
        var unheard = new ClusterMember(new ServerId("n9"), "n9:4051", MemberRole.Learner, 0);
        _call.Cluster.Members.Enqueue(With(unheard));

        Assert.Contains("n9      n9:4051  learner  not known yet", _call.With(["member", "list", .. At]).Out, StringComparison.Ordinal);
        Assert.Contains(
            "\"matchIndex\":null,\"behind\":null", _call.With(["member", "list", "--json", .. At]).Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Add_waits_as_long_as_the_command_line_says()
    {
        _call.Cluster.Members.Enqueue(With(new ClusterMember(new ServerId("n9"), "n9:4051", MemberRole.Learner, 0)));

        var called = _call.With(["member", "add", "n9", "n9:4051", "--timeout", "1ms", .. At]);

        Assert.Equal(3, called.Status);
        Assert.Contains("n9 belongs to the cluster, and has not caught up within 0.001 s", called.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_change_that_is_stopped_says_that_it_may_have_been_made()
    {
        using var cancel = new CancellationTokenSource();
        _call.Cluster.Cancel = cancel;

        var called = _call.With(["member", "remove", "n1", .. At], cancel.Token);

        Assert.Equal(3, called.Status);
        Assert.Contains("the change may have been made", called.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_add_that_is_stopped_says_that_the_server_belongs_to_the_cluster()
    {
        using var cancel = new CancellationTokenSource();
        _call.Cluster.Members.Enqueue(With(new ClusterMember(new ServerId("n9"), "n9:4051", MemberRole.Learner, 0)));
        _call.Cluster.CancelAtMembers = (cancel, 2);

        var called = _call.With(["member", "add", "n9", "n9:4051", .. At], cancel.Token);

        Assert.Equal(3, called.Status);
        Assert.Contains("n9 belongs to the cluster already", called.Error, StringComparison.Ordinal);
    }
}
