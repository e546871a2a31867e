using RaftAkka.Client;
using RaftAkka.Protocol;
using Xunit;

namespace RaftAkka.Tests.Client;

/// <summary>
/// What a caller is told: "surely not applied" only where that is certain, "unknown" only where it is not.
/// </summary>
public sealed class OutcomeTests : ClientTest
{
    [Fact]
    public void A_command_that_found_no_leader_in_time_was_surely_not_applied()
    {
        StartClient();
        N1.Takes(View(term: 4, leader: null));
        var call = Call("a", seconds: 2);
        Pass(Seconds(2.02));

        var failure = AssertFails<CommandNotAppliedException>(call);
        Assert.Contains("within 2 s", failure.Message, StringComparison.Ordinal);
        Assert.Contains("h1:1, h2:2, h3:3", failure.Message, StringComparison.Ordinal);
        Assert.Contains("n1 knows no leader", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_command_that_waited_for_a_session_was_surely_not_applied()
    {
        StartClientWithLeader();
        var call = Call("a", seconds: 0.5);
        N1.ExpectRegister();
        Pass(Seconds(0.6));

        AssertFails<CommandNotAppliedException>(call);
    }

    [Theory]
    [InlineData(RefusalReason.NotLeader)]
    [InlineData(RefusalReason.Busy)]
    internal void A_command_whose_every_try_was_refused_was_surely_not_applied(RefusalReason reason)
    {
        StartClientWithSession();
        var call = Call("a", seconds: 1);
        for (var passed = 0; passed < 102; passed++)
        {
            while (N1.Session.HasMessages) N1.Refuses(N1.ExpectCommands(), reason, View(term: 1, leader: N1));
            N1.Takes(View(term: 1, leader: N1));
            while (N1.Session.HasMessages) N1.Refuses(N1.ExpectCommands(), reason, View(term: 1, leader: N1));
            Pass(Milliseconds(10));
        }

        AssertFails<CommandNotAppliedException>(call);
    }

    [Fact]
    public void A_command_that_was_sent_and_not_answered_is_unknown()
    {
        StartClientWithSession();
        var call = Call("a", seconds: 0.5);
        N1.ExpectCommands();
        Pass(Seconds(0.5));
        Pass(DeadlineWheel.Tick);

        var failure = AssertFails<OutcomeUnknownException>(call);
        Assert.Contains("within 0.5 s", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_refusal_does_not_settle_an_older_try_that_was_not_answered()
    {
        StartClientWithSession();
        var call = Call("a", seconds: 1.5);
        N1.ExpectCommands();
        Pass(Milliseconds(1020));
        N2.Takes(View(term: 2, leader: N2));
        N2.Refuses(N2.ExpectCommands(), RefusalReason.NotLeader, View(term: 3, leader: null));
        Pass(Seconds(1));

        AssertFails<OutcomeUnknownException>(call);
    }

    [Fact]
    public void The_late_refusal_of_the_only_open_try_makes_it_certain()
    {
        StartClientWithSession();
        var call = Call("a", seconds: 1.5);
        var first = N1.ExpectCommands();
        Pass(Milliseconds(1020));
        N2.Takes(View(term: 2, leader: N2));
        N2.Refuses(N2.ExpectCommands(), RefusalReason.NotLeader, View(term: 3, leader: null));
        N1.Refuses(first, RefusalReason.NotLeader, View(term: 3, leader: null));
        Pass(Seconds(1));

        AssertFails<CommandNotAppliedException>(call);
    }

    [Fact]
    public void Lost_leadership_leaves_a_command_unknown_for_good()
    {
        StartClientWithSession();
        var call = Call("a", seconds: 1);
        N1.Refuses(N1.ExpectCommands(), RefusalReason.LeadershipLost, View(term: 2, leader: null));
        Pass(Seconds(1.1));

        AssertFails<OutcomeUnknownException>(call);
    }

    [Fact]
    public void A_reason_that_this_version_does_not_know_proves_nothing()
    {
        StartClientWithSession();
        var call = Call("a", seconds: 1);
        N1.Refuses(N1.ExpectCommands(), (RefusalReason)77, View(term: 1, leader: N1));
        Pass(Seconds(1.1));

        AssertFails<OutcomeUnknownException>(call);
    }

    [Theory]
    [InlineData(RefusalReason.TooLarge)]
    [InlineData(RefusalReason.Malformed)]
    internal void A_batch_that_no_try_can_help_ends_at_once(RefusalReason reason)
    {
        StartClientWithSession();
        var call = Call("a");
        N1.Refuses(N1.ExpectCommands(), reason, View(term: 1, leader: N1));

        AssertFails<CommandNotAppliedException>(call);
    }

    [Fact]
    public void A_batch_that_no_try_can_help_is_unknown_where_an_older_try_is_open()
    {
        StartClientWithSession();
        var call = Call("a");
        N1.ExpectCommands();
        Pass(Milliseconds(1020));
        N2.Takes(View(term: 2, leader: N2));
        N2.Refuses(N2.ExpectCommands(), RefusalReason.TooLarge, View(term: 2, leader: N2));

        AssertFails<OutcomeUnknownException>(call);
    }

    [Fact]
    public void A_command_that_the_machine_could_not_read_was_surely_not_applied()
    {
        StartClientWithSession();
        var call = Call("a");
        N1.Answers(N1.ExpectCommands(), CommandStatus.Malformed);

        AssertFails<CommandNotAppliedException>(call);
    }

    [Fact]
    public void A_result_that_the_servers_forgot_is_unknown()
    {
        StartClientWithSession();
        var call = Call("a");
        N1.Answers(N1.ExpectCommands(), CommandStatus.AlreadyAcknowledged);

        AssertFails<OutcomeUnknownException>(call);
    }

    [Fact]
    public void Too_many_unacknowledged_results_delay_a_command_and_no_more()
    {
        StartClientWithSession();
        var call = Call("a");
        N1.Answers(N1.ExpectCommands(), CommandStatus.TooManyUnacknowledged);
        AssertWaits(call);

        Pass(Milliseconds(60));
        N1.AnswersDone(N1.ExpectCommands());
        AssertResult("a!", call);
    }

    [Fact]
    public void An_answer_that_leaves_a_command_out_leaves_it_unknown_until_another_try_settles_it()
    {
        StartClientWithSession();
        var calls = CallTogether("a", "b");
        var sent = N1.ExpectCommands();
        N1.Says(new BatchResults(
            sent.Number,
            [new CommandResult(new SequenceNumber(sent.Sequences[0]), CommandStatus.Done, Bytes("a!"))]));
        AssertResult("a!", calls[0]);
        AssertWaits(calls[1]);

        Pass(Milliseconds(60));
        Assert.Equal(["b"], N1.ExpectCommands().Texts);
        Pass(Seconds(10));
        AssertFails<OutcomeUnknownException>(calls[1]);
    }

    [Fact]
    public void A_query_that_the_state_machine_failed_is_not_asked_again()
    {
        StartClientWithLeader();
        var call = Query("q");
        var sent = N1.ExpectQueries();

        N1.Says(new BatchResults(sent.Number,
            [new CommandResult(new SequenceNumber(sent.Sequences[0]), CommandStatus.QueryFailed, Bytes("FormatException: no number"))]));

        var failure = AssertFails<QueryFailedException>(call);
        Assert.True(failure.IsFinal);
        Assert.Contains("n1's state machine threw when it was asked: FormatException: no number.", failure.Message);
        Pass(Seconds(2));
        Assert.DoesNotContain(N1.Heard(), message => message is SendQueries);
    }

    [Fact]
    public void An_answer_that_is_too_large_fails_its_query_and_says_so()
    {
        StartClientWithLeader();
        var call = Query("q");

        N1.Answers(N1.ExpectQueries(), CommandStatus.ResultTooLarge);

        var failure = AssertFails<QueryFailedException>(call);
        Assert.True(failure.IsFinal);
        Assert.StartsWith("The query's answer has more than 1114112 bytes, and is not sent.", failure.Message);
    }

    [Fact]
    public void A_command_whose_result_is_too_large_was_applied_and_says_so()
    {
        StartClientWithSession();
        var call = Call("a");

        N1.Answers(N1.ExpectCommands(), CommandStatus.ResultTooLarge);

        Assert.StartsWith("The command was applied, once; but its result", AssertFails<OutcomeUnknownException>(call).Message);
    }

    [Fact]
    public void An_answer_to_queries_says_nothing_of_a_command()
    {
        StartClientWithSession();
        var call = Call("a");

        N1.Answers(N1.ExpectCommands(), CommandStatus.QueryFailed);

        AssertFails<OutcomeUnknownException>(call);
    }

    [Fact]
    public void A_query_that_was_not_answered_failed_and_changed_nothing()
    {
        StartClientWithLeader();
        var call = Query("q", seconds: 0.5);
        N1.ExpectQueries();
        Pass(Seconds(0.6));

        var failure = AssertFails<QueryFailedException>(call);
        Assert.Contains("again is safe", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_deadline_of_a_call_is_its_own()
    {
        StartClient();
        var brief = Call("a", seconds: 1);
        var patient = Call("b", seconds: 3);
        Pass(Seconds(1.02));
        AssertFails<CommandNotAppliedException>(brief);
        AssertWaits(patient);

        Pass(Seconds(2));
        AssertFails<CommandNotAppliedException>(patient);
    }

    [Fact]
    public void A_call_whose_time_was_up_while_it_waited_is_never_sent()
    {
        StartClient();
        Call("a", seconds: 1);
        Pass(Seconds(1.1));
        Call("b");
        N1.Takes(View(term: 1, leader: N1));
        N1.Registers(session: 10);

        Assert.Equal(["b"], N1.ExpectCommands().Texts);
    }
}
