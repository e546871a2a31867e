using System.Text;
using Xunit;

namespace RaftAkka.Protocol.Tests.Sessions;

/// <summary>Exactly once (dissertation §6.3): a command that comes twice is applied once and answered twice.</summary>
public sealed class SessionTableTests
{
    private readonly SessionTable _table = new();
    private readonly Journal _machine = new();
    private int _index = 100;

    [Fact]
    public void A_sessions_id_is_the_index_of_the_entry_that_registered_it()
    {
        Assert.Equal(new SessionId(7), _table.Register(new LogIndex(7)));
        Assert.Equal(1, _table.Count);
    }

    [Fact]
    public void A_command_is_applied_and_knows_where_it_stands()
    {
        var ann = Registered();

        Assert.Equal((CommandStatus.Done, "1:put"), Send(ann, 1, "put"));

        var applied = Assert.Single(_machine.Applied);
        Assert.Equal((ann, new SequenceNumber(1), new LogIndex(_index)), (applied.Session, applied.Sequence, applied.Index));
    }

    [Fact]
    public void A_retry_gets_the_first_result_and_is_not_applied()
    {
        var ann = Registered();
        Send(ann, 1, "put");
        Send(ann, 2, "put");

        Assert.Equal((CommandStatus.Done, "1:put"), Send(ann, 1, "put"));

        Assert.Equal(2, _machine.Applied.Count);
    }

    [Fact]
    public void A_command_that_comes_twice_within_one_batch_is_applied_once()
    {
        var ann = Registered();

        var results = Execute(ann, acknowledged: 0, (1, "put"), (1, "put"), (2, "put"));

        Assert.Equal(["1:put", "1:put", "2:put"], results.Select(result => result.Text));
    }

    [Fact]
    public void A_command_that_overtook_another_does_not_stand_in_for_it()
    {
        var ann = Registered();
        Send(ann, 5, "five");

        Assert.Equal((CommandStatus.Done, "2:three"), Send(ann, 3, "three"));
    }

    [Fact]
    public void Two_sessions_numbers_have_nothing_to_do_with_each_other()
    {
        var (ann, bea) = (Registered(), Registered());
        Send(ann, 1, "ann");

        Assert.Equal((CommandStatus.Done, "2:bea"), Send(bea, 1, "bea"));
    }

    [Fact]
    public void A_session_that_nobody_registered_has_expired_and_nothing_is_applied()
    {
        var results = Execute(new SessionId(42), acknowledged: 0, (1, "put"), (2, "put"));

        Assert.All(results, result => Assert.Equal((CommandStatus.SessionExpired, ""), result));
        Assert.Empty(_machine.Applied);
    }

    [Fact]
    public void What_the_client_has_acknowledged_is_forgotten_and_never_applied_again()
    {
        var ann = Registered();
        Send(ann, 1, "put");
        Send(ann, 2, "put");

        Execute(ann, acknowledged: 1, (3, "put"));

        Assert.Equal((CommandStatus.AlreadyAcknowledged, ""), Send(ann, 1, "put"));
        Assert.Equal((CommandStatus.Done, "2:put"), Send(ann, 2, "put"));
        Assert.Equal(3, _machine.Applied.Count);
    }

    [Fact]
    public void An_older_acknowledgement_brings_nothing_back()
    {
        var ann = Registered();
        Execute(ann, acknowledged: 5, (6, "put"));

        Execute(ann, acknowledged: 2, (7, "put"));

        Assert.Equal((CommandStatus.AlreadyAcknowledged, ""), Send(ann, 4, "put"));
    }

    [Fact]
    public void A_number_that_was_acknowledged_before_it_was_used_is_never_applied()
    {
        var ann = Registered();

        Assert.Equal([(CommandStatus.AlreadyAcknowledged, "")], Execute(ann, acknowledged: 9, (9, "put")));
    }

    [Fact]
    public void An_acknowledgement_of_the_highest_number_there_is_ends()
    {
        var ann = Registered();
        Execute(ann, acknowledged: long.MaxValue - 1, (long.MaxValue, "put"));

        Assert.Equal(
            [(CommandStatus.AlreadyAcknowledged, "")], Execute(ann, acknowledged: long.MaxValue, (long.MaxValue, "put")));
    }

