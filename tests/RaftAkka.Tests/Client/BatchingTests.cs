using RaftAkka.Client;
using RaftAkka.Protocol;
using Xunit;

namespace RaftAkka.Tests.Client;

public sealed class BatchingTests : ClientTest
{
    [Fact]
    public void Calls_that_queued_together_leave_together()
    {
        StartClientWithSession();
        var calls = CallTogether("a", "b", "c");

        var sent = N1.ExpectCommands();
        Assert.Equal(["a", "b", "c"], sent.Texts);
        Assert.Equal([2, 3, 4], sent.Sequences);
        Assert.Equal(new SessionId(10, Tokens.Number(1)), sent.Batch.Session);

        N1.AnswersDone(sent);
        AssertResult("a!", calls[0]);
        AssertResult("c!", calls[2]);
    }

    [Fact]
    public void A_batch_ends_where_the_next_command_would_make_it_too_large()
    {
        var two = CommandBatch.HeaderBytes + (2 * (CommandBatch.CommandHeaderBytes + 5));
        Settings = Settings with { BatchBytesMax = two };
        StartClientWithSession();
        CallTogether("aaaaa", "bbbbb", "ccccc");

        Assert.Equal(["aaaaa", "bbbbb"], N1.ExpectCommands().Texts);
        Assert.Equal(["ccccc"], N1.ExpectCommands().Texts);
    }

    [Fact]
    public void A_command_larger_than_a_batch_goes_alone()
    {
        Settings = Settings with { BatchBytesMax = 60 };
        StartClientWithSession();
        CallTogether("a", new string('b', 200), "c");

        var first = N1.ExpectCommands();
        Assert.Equal(["a"], first.Texts);
        Assert.Equal([new string('b', 200)], N1.ExpectCommands().Texts);

        N1.AnswersDone(first);
        Assert.Equal(["c"], N1.ExpectCommands().Texts);
    }

    [Fact]
    public void While_two_batches_are_on_their_way_one_that_is_not_full_gathers_what_comes()
    {
        StartClientWithSession();
        Call("a");
        var first = N1.ExpectCommands();
        Call("b");
        N1.ExpectCommands();

        Call("c");
        Call("d");
        N1.ExpectNothing();

        N1.AnswersDone(first);
        Assert.Equal(["c", "d"], N1.ExpectCommands().Texts);
    }

    [Fact]
    public void A_full_batch_does_not_wait_for_those_on_their_way()
    {
        var two = CommandBatch.HeaderBytes + (2 * (CommandBatch.CommandHeaderBytes + 5));
        Settings = Settings with { BatchBytesMax = two };
        StartClientWithSession();
        CallTogether("aaaaa", "bbbbb", "ccccc", "ddddd", "eeeee", "fffff", "ggggg");

        Assert.Equal(["aaaaa", "bbbbb"], N1.ExpectCommands().Texts);
        Assert.Equal(["ccccc", "ddddd"], N1.ExpectCommands().Texts);
        var third = N1.ExpectCommands();
        Assert.Equal(["eeeee", "fffff"], third.Texts);
        N1.ExpectNothing();   // One command is left.

        N1.AnswersDone(third);
        N1.ExpectNothing();   // Two are still on their way.
    }

    [Fact]
    public void A_command_larger_than_the_server_takes_is_refused_with_the_numbers()
    {
        StartClient();
        N1.Takes(View(term: 1, leader: N1), batchBytesMax: 100);
        var small = Call("a");
        N1.Registers(session: 10);
        N1.AnswersDone(N1.ExpectCommands());

        var large = Call(new string('b', 52));   // One more than a batch of 100 bytes holds.
        var failure = AssertFails<CommandNotAppliedException>(large);
        Assert.Contains("52 bytes", failure.Message, StringComparison.Ordinal);
        Assert.Contains("100 bytes", failure.Message, StringComparison.Ordinal);
        AssertResult("a!", small);
        N1.Session.ExpectNoMsg(TimeSpan.Zero);

        Call(new string('c', 51));
        N1.ExpectCommands();
    }

