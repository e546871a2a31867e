using System.Text;
using Akka.Actor;
using Akka.TestKit;
using RaftAkka.Machine;
using RaftAkka.Protocol;
using RaftAkka.Server;
using RaftAkka.Tests.Support;
using Xunit;

namespace RaftAkka.Tests.Machine;

public sealed class MachineHostTests : StillTestKit
{
    private readonly Journal _journal = new();
    private readonly TestProbe _server;
    private readonly TestProbe _cora;
    private readonly IActorRef _host;
    private bool _hasStopped;

    public MachineHostTests()
    {
        (_server, _cora) = (CreateTestProbe(), CreateTestProbe());
        var started = new List<IActorRef>();
        Start(Props.Create(() => new Supervisor(MachineHost.Props(() => _journal), started, Stopped)));
        _host = started[0];
    }

    [Fact]
    public void Committed_entries_are_applied_in_order_and_the_server_is_told_how_far()
    {
        Apply(NoOp(1), Register(2), Commands(3, session: 2, (1, "a"), (2, "b")));
        Assert.Equal(new Applied(new LogIndex(3), new SessionsNow(1, TimeSpan.Zero)), Heard(_server));

        Apply(Commands(4, session: 2, (3, "c")));
        Assert.Equal(new Applied(new LogIndex(4), new SessionsNow(1, TimeSpan.Zero)), Heard(_server));
        Assert.Equal(["a", "b", "c"], _journal.Applied);
    }

    [Fact]
    public void Whoever_waits_for_an_entry_gets_its_results_and_nobody_elses()
    {
        Apply([Waiting(2, batch: 7), Waiting(4, batch: 8)],
            NoOp(1), Register(2), Commands(3, session: 2, (1, "a")), Commands(4, session: 2, (2, "b"), (3, "c")));

        var registered = Assert.IsType<ProposalApplied>(Heard(_cora));
        Assert.Equal((7, new LogIndex(2), 0), (registered.Batch, registered.Index, registered.Results.Count));
        var applied = Assert.IsType<ProposalApplied>(Heard(_cora));
        Assert.Equal((8, new LogIndex(4)), (applied.Batch, applied.Index));
        Assert.Equal(["2:b", "3:c"], applied.Results.Select(Text));
        Assert.Null(Heard(_cora));
    }

    [Fact]
    public void A_command_that_comes_again_is_answered_again_and_applied_once()
    {
        Apply([Waiting(2, batch: 1), Waiting(3, batch: 2)],
            Register(1), Commands(2, session: 1, (1, "a")), Commands(3, session: 1, (1, "a")));

        Assert.Equal(["a"], _journal.Applied);
        Assert.Equal("1:a", Text(Assert.Single(Assert.IsType<ProposalApplied>(Heard(_cora)).Results)));
        Assert.Equal("1:a", Text(Assert.Single(Assert.IsType<ProposalApplied>(Heard(_cora)).Results)));
    }

    [Fact]
    public void A_command_whose_session_is_unknown_is_not_applied()
    {
        Apply([Waiting(1, batch: 1)], Commands(1, session: 9, (1, "a")));

        Assert.Equal(CommandStatus.SessionExpired,
            Assert.Single(Assert.IsType<ProposalApplied>(Heard(_cora)).Results).Status);
        Assert.Empty(_journal.Applied);
    }

    [Fact]
    public void A_query_sees_what_was_applied_before_it_and_nothing_later()
    {
        Apply(Register(1), Commands(2, session: 1, (1, "a")));
        Ask(at: 2, batch: 7, (5, "count"), (6, "sum"));
        Apply(Commands(3, session: 1, (2, "b")));

        var answered = Assert.IsType<QueriesAnswered>(Heard(_cora));
        Assert.Equal((7, 2), (answered.Batch, answered.Results.Count));
        var result = answered.Results[0];
        Assert.Equal((new SequenceNumber(5), CommandStatus.Done, "count=1"), (result.Sequence, result.Status, Text(result)));
        Assert.Equal("sum=1", Text(answered.Results[1]));
    }

