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
        N1.Session.ExpectMsg<KeepAlive>();
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