    [Fact]
    public void A_client_that_skips_numbers_far_ahead_costs_no_more_than_one_that_does_not()
    {
        var ann = Registered();
        Send(ann, 1, "put");

        Execute(ann, acknowledged: long.MaxValue / 2, (long.MaxValue, "put"));

        Assert.Equal((CommandStatus.AlreadyAcknowledged, ""), Send(ann, 1, "put"));
        Assert.Equal((CommandStatus.Done, "2:put"), Send(ann, long.MaxValue, "put"));
    }

    [Fact]
    public void A_session_keeps_so_many_results_and_takes_more_once_some_are_acknowledged()
    {
        var ann = Registered();
        Execute(ann, acknowledged: 0, [.. Enumerable.Range(1, SessionTable.ResultsMax).Select(n => ((long)n, "put"))]);

        Assert.Equal((CommandStatus.TooManyUnacknowledged, ""), Send(ann, SessionTable.ResultsMax + 1, "put"));
        Assert.Equal((CommandStatus.Done, "1:put"), Send(ann, 1, "put"));   // A retry still gets its result.
        Assert.Equal(SessionTable.ResultsMax, _machine.Applied.Count);

        // Refused is not spent: the same number is applied when there is room.
        Assert.Equal(
            [(CommandStatus.Done, $"{SessionTable.ResultsMax + 1}:put")],
            Execute(ann, acknowledged: 1, (SessionTable.ResultsMax + 1, "put")));
    }

    [Fact]
    public void The_session_used_least_recently_makes_room_for_a_new_one()
    {
        var (ann, bea) = (Registered(), Registered());
        for (var n = 2; n < SessionTable.SessionsMax; n++) Registered();
        Send(ann, 1, "put");   // Ann is older, but used since.

        var cid = Registered();

        Assert.Equal(SessionTable.SessionsMax, _table.Count);
        Assert.Equal((CommandStatus.SessionExpired, ""), Send(bea, 1, "put"));
        Assert.Equal((CommandStatus.Done, "1:put"), Send(ann, 1, "put"));
        Assert.Equal((CommandStatus.Done, "2:put"), Send(cid, 1, "put"));
    }

    private SessionId Registered() => _table.Register(new LogIndex(++_index));

    private (CommandStatus Status, string Text) Send(SessionId session, long sequence, string body) =>
        Assert.Single(Execute(session, acknowledged: 0, (sequence, body)));

    private (CommandStatus Status, string Text)[] Execute(
        SessionId session, long acknowledged, params (long Sequence, string Body)[] commands)
    {
        var bytes = CommandBatch.Encode(session, new SequenceNumber(acknowledged), [.. commands.Select(
            command => new Command(new SequenceNumber(command.Sequence), Encoding.ASCII.GetBytes(command.Body)))]);
        Assert.True(CommandBatch.TryDecode(bytes, out var batch));

        var results = _table.Execute(new LogIndex(++_index), batch, _machine);

        Assert.Equal(commands.Select(command => command.Sequence), results.Select(result => result.Sequence.Value));
        return [.. results.Select(result => (result.Status, Encoding.ASCII.GetString(result.Result.Span)))];
    }

    /// <summary>Answers each command with how many there were, so that applying one twice would show.</summary>
    private sealed class Journal : IStateMachine
    {
        public List<CommittedCommand> Applied { get; } = [];

        public ReadOnlyMemory<byte> Apply(in CommittedCommand command)
        {
            Applied.Add(command);
            return Encoding.ASCII.GetBytes($"{Applied.Count}:{Encoding.ASCII.GetString(command.Body.Span)}");
        }

        public ReadOnlyMemory<byte> Query(ReadOnlyMemory<byte> query) => default;

        public ISnapshotSource CaptureSnapshot() => throw new NotSupportedException();

        public void Restore(Stream snapshot) => throw new NotSupportedException();
    }
}
