using System.Text;
using Akka.Actor;
using Akka.Event;
using Akka.TestKit;
using RaftAkka.Machine;
using RaftAkka.Protocol;
using RaftAkka.Server;
using RaftAkka.Tests.Support;
using RaftAkka.UserCode;
using Xunit;

namespace RaftAkka.Tests.Machine;

/// <summary>A query that the state machine cannot answer is that query's failure, and costs its client alone.</summary>
public sealed class FailingQueriesTests : StillTestKit
{
    private readonly Machine _machine = new();
    private readonly TestProbe _cora;
    private readonly TestProbe _warnings;
    private readonly ReadQuota _quota = new(1_000_000);
    private readonly IActorRef _host;

    public FailingQueriesTests()
    {
        (_cora, _warnings) = (CreateTestProbe(), CreateTestProbe());
        Sys.EventStream.Subscribe(_warnings.Ref, typeof(Warning));
        _host = Start(MachineHost.Props(() => _machine));
    }

    [Fact]
    public void A_query_that_throws_fails_alone_and_the_others_of_its_batch_are_answered()
    {
        _machine.Throws = new FormatException("'x' is no number");

        Ask("one", "throw", "three");

        Assert.Equal(["one!", "FormatException: 'x' is no number", "three!"], Answered().Select(Text));
        Ask("throw");
        Assert.Equal(CommandStatus.QueryFailed, Assert.Single(Answered()).Status);
        Ask("four");
        Assert.Equal("four!", Text(Assert.Single(Answered())));
    }

    [Fact]
    public void A_query_that_asks_for_more_memory_than_there_is_fails_alone()
    {
        Ask("more memory than there is", "two");

        Assert.Equal(
            ["OutOfMemoryException: Array dimensions exceeded supported range.", "two!"], Answered().Select(Text));
    }

    [Fact]
    public void Its_text_is_cut_to_a_thousand_characters_on_one_line()
    {
        _machine.Throws = new FormatException("a\r\nb" + new string('x', 5_000_000));

        Ask("throw");

        var text = Text(Assert.Single(Answered()));
        Assert.StartsWith("FormatException: a bxxx", text);
        Assert.EndsWith("x…", text);
        Assert.Equal(UserFailure.DescriptionMax, text.Length);
    }

    [Fact]
    public void An_exception_that_has_no_text_for_us_is_told_by_its_type()
    {
        _machine.Throws = new Untold();

        Ask("throw");

        Assert.Equal("Untold: (its message cannot be read: NotSupportedException)", Text(Assert.Single(Answered())));
    }

    [Fact]
    public void A_client_cannot_fill_the_log_with_failing_queries()
    {
        _machine.Throws = new FormatException("no number");
        for (var n = 0; n < 10; n++) Ask("throw", "throw");

        Assert.Contains("a query failed in the state machine: FormatException: no number", Warned());
        AssertNothingFor(_warnings);

        Pass(Seconds(60));
        Ask("throw");
        Assert.Contains("(19 more like it since the last such line.)", Warned());
    }

    [Fact]
    public void An_answer_of_more_bytes_than_an_answer_may_have_is_not_sent()
    {
        _machine.AnswerBytes = IStateMachine.ResultBytesMax + 1;

        Ask("large");

        var result = Assert.Single(Answered());
        Assert.Equal((CommandStatus.ResultTooLarge, 0), (result.Status, result.Result.Length));
    }

    // Else a batch of 60 KiB could make a server hold a gigabyte of answers, of which the client would get one megabyte.
    [Fact]
    public void No_more_queries_are_asked_than_one_answer_holds()
    {
        _machine.AnswerBytes = IStateMachine.ResultBytesMax / 2;

        Ask([.. Enumerable.Repeat("large", 800)]);

        Assert.Equal(2, Answered().Count);
        Assert.Equal(3, _machine.Asked);
    }

    [Fact]
    public void Queries_that_wait_are_counted_until_they_are_answered()
    {
        Assert.True(_quota.TryTake(400));

        Ask("one");
        Answered();

        Assert.Equal(400 - Encoded(["one"]).Length, _quota.Bytes);
    }

    [Fact]
    public void Entries_are_applied_between_the_answers_where_those_are_large()
    {
        _machine.AnswerBytes = 1024 * 1024;
        var reads = Enumerable.Range(1, 3).Select(batch => new QueuedRead(_cora.Ref, batch, Encoded(["large"]))).ToArray();

        var entry = LogEntry.Create(new EntryId(new Term(1), new LogIndex(1)), EntryKind.NoOp, []);
        _machine.WhenFirstAsked = () => _host.Tell(new ApplyEntries(LogSlice.Of(entry), []), _cora.Ref);

        _host.Tell(new AnswerQueries(LogIndex.Zero, reads, _quota), _cora.Ref);

        Assert.Equal(1, Assert.IsType<QueriesAnswered>(Heard()).Batch);
        Assert.IsType<Applied>(Heard());
        Assert.Equal(2, Assert.IsType<QueriesAnswered>(Heard()).Batch);
        Assert.Equal(3, Assert.IsType<QueriesAnswered>(Heard()).Batch);
    }

    private void Ask(params string[] queries) => _host.Tell(
        new AnswerQueries(LogIndex.Zero, [new QueuedRead(_cora.Ref, 1, Encoded(queries))], _quota), _cora.Ref);

    private static byte[] Encoded(string[] queries) => CommandBatch.Encode(
        SessionId.None, default,
        [.. queries.Select((query, at) => new Command(new SequenceNumber(at + 1), Encoding.ASCII.GetBytes(query)))]);

    private IReadOnlyList<CommandResult> Answered() => Assert.IsType<QueriesAnswered>(Heard()).Results;

    private object? Heard() => _cora.ReceiveOne(TimeSpan.Zero);

    private string Warned() => $"{_warnings.ReceiveOne(TimeSpan.Zero)}";

    private static string Text(CommandResult result) => Encoding.UTF8.GetString(result.Result.Span);

    private sealed class Untold : Exception
    {
        public override string Message => throw new NotSupportedException();
    }

    private sealed class Machine : IStateMachine
    {
        public Exception? Throws { get; set; }

        public int? AnswerBytes { get; set; }

        public Action? WhenFirstAsked { get; set; }

        public int Asked { get; private set; }

        public ReadOnlyMemory<byte> Apply(in CommittedCommand command) => default;

        public ReadOnlyMemory<byte> Query(ReadOnlyMemory<byte> query)
        {
            if (Asked++ == 0) WhenFirstAsked?.Invoke();
            var text = Encoding.ASCII.GetString(query.Span);
            if (text == "throw") throw Throws!;
            if (text == "more memory than there is") return new byte[Array.MaxLength + 1];
            return AnswerBytes is { } bytes ? new byte[bytes] : Encoding.ASCII.GetBytes($"{text}!");
        }

        public ISnapshotSource CaptureSnapshot() => throw new NotSupportedException();

        public void Restore(Stream snapshot) => throw new NotSupportedException();
    }
}