    [Fact]
    public void So_many_batches_are_on_their_way_at_once_and_the_rest_waits_to_share_the_next()
    {
        Settings = Settings with { BatchesInFlightMax = 2 };
        StartClientWithSession();
        Call("a");
        Call("b");
        Call("c");
        Call("d");

        var first = N1.ExpectCommands();
        Assert.Equal(["b"], N1.ExpectCommands().Texts);
        Assert.False(N1.Session.HasMessages);

        N1.AnswersDone(first);
        Assert.Equal(["c", "d"], N1.ExpectCommands().Texts);
    }

    [Fact]
    public void Queries_that_bring_much_leave_in_batches_whose_answers_are_no_larger_than_a_batch()
    {
        const int resultBytes = 388;   // With what goes with it, 400.
        Settings = Settings with { BatchBytesMax = 1000 };
        StartClientWithLeader();
        Query("a");
        N1.Says(new BatchResults(
            N1.ExpectQueries().Number, [new(new SequenceNumber(1), CommandStatus.Done, new byte[resultBytes])]));

        QueryTogether("b", "c", "d", "e");

        var first = N1.ExpectQueries();
        Assert.Equal(["b", "c"], first.Texts);
        Assert.Equal(["d", "e"], N1.ExpectQueries().Texts);

        // These bring little, so the next ones may be many.
        N1.AnswersDone(first);
        QueryTogether("f", "g", "h");
        Assert.Equal(["f", "g", "h"], N1.ExpectQueries().Texts);
    }

    [Fact]
    public void The_server_may_take_fewer_batches_than_the_client_would_send()
    {
        StartClient();

        // One each for commands, queries and registering.
        N1.Takes(View(term: 1, leader: N1), batchesInFlightMax: 3);
        Query("a");
        Query("b");

        N1.ExpectQueries();
        Assert.False(N1.Session.HasMessages);
    }

    [Fact]
    public void Queries_need_no_session_and_do_not_wait_for_one()
    {
        StartClientWithLeader();
        var command = Call("a");
        N1.ExpectRegister();

        var query = Query("q");
        var sent = N1.ExpectQueries();
        Assert.Equal(SessionId.None, sent.Batch.Session);

        N1.AnswersDone(sent);
        AssertResult("q!", query);
        AssertWaits(command);
    }

    [Fact]
    public void A_session_is_registered_once_however_many_commands_wait_for_it()
    {
        StartClientWithLeader();
        Call("a");
        Call("b");
        N1.Registers(session: 10);

        Assert.Equal(["a", "b"], N1.ExpectCommands().Texts);
        Assert.False(N1.Session.HasMessages);
    }

    [Fact]
    public void More_calls_than_may_wait_are_refused_as_busy_at_once()
    {
        Settings = Settings with { CallsInFlightMax = 2 };
        StartClientWithLeader();
        var calls = new[] { Call("a"), Call("b"), Call("c") };

        var failure = AssertFails<CommandNotAppliedException>(calls[2]);
        Assert.Contains("busy", failure.Message, StringComparison.Ordinal);

        N1.Registers(session: 10);
        N1.AnswersDone(N1.ExpectCommands());
        AssertResult("a!", calls[0]);
        AssertWaits(Call("d"));   // There is room again.
    }

    [Fact]
    public void Newer_commands_wait_for_an_old_one_before_the_server_keeps_too_many_results()
    {
        Settings = Settings with { CallsInFlightMax = 3 };
        StartClientWithSession();
        Call("old");
        var old = N1.ExpectCommands();

        for (var i = 0; i < 2; i++)
        {
            Call("new");
            N1.AnswersDone(N1.ExpectCommands());
        }

        Call("too new");
        Assert.False(N1.Session.HasMessages);

        N1.AnswersDone(old);
        Assert.Equal(["too new"], N1.ExpectCommands().Texts);
    }

    [Fact]
    public void A_batch_tells_the_server_which_results_the_client_needs_no_more()
    {
        StartClientWithSession();   // Number 1 is done.
        Call("2");
        var second = N1.ExpectCommands();
        Call("3");
        var third = N1.ExpectCommands();
        Assert.Equal(1, second.Batch.Acknowledged.Value);

        N1.AnswersDone(third);
        Call("4");
        Assert.Equal(1, N1.ExpectCommands().Batch.Acknowledged.Value);   // Number 2 is not done.

        N1.AnswersDone(second);
        Call("5");
        Assert.Equal(3, N1.ExpectCommands().Batch.Acknowledged.Value);
    }
}
