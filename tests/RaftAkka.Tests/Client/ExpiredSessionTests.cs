using RaftAkka.Client;
using RaftAkka.Protocol;
using Xunit;

namespace RaftAkka.Tests.Client;

public sealed class ExpiredSessionTests : ClientTest
{
    [Fact]
    public void A_command_whose_only_try_met_an_expired_session_is_sent_again_in_a_new_one()
    {
        StartClientWithSession();
        var call = Call("a");
        N1.Answers(N1.ExpectCommands(), CommandStatus.SessionExpired);
        AssertWaits(call);

        N1.Registers(session: 77);
        var sent = N1.ExpectCommands();
        Assert.Equal(new SessionId(77, Tokens.Number(2)), sent.Batch.Session);
        Assert.Equal([1], sent.Sequences);
        Assert.Equal(0, sent.Batch.Acknowledged.Value);

        N1.AnswersDone(sent);
        AssertResult("a!", call);
    }

    [Fact]
    public void A_command_with_an_older_open_try_may_have_been_applied_before_the_session_expired()
    {
        StartClientWithSession();
        var call = Call("a");
        N1.ExpectCommands();
        Pass(Milliseconds(1020));
        N2.Takes(View(term: 2, leader: N2));
        N2.Answers(N2.ExpectCommands(), CommandStatus.SessionExpired);

        var failure = AssertFails<OutcomeUnknownException>(call);
        Assert.Contains("Session 10 expired", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_command_whose_leader_lost_leadership_may_have_been_applied_before_the_session_expired()
    {
        StartClientWithSession();
        var call = Call("a");
        N1.Refuses(N1.ExpectCommands(), RefusalReason.LeadershipLost, View(term: 2, leader: N2));
        N2.Takes(View(term: 2, leader: N2));
        N2.Answers(N2.ExpectCommands(), CommandStatus.SessionExpired);

        AssertFails<OutcomeUnknownException>(call);
    }

    [Fact]
    public void A_command_whose_older_tries_were_refused_for_sure_is_sent_again_in_a_new_session()
    {
        StartClientWithSession();
        var call = Call("a");
        N1.Refuses(N1.ExpectCommands(), RefusalReason.NotLeader, View(term: 2, leader: N2));
        N2.Takes(View(term: 2, leader: N2));
        N2.Answers(N2.ExpectCommands(), CommandStatus.SessionExpired);

        N2.Registers(session: 77);
        N2.AnswersDone(N2.ExpectCommands());
        AssertResult("a!", call);
    }

    [Fact]
    public void Several_batches_of_the_expired_session_share_the_new_one_and_keep_their_order()
    {
        StartClientWithSession();
        Call("a");
        Call("b");
        var a = N1.ExpectCommands();
        var b = N1.ExpectCommands();
        N1.Answers(a, CommandStatus.SessionExpired);
        N1.Answers(b, CommandStatus.SessionExpired);
        Call("c");

        N1.Registers(session: 77);
        Assert.Equal(["b", "a", "c"], N1.ExpectCommands().Texts.OrderBy(text => text == "b" ? 0 : 1));
        Assert.False(N1.Session.HasMessages);
    }

    [Fact]
    public void Sessions_that_expire_as_soon_as_they_are_registered_are_not_registered_in_a_tight_loop()
    {
        StartClientWithSession();
        Call("a");
        var registered = 0;
        for (var passed = 0; passed < 100; passed++)
        {
            while (N1.Session.HasMessages)
            {
                switch (N1.Session.ReceiveOne(TimeSpan.Zero))
                {
                    case SendCommands commands:
                        N1.Answers(new Sent(commands.Batch, commands.Payload), CommandStatus.SessionExpired);
                        break;
                    case RegisterSession register:
                        registered++;
                        N1.Says(new SessionRegistered(register.Batch, new LogIndex(100 + registered)));
                        break;
                }
            }

            Pass(Milliseconds(10));
        }

        Assert.InRange(registered, 3, 20);   // Within one second.
    }

    [Fact]
    public void A_command_that_was_canceled_meanwhile_is_not_sent_in_the_new_session()
    {
        StartClientWithSession();
        using var source = new CancellationTokenSource();
        var call = new ClientCall(ClientCallKind.Command, Bytes("a"), Seconds(10));
        call.CancelWith(source.Token);
        Together(call);
        var sent = N1.ExpectCommands();
        N1.Answers(sent, CommandStatus.SessionExpired);
        source.Cancel();

        // Its only try surely did not reach the log.
        Assert.False(AssertFails<CallCanceledException>(call).OutcomeUnknown);

        N1.Registers(session: 77);
        Call("b");
        Assert.Equal(["b"], N1.ExpectCommands().Texts);
    }
}
