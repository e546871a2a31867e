using RaftAkka.Client;
using RaftAkka.Protocol;
using Xunit;

namespace RaftAkka.Tests.Client;

public sealed class CancellationTests : ClientTest
{
    private readonly CancellationTokenSource _source = new();

    [Fact]
    public void A_command_that_is_canceled_before_it_was_sent_is_surely_never_sent()
    {
        StartClientWithLeader();
        var call = Cancelable("a");
        N1.ExpectRegister();
        _source.Cancel();

        var failure = AssertFails<CallCanceledException>(call);
        Assert.False(failure.OutcomeUnknown);
        Assert.Equal(_source.Token, failure.CancellationToken);

        Call("b");
        N1.Says(new SessionRegistered(1, new LogIndex(10)));
        Assert.Equal(["b"], N1.ExpectCommands().Texts);
    }

    [Fact]
    public void A_command_that_is_canceled_after_it_was_sent_has_an_unknown_outcome()
    {
        StartClientWithSession();
        var call = Cancelable("a");
        var sent = N1.ExpectCommands();
        _source.Cancel();
        Assert.True(AssertFails<CallCanceledException>(call).OutcomeUnknown);

        N1.AnswersDone(sent);   // Nobody waits for it; its number is finished all the same.
        Call("b");
        Assert.Equal(2, N1.ExpectCommands().Batch.Acknowledged.Value);
    }

    [Fact]
    public void A_command_that_was_canceled_after_it_was_sent_is_not_sent_again()
    {
        StartClientWithSession();
        Cancelable("a");
        var sent = N1.ExpectCommands();
        _source.Cancel();
        N1.Refuses(sent, RefusalReason.LeadershipLost, View(term: 2, leader: N2));
        N2.Takes(View(term: 2, leader: N2));
        Assert.False(N2.Session.HasMessages);

        Call("b");
        Assert.Equal(["b"], N2.ExpectCommands().Texts);
    }

    [Fact]
    public void A_query_that_is_canceled_changed_nothing()
    {
        StartClientWithLeader();
        var call = Cancelable("q", ClientCallKind.Query);
        N1.ExpectQueries();
        _source.Cancel();

        Assert.False(AssertFails<CallCanceledException>(call).OutcomeUnknown);
    }

    [Fact]
    public void A_canceled_call_gives_its_place_to_another()
    {
        Settings = Settings with { CallsInFlightMax = 1 };
        StartClientWithSession();
        Cancelable("a");
        var sent = N1.ExpectCommands();
        _source.Cancel();
        N1.AnswersDone(sent);

        AssertWaits(Call("b"));
    }

    [Fact]
    public void Cancelling_after_the_result_changes_nothing()
    {
        StartClientWithSession();
        var call = Cancelable("a");
        N1.AnswersDone(N1.ExpectCommands());
        _source.Cancel();

        AssertResult("a!", call);
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _source.Dispose();
    }

    private ClientCall Cancelable(string body, ClientCallKind kind = ClientCallKind.Command)
    {
        var call = new ClientCall(kind, Bytes(body), Seconds(10));
        call.CancelWith(_source.Token);
        Together(call);
        return call;
    }
}