    [Fact]
    public void A_query_that_must_reflect_what_is_not_applied_stops_it_rather_than_being_answered()
    {
        Apply(Register(1));
        Ask(at: 2, batch: 7, (1, "count"));

        Assert.True(_hasStopped);
        Assert.Null(Heard(_cora));
    }

    [Fact]
    public void Queries_in_an_old_log_change_nothing_and_are_answered_to_nobody()
    {
        Apply(Queries(1, (1, "count")));

        Assert.Equal(0, _journal.Queried);
        Assert.Equal(new Applied(new LogIndex(1)), Heard(_server));
        Apply(NoOp(2));
        Assert.False(_hasStopped);
    }

    [Fact]
    public void Sessions_expire_by_the_clock_in_the_log_and_the_server_is_told_of_it()
    {
        Apply(Register(1), Register(2), Tick(3, time: 1000));
        Assert.Equal(new SessionsNow(2, TimeSpan.FromSeconds(1)), ((Applied)Heard(_server)!).Sessions);

        Apply([Waiting(5, batch: 7)],
            Tick(4, time: 2001, new LogIndex(2)), Commands(5, session: 1, (1, "a")), Commands(6, session: 2, (1, "b")));

        Assert.Equal(new SessionsNow(1, TimeSpan.FromMilliseconds(2001)), ((Applied)Heard(_server)!).Sessions);
        var result = Assert.Single(Assert.IsType<ProposalApplied>(Heard(_cora)).Results);
        Assert.Equal(CommandStatus.SessionExpired, result.Status);
        Assert.Equal(["b"], _journal.Applied);
    }

    [Fact]
    public void Bytes_that_are_no_tick_stop_it()
    {
        Apply(LogEntry.Create(Id(1), EntryKind.Clock, [1, 2, 3]));

        Assert.True(_hasStopped);
    }

    [Fact]
    public void A_gap_stops_it()
    {
        Apply(NoOp(1));
        Apply(NoOp(3));

        Assert.True(_hasStopped);
    }

    [Fact]
    public void An_entry_that_comes_twice_stops_it()
    {
        Apply(NoOp(1));
        Apply(NoOp(1));

        Assert.True(_hasStopped);
    }

    [Fact]
    public void An_entry_of_an_unknown_kind_stops_it_rather_than_being_skipped()
    {
        Apply(LogEntry.Create(Id(1), (EntryKind)99, []));

        Assert.True(_hasStopped);
    }

    [Fact]
    public void Someone_who_waits_for_an_entry_that_does_not_come_stops_it()
    {
        Apply([Waiting(2, batch: 1)], NoOp(1));

        Assert.True(_hasStopped);
    }

    [Fact]
    public void Bytes_that_are_no_batch_stop_it()
    {
        Apply(LogEntry.Create(Id(1), EntryKind.Commands, [1, 2, 3]));

        Assert.True(_hasStopped);
    }

    [Fact]
    public void A_machine_that_throws_stops_it_and_nothing_is_acknowledged()
    {
        _journal.Throws = true;

        Apply([Waiting(2, batch: 1)], Register(1), Commands(2, session: 1, (1, "a")));

        Assert.True(_hasStopped);
        Assert.Null(Heard(_cora));
        Assert.Null(Heard(_server));
    }

    [Fact]
    public void A_session_with_a_token_is_opened_confirmed_to_the_server_by_its_token_alone_and_closed()
    {
        var ann = new SessionId(1, new(7, 8));
        Apply(LogEntry.Create(Id(1), EntryKind.OpenSession, new SessionOpening(ann.Token, "h1").Encode()));
        Assert.Equal(1, ((Applied)Heard(_server)!).Sessions.Count);

        _host.Tell(new SessionAlive(new SessionId(1)), _server.Ref);
        _host.Tell(new SessionLeft(new SessionId(1, new(7, 9))), _server.Ref);
        Assert.Null(Heard(_server));
        _host.Tell(new SessionAlive(ann), _server.Ref);
        Assert.Equal(new SessionConfirmed(new SessionAlive(ann)), Heard(_server));

        Apply(LogEntry.Create(Id(2), EntryKind.CloseSession, new SessionClosing(ann).Encode()));
        Assert.Equal(0, ((Applied)Heard(_server)!).Sessions.Count);
    }

