using RaftAkka.Client;
using RaftAkka.Protocol;
using Xunit;

namespace RaftAkka.Tests.Client;

public sealed class RetryTests : ClientTest
{
    [Fact]
    public void A_command_in_flight_follows_a_change_of_leader_under_its_own_number()
    {
        StartClientWithSession();
        var call = Call("a");
        var first = N1.ExpectCommands();

        N1.Refuses(first, RefusalReason.NotLeader, View(term: 2, leader: N2));
        N2.ExpectConnect();
        N2.Takes(View(term: 2, leader: N2));

        var second = N2.ExpectCommands();
        Assert.Equal(first.Payload.ToArray(), second.Payload.ToArray());
        Assert.NotEqual(first.Number, second.Number);   // Answers must tell which try they answer.

        N2.AnswersDone(second);
        AssertResult("a!", call);
    }

    [Fact]
    public void Several_batches_in_flight_follow_together()
    {
        StartClientWithSession();
        Call("a");
        Call("b");
        var query = Query("q");
        var a = N1.ExpectCommands();
        var b = N1.ExpectCommands();
        var q = N1.ExpectQueries();

        N1.Refuses(a, RefusalReason.LeadershipLost, View(term: 2, leader: N2));
        N1.Refuses(b, RefusalReason.LeadershipLost, View(term: 2, leader: N2));
        N1.Refuses(q, RefusalReason.LeadershipLost, View(term: 2, leader: N2));
        N2.Takes(View(term: 2, leader: N2));

        Assert.Equal(["a"], N2.ExpectCommands().Texts);
        Assert.Equal(["b"], N2.ExpectCommands().Texts);
        N2.AnswersDone(N2.ExpectQueries());
        AssertResult("q!", query);
    }

    [Fact]
    public void Lost_leadership_sends_the_client_looking_and_the_same_server_may_lead_again()
    {
        StartClientWithSession();
        var call = Call("a");
        N1.IgnoresQuestions();
        N1.Refuses(N1.ExpectCommands(), RefusalReason.LeadershipLost, View(term: 2, leader: null));

        N1.ExpectConnect();
        N2.ExpectConnect();
        N1.Takes(View(term: 2, leader: null));
        N1.Says(new KeepAliveReply(View(term: 3, leader: N1)));

        N1.AnswersDone(N1.ExpectCommands());
        AssertResult("a!", call);
    }

    [Fact]
    public void A_busy_server_is_tried_again_after_a_pause_and_not_left()
    {
        StartClientWithSession();
        var call = Call("a");
        var first = N1.ExpectCommands();
        foreach (var server in Servers) server.IgnoresQuestions();

        N1.Refuses(first, RefusalReason.Busy, View(term: 1, leader: N1));
        Assert.False(N1.Session.HasMessages);

        Pass(Milliseconds(60));
        N1.AnswersDone(N1.ExpectCommands());
        AssertResult("a!", call);
        foreach (var server in Servers) server.ExpectNothing();
    }

    [Fact]
    public void A_silent_server_is_left_for_another()
    {
        StartClientWithSession();
        var call = Call("a");
        N1.ExpectCommands();

        Pass(Milliseconds(1020));
        N2.ExpectConnect();
        N2.Takes(View(term: 2, leader: N2));
        N2.AnswersDone(N2.ExpectCommands());
        AssertResult("a!", call);
    }

    [Fact]
    public void A_server_that_was_slow_gets_twice_the_time_at_the_next_try()
    {
        StartClientWithSession();
        Call("a");
        N1.ExpectCommands();
        Pass(Milliseconds(1020));
        N2.Takes(View(term: 1, leader: N1));
        N1.Takes(View(term: 1, leader: N1));
        Pass(Milliseconds(300));
        N1.ExpectCommands();
        foreach (var server in Servers) server.IgnoresQuestions();

        Pass(Milliseconds(1500));
        foreach (var server in Servers) server.ExpectNothing();

        Pass(Milliseconds(600));
        N2.ExpectConnect();
    }

    [Fact]
    public void A_late_result_of_an_older_try_counts()
    {
        StartClientWithSession();
        var call = Call("a");
        var first = N1.ExpectCommands();
        Pass(Milliseconds(1020));
        N2.Takes(View(term: 2, leader: N2));
        var second = N2.ExpectCommands();

        N1.AnswersDone(first);
        AssertResult("a!", call);

        N2.AnswersDone(second);   // The later try's result finds nothing to do.
        Call("b");
        Assert.Equal([3], N2.ExpectCommands().Sequences);
    }

    [Fact]
    public void A_result_that_comes_twice_counts_once()
    {
        StartClientWithSession();
        var call = Call("a");
        var sent = N1.ExpectCommands();
        N1.AnswersDone(sent);
        N1.Answers(sent, CommandStatus.Malformed);

        AssertResult("a!", call);
    }

