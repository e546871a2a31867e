using Akka.Actor;
using RaftAkka.Protocol;
using Xunit;

namespace RaftAkka.Tests.Client;

public sealed class KeepAliveTests : ClientTest
{
    [Fact]
    public void An_idle_client_tells_the_server_now_and_then_that_it_lives()
    {
        StartClientWithLeader();
        Pass(Seconds(4.9));
        Assert.False(N1.Session.HasMessages);

        Pass(Seconds(0.1));
        Assert.Equal(SessionId.None, N1.Session.ExpectMsg<KeepAlive>().Session);
        N1.Says(new KeepAliveReply(View(term: 1, leader: N1)));

        Pass(Seconds(5));
        N1.Session.ExpectMsg<KeepAlive>();
    }

    [Fact]
    public void A_request_says_the_same()
    {
        StartClientWithSession();
        Pass(Seconds(4));
        Call("a");
        N1.AnswersDone(N1.ExpectCommands());

        Pass(Seconds(4));
        Assert.False(N1.Session.HasMessages);
        Pass(Seconds(1));
        N1.Session.ExpectMsg<KeepAlive>();
    }

    [Fact]
    public void An_idle_client_renews_its_session()
    {
        StartClientWithSession();

        Pass(Seconds(5));

        Assert.Equal(new SessionId(10, Tokens.Number(1)), N1.Session.ExpectMsg<KeepAlive>().Session);
    }

    // They are no part of the session, which would expire under a client that only reads for a while.
    [Fact]
    public void A_client_that_only_reads_renews_its_session_as_well()
    {
        StartClientWithSession();
        for (var second = 0; second < 4; second++)
        {
            Pass(Seconds(1));
            Query("q");
            N1.AnswersDone(N1.ExpectQueries());
        }

        Pass(Seconds(1));

        Assert.Equal(new SessionId(10, Tokens.Number(1)), N1.Session.ExpectMsg<KeepAlive>().Session);
    }

    [Fact]
    public void After_an_expiry_the_new_session_is_renewed()
    {
        StartClientWithSession();
        Call("a");
        N1.Answers(N1.ExpectCommands(), CommandStatus.SessionExpired);
        N1.Registers(session: 77);
        N1.AnswersDone(N1.ExpectCommands());

        Pass(Seconds(5));

        Assert.Equal(new SessionId(77, Tokens.Number(2)), N1.Session.ExpectMsg<KeepAlive>().Session);
    }

    [Fact]
    public void A_session_is_renewed_at_the_next_leader()
    {
        StartClientWithSession();
        N1.Says(new KeepAliveReply(View(term: 2, leader: N2)));
        N2.Takes(View(term: 2, leader: N2));

        Pass(Seconds(5));

        Assert.Equal(new SessionId(10, Tokens.Number(1)), N2.Session.ExpectMsg<KeepAlive>().Session);
    }

    [Fact]
    public void A_server_that_does_not_answer_it_is_left()
    {
        StartClientWithLeader();
        foreach (var server in Servers) server.IgnoresQuestions();
        Pass(Seconds(5));
        N1.Session.ExpectMsg<KeepAlive>();

        Pass(Seconds(1));
        N2.ExpectConnect();
    }

    [Fact]
    public void A_stopping_client_says_goodbye_to_every_server_that_took_it()
    {
        StartClient();
        N1.Takes(View(term: 1, leader: N2));
        N2.Takes(View(term: 1, leader: N2));
        Client.Tell(RaftAkka.Client.StopClient.Instance);

        N1.Session.ExpectMsg<DisconnectClient>();
        N2.Session.ExpectMsg<DisconnectClient>();
        Assert.False(N3.Session.HasMessages);
    }
}
