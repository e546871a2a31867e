using Akka.Actor;
using RaftAkka.Protocol;
using RaftAkka.Server;
using Xunit;

namespace RaftAkka.Tests.Sessions;

public sealed class ClientSessionsTests : SessionTest
{
    [Fact]
    public void A_client_is_taken_with_the_view_and_the_limits()
    {
        Settings = Settings with { BatchBytesMax = 1234, BatchesInFlightMax = 5 };
        StartSessions();
        Sessions.Tell(new ViewChanged(LedBy("n2", term: 3)));
        Sessions.Tell(new ConnectClient(Cluster, Group, "ann"), Ann.Ref);

        var connected = Ann.ExpectMsg<ClientConnected>();
        Assert.Equal(
            (N1, 1234, 5), (connected.Server, connected.BatchBytesMax, connected.BatchesInFlightMax));
        Assert.Equal((new Term(3), new ServerId("n2")), (connected.View.Term, connected.View.Leader));
        Assert.Equal(Sessions.Path, Ann.LastSender.Path.Parent);
    }

    [Fact]
    public void Before_the_server_has_said_anything_the_members_are_known_from_the_settings()
    {
        StartSessions();
        Sessions.Tell(new ConnectClient(Cluster, Group, "ann"), Ann.Ref);
        Assert.Equal(Settings.Members, Ann.ExpectMsg<ClientConnected>().View.Members);
    }

    [Fact]
    public void A_repeated_introduction_leads_to_the_same_session_actor()
    {
        StartSessions();
        var first = Connect(Ann);
        Assert.Equal(first, Connect(Ann));
    }

    [Fact]
    public void A_client_that_comes_back_under_another_reference_keeps_its_session_actor()
    {
        StartSessions();
        var first = Connect(Ann);
        var again = CreateTestProbe("ann-again");
        Assert.Equal(first, Connect(again));

        Sessions.Tell(new ViewChanged(LedBy("n2", term: 3)));
        again.ExpectMsg<KeepAliveReply>();
        AssertNothingFor(Ann);
    }

    [Fact]
    public void Two_clients_have_two_session_actors()
    {
        StartSessions();
        Assert.NotEqual(Connect(Ann), Connect(CreateTestProbe("bea"), "bea"));
    }

    [Theory]
    [InlineData("billing", "raft")]
    [InlineData("orders", "other")]
    public void A_client_of_another_cluster_or_group_is_refused_with_both_names(string cluster, string group)
    {
        StartSessions();
        Sessions.Tell(new ConnectClient(new ClusterId(cluster), new GroupName(group), "ann"), Ann.Ref);

        var refused = Ann.ExpectMsg<ClientRefused>();
        Assert.True(refused.IsFinal);
        Assert.Contains($"group 'raft' of cluster 'orders'", refused.Reason, StringComparison.Ordinal);
        Assert.Contains($"group '{group}' of cluster '{cluster}'", refused.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void One_client_too_many_is_refused_until_another_has_gone()
    {
        Settings = Settings with { ClientsMax = 1 };
        StartSessions();
        var session = Connect(Ann);
        var bea = CreateTestProbe("bea");
        Sessions.Tell(new ConnectClient(Cluster, Group, "bea"), bea.Ref);
        Assert.False(bea.ExpectMsg<ClientRefused>().IsFinal);

        Connect(Ann);   // Taken already: it is not one more.
        session.Tell(new DisconnectClient());
        Connect(bea, "bea");
    }

    [Fact]
    public void A_client_that_has_gone_in_all_likelihood_makes_room_and_hears_so()
    {
        Settings = Settings with { ClientsMax = 1, ClientIdleTimeout = TimeSpan.FromSeconds(30) };
        StartSessions();
        var session = Connect(Ann);
        Pass(Seconds(15));
        var bea = CreateTestProbe("bea");
        Connect(bea, "bea");

        Assert.False(Ann.ExpectMsg<ClientRefused>().IsFinal);
        Assert.Equal(session, Ann.LastSender);   // From what was its own actor, so that it looks for another server.
        session.Tell(new SendCommands(1, Payload()), Ann.Ref);
        AssertNothingFor(Server);
    }

    [Fact]
    public void One_client_too_many_on_a_host_is_refused_though_there_is_room()
    {
        Settings = Settings with { ClientsPerHostMax = 1 };
        StartSessions();
        Connect(Ann);
        var bea = CreateTestProbe("bea");
        Sessions.Tell(new ConnectClient(Cluster, Group, "bea"), bea.Ref);

        var refused = bea.ExpectMsg<ClientRefused>();
        Assert.False(refused.IsFinal);
        Assert.Contains("clients-per-host-max", refused.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ann/bea")]
    [InlineData("ann bea")]
    [InlineData("änn")]
    [InlineData("ann\r\nforged log line")]
    public void A_name_that_could_not_be_an_actors_name_is_refused_and_not_repeated(string name)
    {
        StartSessions();
        Sessions.Tell(new ConnectClient(Cluster, Group, name), Ann.Ref);

        var refused = Ann.ExpectMsg<ClientRefused>();
        Assert.True(refused.IsFinal);
        if (name.Length > 0) Assert.DoesNotContain(name, refused.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_may_have_128_characters_and_no_more()
    {
        StartSessions();
        Sessions.Tell(new ConnectClient(Cluster, Group, new string('a', 128)), Ann.Ref);
        Ann.ExpectMsg<ClientConnected>();
        Sessions.Tell(new ConnectClient(Cluster, Group, new string('a', 129)), Ann.Ref);
        Ann.ExpectMsg<ClientRefused>();
    }

    [Fact]
    public void The_servers_status_goes_straight_to_who_asked()
    {
        StartSessions();
        Sessions.Tell(new AskStatus(Cluster, Group), Ann.Ref);
        Server.ExpectMsg<ReportStatus>();
        Assert.Equal(Ann.Ref, Server.LastSender);
    }

    [Fact]
    public void A_status_of_another_cluster_is_refused()
    {
        StartSessions();
        Sessions.Tell(new AskStatus(new ClusterId("billing"), Group), Ann.Ref);
        Assert.True(Ann.ExpectMsg<ClientRefused>().IsFinal);
        AssertNothingFor(Server);
    }

    [Fact]
    public void A_client_that_left_may_come_back_under_the_same_name()
    {
        StartSessions();
        var first = Connect(Ann);
        first.Tell(new DisconnectClient());
        Assert.NotEqual(first, Connect(Ann));
    }

    [Fact]
    public void A_session_actor_that_breaks_ends_and_the_client_gets_a_fresh_one()
    {
        StartSessions();
        var first = Connect(Ann);
        EventFilter.Exception<NullReferenceException>().ExpectOne(() => first.Tell(new ViewChanged(null!)));
        Assert.NotEqual(first, Connect(Ann));
    }

    [Fact]
    public void Messages_that_are_not_for_it_are_ignored()
    {
        StartSessions();
        Sessions.Tell("gibberish", Ann.Ref);
        Sessions.Tell(new SendCommands(1, Payload()), Ann.Ref);   // Requests go to the client's own actor.
        AssertNothingFor(Ann);
        AssertNothingFor(Server);
        Connect(Ann);
    }
}
