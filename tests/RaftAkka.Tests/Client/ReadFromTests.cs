using Akka.Remote;
using RaftAkka.Client;
using RaftAkka.Protocol;
using Xunit;

namespace RaftAkka.Tests.Client;

/// <summary>Which servers get the queries.</summary>
public sealed class ReadFromTests : ClientTest
{
    [Fact]
    public void By_default_queries_go_to_the_leader_and_stale_ones_say_so()
    {
        StartClientWithLeader();
        var query = Query("q");
        var stale = Stale("s");

        Assert.Equal((ReadConsistency.Linearizable, "q"), Answer(N1));
        Assert.Equal((ReadConsistency.Stale, "s"), Answer(N1));
        AssertResult("q!", query);
        AssertResult("s!", stale);
        N2.ExpectNothing();
    }

    [Fact]
    public void Without_a_leader_stale_queries_go_to_whoever_answers_and_others_wait()
    {
        StartClient();
        N1.Takes(View(term: 1, leader: null));
        var query = Query("q");
        var stale = Stale("s");

        Assert.Equal((ReadConsistency.Stale, "s"), Answer(N1));
        AssertResult("s!", stale);
        AssertWaits(query);
    }

    [Fact]
    public void From_any_each_server_gets_its_share()
    {
        StartReader();

        var calls = new[] { Query("a"), Query("b"), Query("c"), Stale("d"), Query("e"), Query("f") };

        foreach (var server in Servers)
        {
            Answer(server);
            Answer(server);
            server.ExpectNothing();
        }

        Assert.All(calls, call => Assert.True(call.Outcome.IsCompletedSuccessfully));
    }

    [Fact]
    public void Who_has_answered_less_gets_less()
    {
        StartReader();
        for (var i = 0; i < 3; i++) Query("slow");
        Answer(N1);
        Answer(N2);

        Query("x");
        Query("y");

        Answer(N1);
        Answer(N2);
        Assert.Equal(["slow"], N3.ExpectQueries().Texts);
        N3.ExpectNothing();
    }

    [Fact]
    public void From_any_queries_are_answered_while_the_leader_is_looked_for_and_commands_wait()
    {
        Settings = Settings with { ReadFrom = ReadFrom.Any };
        StartClient();
        N2.Takes(View(term: 1, leader: null));

        var query = Query("q");
        var command = Call("c");

        Assert.Equal((ReadConsistency.Linearizable, "q"), Answer(N2));
        AssertResult("q!", query);
        AssertWaits(command);
    }

    [Fact]
    public void A_query_that_one_server_refuses_goes_to_another_after_a_moment()
    {
        StartReader();
        var query = Query("q");
        var first = Single(out var sent);
        first.Refuses(sent, RefusalReason.NotLeader);
        foreach (var server in Servers) server.ExpectNothing();

        Pass(Milliseconds(40));
        var second = Single(out sent);
        Assert.NotEqual(first.Id, second.Id);
        second.AnswersDone(sent);
        AssertResult("q!", query);
    }

    [Fact]
    public void A_server_that_does_not_answer_is_left_out_until_it_does_and_the_leader_is_not_left()
    {
        StartReader();
        var calls = new[] { Query("a"), Query("b"), Query("c") };
        Answer(N1);
        Answer(N2);
        N3.ExpectQueries();
        foreach (var server in Servers) server.IgnoresQuestions();

        Pass(Milliseconds(1040));
        var second = Single(out var sent);
        Assert.NotEqual(N3.Id, second.Id);
        second.AnswersDone(sent);
        AssertResult("c!", calls[2]);
        Assert.False(N1.Door.HasMessages, "the leader is not looked for: it has answered");

        Pass(Milliseconds(1000));
        Query("somebody reads again");
        Single(out sent).AnswersDone(sent);
        Pass(Milliseconds(40));
        N3.ExpectConnect();
        N3.Takes(View(term: 1, leader: N1));
        for (var i = 0; i < 3; i++) Query("again");
        foreach (var server in Servers) Answer(server);
    }