    [Fact]
    public void A_refusal_of_an_older_try_leaves_the_later_one_on_its_way()
    {
        StartClientWithSession();
        var call = Call("a");
        var first = N1.ExpectCommands();
        Pass(Milliseconds(1020));
        N2.Takes(View(term: 2, leader: N2));
        var second = N2.ExpectCommands();

        N1.Refuses(first, RefusalReason.NotLeader, View(term: 2, leader: N2));
        Assert.False(N2.Session.HasMessages);

        N2.AnswersDone(second);
        AssertResult("a!", call);
    }

    [Fact]
    public void A_refusal_that_comes_twice_is_followed_once()
    {
        StartClientWithSession();
        Call("a");
        var first = N1.ExpectCommands();
        N1.Refuses(first, RefusalReason.NotLeader, View(term: 2, leader: N2));
        N2.IgnoresQuestions();
        N2.Takes(View(term: 2, leader: N2));
        N2.ExpectCommands();

        N1.Refuses(first, RefusalReason.NotLeader, View(term: 2, leader: N2));
        Assert.False(N2.Session.HasMessages);
        Assert.False(N2.Door.HasMessages);
    }

    [Fact]
    public void A_server_that_says_it_leads_and_then_refuses_is_not_asked_in_a_tight_loop()
    {
        StartClientWithSession();
        Call("a");
        var tries = 0;
        for (var passed = 0; passed < 100; passed++)
        {
            while (N1.Session.HasMessages)
            {
                tries++;
                N1.Refuses(N1.ExpectCommands(), RefusalReason.NotLeader, View(term: 1, leader: N1));
            }

            N1.IgnoresQuestions();
            N1.Takes(View(term: 1, leader: N1));
            Pass(Milliseconds(10));
        }

        Assert.InRange(tries, 3, 20);   // Within one second.
    }

    [Fact]
    public void A_call_that_was_given_up_is_left_out_of_the_next_try()
    {
        StartClientWithSession();
        var brief = new ClientCall(ClientCallKind.Command, Bytes("brief"), Seconds(0.5));
        var patient = new ClientCall(ClientCallKind.Command, Bytes("patient"), Seconds(10));
        Together(brief, patient);
        var both = N1.ExpectCommands();
        Assert.Equal(["brief", "patient"], both.Texts);

        Pass(Seconds(1.1));
        AssertFails<OutcomeUnknownException>(brief);
        N2.Takes(View(term: 2, leader: N2));
        var again = N2.ExpectCommands();
        Assert.Equal(["patient"], again.Texts);
        Assert.Equal(both.Sequences[1..], again.Sequences);

        N1.AnswersDone(both);   // Late, and with one result that nobody waits for.
        AssertResult("patient!", patient);
    }

    [Fact]
    public void A_number_that_was_given_up_counts_as_acknowledged()
    {
        StartClientWithSession();
        Call("2", seconds: 0.5);
        N1.ExpectCommands();
        Pass(Seconds(0.6));

        Call("3");

        // So a late copy of number 2 will not be applied.
        Assert.Equal(2, N1.ExpectCommands().Batch.Acknowledged.Value);
    }

    [Fact]
    public void A_registration_follows_a_change_of_leader()
    {
        StartClientWithLeader();
        var call = Call("a");
        var register = N1.ExpectRegister();
        N1.Says(new BatchRefused(register.Batch, RefusalReason.NotLeader, View(term: 2, leader: N2), ""));
        N2.Takes(View(term: 2, leader: N2));

        N2.Registers(session: 20);
        N2.AnswersDone(N2.ExpectCommands());
        AssertResult("a!", call);
    }

    [Fact]
    public void A_registration_that_is_not_answered_is_repeated_elsewhere_and_a_late_answer_is_ignored()
    {
        StartClientWithLeader();
        Call("a");
        var first = N1.ExpectRegister();
        Pass(Milliseconds(1020));
        N2.Takes(View(term: 2, leader: N2));
        N2.Registers(session: 20);

        N1.Says(new SessionRegistered(first.Batch, new LogIndex(15)));
        Assert.Equal(new SessionId(20, Tokens.Number(1)), N2.ExpectCommands().Batch.Session);
        Call("b");
        Assert.Equal(new SessionId(20, Tokens.Number(1)), N2.ExpectCommands().Batch.Session);
    }

    [Fact]
    public void A_busy_server_is_asked_again_for_a_session()
    {
        StartClientWithLeader();
        Call("a");
        var register = N1.ExpectRegister();
        N1.Says(new BatchRefused(register.Batch, RefusalReason.Busy, View(term: 1, leader: N1), ""));
        Assert.False(N1.Session.HasMessages);

        Pass(Milliseconds(60));
        N1.ExpectRegister();
    }

    [Fact]
    public void Messages_that_no_client_expects_are_ignored()
    {
        StartClientWithSession();
        N1.Says(new BatchResults(999, []));
        N1.Says(new BatchRefused(999, RefusalReason.Busy, ClusterView.Empty, ""));
        N1.Says(new SessionRegistered(999, new LogIndex(99)));
        Client.Tell("gibberish", N1.Session.Ref);

        var call = Call("a");
        N1.AnswersDone(N1.ExpectCommands());
        AssertResult("a!", call);
    }
}
