using Akka.Actor;
using RaftAkka.Protocol;
using RaftAkka.Tests.Support;
using RaftAkka.Wire;
using Xunit;

namespace RaftAkka.Tests.Wire;

/// <summary>
/// A server of a later release may answer with a value that this one does not know. One such value costs its own meaning,
/// and not the rest of the message.
/// </summary>
public sealed class LaterReleaseTests : StillTestKit
{
    private readonly RaftSerializer _serializer;

    public LaterReleaseTests() => _serializer = new RaftSerializer((ExtendedActorSystem)Sys);

    [Fact]
    public void An_unknown_status_is_one_and_the_other_results_are_read()
    {
        var read = Read(new BatchResults(1, [new(new(1), (CommandStatus)99, default), new(new(2), CommandStatus.Done, default)]));

        Assert.Equal([CommandStatus.Unknown, CommandStatus.Done], read.Results.Select(result => result.Status));
    }

    [Fact]
    public void So_is_an_unknown_reason_of_a_refusal() =>
        Assert.Equal(RefusalReason.Unknown, Read(new BatchRefused(1, (RefusalReason)99, ClusterView.Empty, "")).Reason);

    [Fact]
    public void So_is_an_unknown_role_of_a_member_and_the_client_can_connect()
    {
        var view = new ClusterView(new(3), null, [new(new("n1"), "h1:1") { Role = (MemberRole)9 }, new(new("n2"), "h2:1")]);
        var read = Read(new ClientConnected(new("n1"), view, 1, 1));

        Assert.Equal([MemberRole.Unknown, MemberRole.Voter], read.View.Members.Select(member => member.Role));
    }

    [Fact]
    public void So_is_an_unknown_role_of_a_server() => Assert.Equal(
        ServerRole.Unknown,
        Read(new ServerStatus(new("n1"), (ServerRole)99, ClusterView.Empty, default, default, default)).Role);

    [Fact]
    public void So_is_an_unknown_reason_why_members_were_not_changed() => Assert.Equal(
        MembershipRefusal.Unknown, Read(new MembersNotChanged(1, (MembershipRefusal)99, "", ClusterView.Empty)).Reason);

    [Fact]
    public void A_role_that_a_client_asks_for_has_to_be_known()
    {
        var asks = new ChangeMembership(new("c"), new("g"), 1, [new MemberChange.SetRole(new("n1"), MemberRole.Unknown)]);

        Assert.Throws<WireFormatException>(() => Read(asks));
    }

    [Fact]
    public void Ten_thousand_servers_that_left_do_not_make_a_report_too_long()
    {
        var gone = Enumerable.Range(0, Configuration.RetiredMax).Select(n => new ServerId($"{n:D6}-7f6a2c30-1d9e-4d2b-9b5a-0c8f1e2d3a4b"));
        var members = Configuration.Of([new Member(new("n1"), "h1:1", MemberRole.Voter)], [], gone);

        var report = Read(new MembersReport(new("n1"), ClusterView.Empty, new(7), true, members, new(9), []));
        var changed = Read(new MembersChanged(1, new("n1"), new(7), members));

        Assert.Equal(WireLimits.RetiredMax, report.Members.Retired.Length);
        Assert.Equal(members.Retired[^1], changed.Members.Retired[^1]);
        Assert.Equal(members.Members.AsEnumerable(), report.Members.Members.AsEnumerable());
    }

    private T Read<T>(T message) where T : class =>
        (T)_serializer.FromBinary(_serializer.ToBinary(message), _serializer.Manifest(message));
}
