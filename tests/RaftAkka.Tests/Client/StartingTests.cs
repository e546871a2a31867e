using System.Text.Json;
using Akka.Actor;
using Akka.Configuration;
using Akka.Remote;
using RaftAkka.Client;
using RaftAkka.Protocol;
using RaftAkka.Settings;
using Xunit;

namespace RaftAkka.Tests.Client;

/// <summary>What a client says where its actor system cannot work, and what its reports look like elsewhere.</summary>
public sealed class StartingTests : ClientTest
{
    private static readonly RaftClientSettings OrdersSettings =
        new() { Cluster = new ClusterId("orders"), Seeds = ["127.0.0.1:1"] };

    [Fact]
    public void Without_remoting_and_serializer_nothing_is_started_and_both_are_named()
    {
        var refused = Assert.Throws<RaftConfigurationException>(() => RaftClient.Start(Sys, OrdersSettings));

        Assert.Equal(2, refused.Mistakes.Count);
        Assert.Contains("akka.actor.provider", refused.Mistakes[0], StringComparison.Ordinal);
        Assert.Contains("serialization-bindings", refused.Mistakes[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_remoting_and_without_the_serializer_the_serializer_is_named()
    {
        using var system = ActorSystem.Create("app", ConfigurationFactory.ParseString(
            """
            akka.actor.provider = remote
            akka.remote.dot-netty.tcp.hostname = 127.0.0.1
            akka.remote.dot-netty.tcp.port = 0
            akka.loglevel = OFF
            """));

        var refused = Assert.Throws<RaftConfigurationException>(() => RaftClient.Start(system, OrdersSettings));

        Assert.Contains("serialization-bindings", Assert.Single(refused.Mistakes), StringComparison.Ordinal);
        await system.Terminate();
    }

    [Fact]
    public void A_connection_on_which_nobody_answers_is_said_to_be_one_with_what_may_be_wrong()
    {
        Settings = Settings with { ServerSystem = "orders-system" };
        StartClient();
        var call = Call("a", seconds: 2);
        Sys.EventStream.Publish(new AssociatedEvent(
            new Address("akka.tcp", "app", "me", 1), Address.Parse($"akka.tcp://orders-system@{N1.Address}"), inbound: false));
        Pass(Seconds(2.1));

        var failure = AssertFails<CommandNotAppliedException>(call);
        Assert.Contains($"{N1.Address} takes connections", failure.Message, StringComparison.Ordinal);
        Assert.Contains("'orders-system'", failure.Message, StringComparison.Ordinal);
        Assert.Contains("server-system", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_report_of_the_cluster_can_be_sent_as_json_and_printed()
    {
        var server = new ServerStatus(
            new ServerId("n1"), ServerRole.Leader, new ClusterView(new Term(3), new ServerId("n1"), [new(new ServerId("n1"), "h1:1")]),
            new LogIndex(12), new LogIndex(11), new LogIndex(10));
        var status = new ClusterStatus(
            new ServerId("n1"), new Term(3), HasQuorum: true,
            [new(new ServerId("n1"), "h1:1", server, null), new(null, "h2:1", null, "no answer")]);

        Assert.Contains("""{"Leader":"n1","Term":3,"HasQuorum":true,""", JsonSerializer.Serialize(status), StringComparison.Ordinal);
        Assert.Equal(
            "n1 leads in term 3, with a quorum: n1 (h1:1) Leader, log to 12, committed 11, applied 10; h2:1 unreachable: no answer",
            status.ToString());

        var members = new ClusterMembers(
            new ServerId("n1"), new LogIndex(7), IsSettled: true, [new(new ServerId("n1"), "h1:1", MemberRole.Voter, 0)])
        {
            Retired = [new ServerId("n0")],
        };
        Assert.Contains("""{"Leader":"n1","Index":7,""", JsonSerializer.Serialize(members), StringComparison.Ordinal);
        Assert.Equal("n1 leads; members of entry 7: n1 (h1:1) Voter, 0 behind; left for good: n0", members.ToString());
    }

    [Fact]
    public void Ids_come_back_from_json_and_what_is_none_is_refused()
    {
        object[] ids = [new Term(3), new LogIndex(4), new SequenceNumber(5), new ServerId("n1"), new ClusterId("c"), new GroupName("g")];
        foreach (var id in ids)
            Assert.Equal(id, JsonSerializer.Deserialize(JsonSerializer.Serialize(id, id.GetType()), id.GetType()));

        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<ServerId>("\"a b\""));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Term>("\"x\""));
    }
}