    private void Stopped() => _hasStopped = true;

    private void Apply(params LogEntry[] entries) => Apply([], entries);

    private void Apply(Waiter[] waiters, params LogEntry[] entries)
    {
        _host.Tell(new ApplyEntries(LogSlice.Of(entries), waiters), _server.Ref);
    }

    private void Ask(int at, long batch, params (int Sequence, string Body)[] queries) => _host.Tell(
        new AnswerQueries(
            new LogIndex(at), [new QueuedRead(_cora.Ref, batch, Batch(session: 0, queries))], new ReadQuota(1000)),
        _server.Ref);

    private static object? Heard(TestProbe probe) => probe.ReceiveOne(TimeSpan.Zero);

    private static EntryId Id(int index) => new(new Term(1), new LogIndex(index));

    private static LogEntry NoOp(int index) => LogEntry.Create(Id(index), EntryKind.NoOp, []);

    private static LogEntry Register(int index) => LogEntry.Create(Id(index), EntryKind.RegisterSession, [1]);

    private static LogEntry Tick(int index, int time, params LogIndex[] renewed) => LogEntry.Create(
        Id(index), EntryKind.Clock,
        ClockTick.Encode(TimeSpan.FromMilliseconds(time), TimeSpan.FromSeconds(1), renewed));

    private static LogEntry Commands(int index, int session, params (int Sequence, string Body)[] commands) =>
        LogEntry.Create(Id(index), EntryKind.Commands, Batch(session, commands));

    private static LogEntry Queries(int index, params (int Sequence, string Body)[] queries) =>
        LogEntry.Create(Id(index), EntryKind.Queries, Batch(session: 0, queries));

    private static byte[] Batch(int session, (int Sequence, string Body)[] commands) =>
        CommandBatch.Encode(new SessionId(session), new SequenceNumber(0), [.. commands.Select(
            command => new Command(new SequenceNumber(command.Sequence), Encoding.ASCII.GetBytes(command.Body)))]);

    private Waiter Waiting(int index, long batch) => new(new LogIndex(index), _cora.Ref, batch);

    private static string Text(CommandResult result) => Encoding.ASCII.GetString(result.Result.Span);

    private sealed class Supervisor(Props host, List<IActorRef> started, Action stopped) : UntypedActor
    {
        protected override void PreStart() => started.Add(Context.ActorOf(host));

        protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ =>
        {
            stopped();
            return Directive.Stop;
        });

        protected override void OnReceive(object message) => Unhandled(message);
    }

    /// <summary>Answers each command with how many there were, so that applying one twice would show.</summary>
    private sealed class Journal : IStateMachine
    {
        public List<string> Applied { get; } = [];

        public int Queried { get; private set; }

        public bool Throws { get; set; }

        public ReadOnlyMemory<byte> Apply(in CommittedCommand command)
        {
            if (Throws) throw new InvalidOperationException("a bug of the machine's");

            Applied.Add(Encoding.ASCII.GetString(command.Body.Span));
            return Encoding.ASCII.GetBytes($"{Applied.Count}:{Applied[^1]}");
        }

        public ReadOnlyMemory<byte> Query(ReadOnlyMemory<byte> query)
        {
            Queried++;
            return Encoding.ASCII.GetBytes($"{Encoding.ASCII.GetString(query.Span)}={Applied.Count}");
        }

        public ISnapshotSource CaptureSnapshot() => throw new NotSupportedException();

        public void Restore(Stream snapshot) => throw new NotSupportedException();
    }
}