    [Fact]
    public void A_servers_late_answer_counts()
    {
        StartReader();
        var calls = new[] { Query("a"), Query("b"), Query("c") };
        Answer(N1);
        Answer(N2);
        var late = N3.ExpectQueries();
        Pass(Milliseconds(1040));

        N3.AnswersDone(late);

        AssertResult("c!", calls[2]);
    }

    [Fact]
    public void Queries_on_their_way_to_a_server_whose_connection_breaks_go_to_another()
    {
        StartReader();
        var calls = new[] { Query("a"), Query("b"), Query("c") };
        Answer(N1);
        Answer(N2);
        N3.ExpectQueries();

        Sys.EventStream.Publish(new DisassociatedEvent(
            new Akka.Actor.Address("akka.tcp", "clients", "here", 7),
            new Akka.Actor.Address("akka.tcp", "raftakka", "h3", 3), inbound: true));
        Pass(Milliseconds(20));

        var second = Single(out var sent);
        second.AnswersDone(sent);
        AssertResult("c!", calls[2]);
    }

    [Fact]
    public void When_the_leader_moves_queries_go_on()
    {
        StartReader();

        N2.Says(new KeepAliveReply(View(term: 2, leader: N2)));
        var query = Query("q");

        var server = Single(out var sent);
        server.AnswersDone(sent);
        AssertResult("q!", query);
    }

    [Fact]
    public void Every_server_that_reads_hears_that_the_client_lives_and_one_that_does_not_answer_is_asked_anew()
    {
        StartReader();
        foreach (var server in Servers) server.IgnoresQuestions();

        Pass(Seconds(11));
        foreach (var server in Servers) Assert.IsType<KeepAlive>(server.Session.ReceiveOne(TimeSpan.Zero));
        N2.ExpectConnect();
        N3.ExpectConnect();
    }

    [Fact]
    public void Stale_and_linearizable_queries_do_not_share_a_batch()
    {
        StartClientWithLeader();
        Together(
            new ClientCall(ClientCallKind.Query, Bytes("q"), Seconds(9)),
            new ClientCall(ClientCallKind.Query, Bytes("s"), Seconds(9)) { Consistency = ReadConsistency.Stale },
            new ClientCall(ClientCallKind.Query, Bytes("r"), Seconds(9)));

        Assert.Equal(["q", "r"], N1.ExpectQueries().Texts);
        Assert.Equal(["s"], N1.ExpectQueries().Texts);
    }

    [Fact]
    public void A_stale_query_that_the_silent_leader_does_not_answer_makes_the_client_look_further()
    {
        StartClientWithLeader();
        var stale = Stale("s");
        N1.ExpectQueries();

        Pass(Milliseconds(1040));
        N2.ExpectConnect();
        N2.Takes(View(term: 1, leader: null));

        Pass(Milliseconds(40));
        Answer(N2);
        AssertResult("s!", stale);
    }

    private void StartReader()
    {
        Settings = Settings with { ReadFrom = ReadFrom.Any, Seeds = ["h1:1", "h2:2", "h3:3"] };
        StartClient();
        foreach (var server in Servers)
        {
            server.ExpectConnect();
            server.Takes(View(term: 1, leader: N1));
        }
    }

    private ClientCall Stale(string body)
    {
        var call = new ClientCall(ClientCallKind.Query, Bytes(body), Seconds(10))
        {
            Consistency = ReadConsistency.Stale,
        };
        Client.Tell(call, Akka.Actor.ActorRefs.NoSender);
        return call;
    }

    // The only server that has got queries.
    private PlayedServer Single(out Sent sent)
    {
        var server = Assert.Single(Servers, server => server.Session.HasMessages);
        sent = server.ExpectQueries();
        return server;
    }

    private static (ReadConsistency Consistency, string Text) Answer(PlayedServer server)
    {
        var queries = server.Session.ExpectMsg<SendQueries>(TimeSpan.Zero);
        var sent = new Sent(queries.Batch, queries.Payload);
        server.AnswersDone(sent);
        return (queries.Consistency, string.Join(' ', sent.Texts));
    }
}
