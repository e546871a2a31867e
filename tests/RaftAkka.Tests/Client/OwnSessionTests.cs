using Akka.Actor;
using RaftAkka.Client;
using RaftAkka.Protocol;
using Xunit;

namespace RaftAkka.Tests.Client;

/// <summary>A session is its client's alone, and what it does where it seems not to be.</summary>
public sealed class OwnSessionTests : ClientTest
{
    [Fact]
    public void A_client_registers_under_a_token_of_its_own_and_shows_it_in_every_batch()
    {
        StartClientWithLeader();
        Call("a");
        Assert.Equal(Tokens.Number(1), N1.ExpectRegister().Token);
        N1.Says(new SessionRegistered(1, new LogIndex(10)));

        Assert.Equal(new SessionId(10, Tokens.Number(1)), N1.ExpectCommands().Batch.Session);
    }

    [Fact]
    public void A_command_that_somebody_else_acknowledged_is_unknown_and_its_session_is_left()
    {
        StartClientWithSession();
        var (a, b) = (Call("a"), Call("b"));
        var (sentA, sentB) = (N1.ExpectCommands(), N1.ExpectCommands());

        EventFilter.Error(contains: "another program used session 10").ExpectOne(
            () => N1.Answers(sentA, CommandStatus.AlreadyAcknowledged));
        AssertFails<OutcomeUnknownException>(a);
        AssertWaits(b);

        // What is on its way ends in the old session; what comes is sent in a new one, under a new token.
        N1.AnswersDone(sentB);
        AssertResult("b!", b);
        Call("c");
        var register = N1.ExpectRegister();
        Assert.Equal(Tokens.Number(2), register.Token);
        N1.Says(new SessionRegistered(register.Batch, new LogIndex(77)));
        Assert.Equal(new SessionId(77, Tokens.Number(2)), N1.ExpectCommands().Batch.Session);
    }

    [Fact]
    public void A_late_answer_to_an_earlier_registration_does_not_name_the_new_session()
    {
        StartClientWithLeader();
        Call("a");
        var first = N1.ExpectRegister();
        N1.Says(new SessionRegistered(first.Batch, new LogIndex(10)));
        N1.Answers(N1.ExpectCommands(), CommandStatus.SessionExpired);
        var second = N1.ExpectRegister();

        N1.Says(new SessionRegistered(first.Batch, new LogIndex(11)));
        Assert.False(N1.Session.HasMessages);

        N1.Says(new SessionRegistered(second.Batch, new LogIndex(12)));
        Assert.Equal(new SessionId(12, Tokens.Number(2)), N1.ExpectCommands().Batch.Session);
    }

    [Fact]
    public void A_client_that_stops_ends_its_session()
    {
        StartClientWithSession();
        Client.Tell(StopClient.Instance);

        Assert.Equal(new SessionId(10, Tokens.Number(1)), N1.Session.ExpectMsg<DisconnectClient>().Session);
    }

    [Fact]
    public void A_status_that_this_release_does_not_know_leaves_its_command_unknown_and_the_others_done()
    {
        StartClientWithSession();
        var calls = CallTogether("a", "b");
        var sent = N1.ExpectCommands();
        N1.Says(new BatchResults(sent.Number,
            [new(new(sent.Sequences[0]), CommandStatus.Unknown, default), new(new(sent.Sequences[1]), CommandStatus.Done, Bytes("b!"))]));

        AssertFails<OutcomeUnknownException>(calls[0]);
        AssertResult("b!", calls[1]);
    }

    [Fact]
    public void A_refusal_for_a_reason_that_this_release_does_not_know_proves_nothing()
    {
        StartClientWithSession();
        var call = Call("a", seconds: 2);
        N1.Refuses(N1.ExpectCommands(), RefusalReason.Unknown);
        Pass(Seconds(2.1));

        AssertFails<OutcomeUnknownException>(call);
    }

    [Fact]
    public void A_client_that_had_to_make_room_looks_for_a_server_at_once()
    {
        StartClientWithSession();
        N1.Says(new ClientRefused(N1.Id, "no room", IsFinal: false));

        N1.ExpectConnect();
    }

    [Fact]
    public void A_canceled_call_frees_its_place_at_once()
    {
        Settings = Settings with { CallsInFlightMax = 2 };
        StartClient();   // No server answers.
        for (var n = 0; n < 100; n++)
        {
            using var source = new CancellationTokenSource();
            var call = new ClientCall(ClientCallKind.Command, Bytes("a"), Seconds(10));
            call.CancelWith(source.Token, canceled => Door.Submit(new CanceledCall(canceled), Client));
            Door.Submit(call, Client);
            source.Cancel();
            AssertFails<CallCanceledException>(call);
        }

        AssertWaits(Call("b"));
    }

    [Fact]
    public void A_canceled_call_that_was_sent_frees_its_place_and_is_not_sent_again()
    {
        Settings = Settings with { CallsInFlightMax = 1 };
        StartClientWithSession();
        using var source = new CancellationTokenSource();
        var call = new ClientCall(ClientCallKind.Command, Bytes("a"), Seconds(10));
        call.CancelWith(source.Token, canceled => Door.Submit(new CanceledCall(canceled), Client));
        Door.Submit(call, Client);
        N1.ExpectCommands();
        source.Cancel();

        Assert.True(AssertFails<CallCanceledException>(call).OutcomeUnknown);
        Call("b");
        var sent = N1.ExpectCommands();
        Assert.Equal(["b"], sent.Texts);
        Assert.Equal(2, sent.Batch.Acknowledged.Value);
    }
}
