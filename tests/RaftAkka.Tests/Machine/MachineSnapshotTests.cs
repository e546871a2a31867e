using System.Text;
using Akka.Actor;
using Akka.TestKit;
using RaftAkka.Machine;
using RaftAkka.Protocol;
using RaftAkka.Server;
using RaftAkka.Snapshots;
using RaftAkka.Tests.Snapshots;
using RaftAkka.Tests.Support;
using Xunit;

namespace RaftAkka.Tests.Machine;

public sealed class MachineSnapshotTests : StillTestKit
{
    private readonly SnapshotRig _rig = SnapshotRig.Opened();
    private readonly TestProbe _server;
    private readonly TestProbe _cora;
    private readonly TestProbe _writer;
    private readonly Diary _diary = new();
    private readonly IActorRef _host;
    private Exception? _failure;

    public MachineSnapshotTests()
    {
        (_server, _cora, _writer) = (CreateTestProbe(), CreateTestProbe(), CreateTestProbe());
        _host = StartHost(_diary);
    }

    [Fact]
    public void A_snapshot_says_which_entry_it_ends_with()
    {
        Apply(_host, Register(1), Commands(2, session: 1, (1, "a")), NoOp(3, term: 7));

        Assert.Equal(new EntryId(new Term(7), new LogIndex(3)), Captured().Head.Last);
    }

    [Fact]
    public void What_is_written_is_the_state_at_the_capture_whatever_was_applied_meanwhile()
    {
        Apply(_host, Register(1), Commands(2, session: 1, (1, "a"), (2, "b")));
        var captured = Captured();
        Apply(_host, Commands(3, session: 1, (3, "c")), Register(4));

        var other = new Diary();
        Restore(other, Write(captured));

        Assert.Equal(["a", "b"], other.Lines);
        Assert.Equal(["a", "b", "c"], _diary.Lines);
    }

    [Fact]
    public void After_a_restore_the_entries_behind_the_snapshot_are_applied_and_retries_are_not()
    {
        Apply(_host, Register(1), Commands(2, session: 1, (1, "a"), (2, "b")));
        var snapshot = Write(Captured());
        var other = new Diary();
        var host = Restore(other, snapshot);

        Apply(host, [new Waiter(new LogIndex(3), _cora.Ref, 5)], Commands(3, session: 1, (2, "b"), (3, "c")));

        var results = Assert.IsType<ProposalApplied>(Heard(_cora)).Results;
        Assert.Equal(["2:b", "3:c"], results.Select(result => Encoding.ASCII.GetString(result.Result.Span)));
        Assert.Equal(["a", "b", "c"], other.Lines);
        Assert.Equal(new Applied(new LogIndex(3), OneSession), Heard(_server));
    }

    [Fact]
    public void A_restored_machine_writes_the_same_snapshot_again()
    {
        Apply(_host, Register(1), Commands(2, session: 1, (1, "a"), (2, "b")));
        var captured = Captured() with { Head = new SnapshotHead(new EntryId(new Term(1), new LogIndex(2)), new byte[] { 9 }) };
        var snapshot = Write(captured);
        var host = Restore(new Diary(), snapshot);

        host.Tell(CaptureSnapshot.Instance, _server.Ref);
        var again = Write(Assert.IsType<WriteSnapshot>(Heard(_writer)));

        Assert.Equal((snapshot.Last, snapshot.Bytes, snapshot.Checksum), (again.Last, again.Bytes, again.Checksum));
        Assert.Equal([9], again.Head.Configuration.ToArray());
    }

    [Fact]
    public void A_machine_that_has_applied_entries_is_restored_to_a_later_snapshot()
    {
        Apply(_host, Register(1), Commands(2, session: 1, (1, "a"), (2, "b")));
        var snapshot = Write(Captured());
        var behind = new Diary();
        var host = StartHost(behind);
        Apply(host, Register(1));

        host.Tell(new RestoreSnapshot(snapshot), _server.Ref);
        Assert.Equal(new SnapshotRestored(new LogIndex(2), OneSession), Heard(_server));
        Apply(host, Commands(3, session: 1, (3, "c")));

        Assert.Equal(["a", "b", "c"], behind.Lines);
    }

    [Fact]
    public void A_snapshot_never_takes_the_machine_back()
    {
        Apply(_host, Register(1), Commands(2, session: 1, (1, "a")));
        var snapshot = Write(Captured());
        Apply(_host, NoOp(3));

        _host.Tell(new RestoreSnapshot(snapshot), _server.Ref);

        Assert.IsType<InvariantBrokenException>(_failure);
    }

    [Fact]
    public void The_server_that_asked_hears_how_it_ended_and_may_ask_again()
    {
        Apply(_host, Register(1));
        var snapshot = Write(Captured());

        Assert.Null(Heard(_server));
        _host.Tell(new SnapshotWritten(snapshot), _writer.Ref);
        Assert.Equal(new SnapshotWritten(snapshot), Heard(_server));

        Captured();
        _host.Tell(new SnapshotNotWritten("no space"), _writer.Ref);
        Assert.Equal(new SnapshotNotWritten("no space"), Heard(_server));
        Captured();
    }

    [Fact]
    public void A_second_snapshot_is_not_captured_while_one_is_written()
    {
        Apply(_host, Register(1));
        Captured();

        _host.Tell(CaptureSnapshot.Instance, _server.Ref);

        Assert.Contains("another snapshot is being written", Assert.IsType<SnapshotNotWritten>(Heard(_server)).Facts);
        Assert.Null(Heard(_writer));
        Assert.Equal(1, _diary.Captures);
    }

    [Fact]
    public void There_is_no_snapshot_of_nothing()
    {
        _host.Tell(CaptureSnapshot.Instance, _server.Ref);

        Assert.IsType<SnapshotNotWritten>(Heard(_server));
        Assert.Null(Heard(_writer));
    }

    [Fact]
    public void A_machine_that_cannot_be_captured_goes_on_without_snapshots()
    {
        Apply(_host, Register(1));
        _diary.Throws = new NotSupportedException("this one has no snapshots");

        _host.Tell(CaptureSnapshot.Instance, _server.Ref);

        Assert.Contains("this one has no snapshots", Assert.IsType<SnapshotNotWritten>(Heard(_server)).Facts);
        Apply(_host, Commands(2, session: 1, (1, "a")));
        Assert.Equal(["a"], _diary.Lines);
        Assert.Null(_failure);
    }

    [Fact]
    public void What_cannot_be_captured_is_logged_once_a_minute_and_told_to_everybody_who_asks()
    {
        var warnings = CreateTestProbe();
        Sys.EventStream.Subscribe(warnings.Ref, typeof(Akka.Event.Warning));
        Apply(_host, Register(1));
        _diary.Throws = new InvalidOperationException("a bug of the machine's");

        for (var n = 0; n < 3; n++)
        {
            _host.Tell(CaptureSnapshot.Instance, _server.Ref);
            Assert.Contains("a bug of the machine's", Assert.IsType<SnapshotNotWritten>(Heard(_server)).Facts);
        }

        Assert.Contains("could not be captured", $"{Heard(warnings)}");
        AssertNothingFor(warnings);

        Pass(Seconds(60));
        _host.Tell(CaptureSnapshot.Instance, _server.Ref);
        Assert.Contains("(2 more like it since the last such line.)", $"{Heard(warnings)}");
    }

    [Fact]
    public void A_machine_that_captures_nothing_costs_the_snapshot_and_nothing_else()
    {
        Apply(_host, Register(1));
        _diary.CapturesNothing = true;

        _host.Tell(CaptureSnapshot.Instance, _server.Ref);

        Assert.Contains("CaptureSnapshot returned null", Assert.IsType<SnapshotNotWritten>(Heard(_server)).Facts);
        Assert.Null(_failure);
    }

    [Fact]
    public void A_snapshot_that_the_machine_refuses_stops_it_with_the_reason()
    {
        Apply(_host, Register(1));
        var snapshot = Write(Captured());
        var host = StartHost(new Diary { Throws = new InvalidDataException("of version 2") });

        host.Tell(new RestoreSnapshot(snapshot), _server.Ref);

        Assert.StartsWith("The snapshot of 1@1 (", Assert.IsType<UnrestorableSnapshotException>(_failure).Message);
        Assert.Contains("cannot be restored: of version 2", _failure.Message);
        Assert.IsNotType<SnapshotRestored>(Heard(_server));
    }

    [Fact]
    public void A_snapshot_that_was_damaged_since_stops_it()
    {
        Apply(_host, Register(1), Commands(2, session: 1, (1, new string('x', 300_000))));
        var snapshot = Write(Captured());
        _rig.Bytes(snapshot)[^50] ^= 1;

        StartHost(new Diary()).Tell(new RestoreSnapshot(snapshot), _server.Ref);

        Assert.IsType<DamagedSnapshotException>(Assert.IsType<UnrestorableSnapshotException>(_failure).InnerException);
    }

    private IActorRef StartHost(Diary diary)
    {
        var started = new List<IActorRef>();
        var host = MachineHost.Props(() => diary, new MachineSnapshots(_rig.Store, _writer.Ref, new ServerId("n1")));
        Start(Props.Create(() => new Supervisor(host, started, FailedBy)));
        return started[0];
    }

    private static SessionsNow OneSession => new(1, TimeSpan.Zero);

    private IActorRef Restore(Diary diary, StoredSnapshot snapshot)
    {
        var host = StartHost(diary);
        host.Tell(new RestoreSnapshot(snapshot), _server.Ref);
        Assert.Equal(new SnapshotRestored(snapshot.Last.Index, OneSession), Heard(_server));
        return host;
    }

    private WriteSnapshot Captured()
    {
        _host.Tell(CaptureSnapshot.Instance, _server.Ref);
        return Assert.IsType<WriteSnapshot>(Heard(_writer));
    }

    private StoredSnapshot Write(WriteSnapshot captured)
    {
        using var file = _rig.Store.Begin(captured.Head);
        captured.Sessions.WriteTo(file.Begin(SnapshotSection.Sessions));
        captured.Machine.WriteTo(file.Begin(SnapshotSection.Machine));
        return file.Commit();
    }

    private void FailedBy(Exception cause) => _failure = cause;

    private void Apply(IActorRef host, params LogEntry[] entries)
    {
        Apply(host, [], entries);
        Assert.IsType<Applied>(Heard(_server));
    }

    private void Apply(IActorRef host, Waiter[] waiters, params LogEntry[] entries) =>
        host.Tell(new ApplyEntries(LogSlice.Of(entries), waiters), _server.Ref);

    private static object? Heard(TestProbe probe) => probe.ReceiveOne(TimeSpan.Zero);

    private static LogEntry NoOp(int index, int term = 1) =>
        LogEntry.Create(new EntryId(new Term(term), new LogIndex(index)), EntryKind.NoOp, []);

    private static LogEntry Register(int index) =>
        LogEntry.Create(new EntryId(new Term(1), new LogIndex(index)), EntryKind.RegisterSession, [1]);

    private static LogEntry Commands(int index, int session, params (int Sequence, string Body)[] commands) =>
        LogEntry.Create(
            new EntryId(new Term(1), new LogIndex(index)), EntryKind.Commands,
            CommandBatch.Encode(new SessionId(session), new SequenceNumber(0), [.. commands.Select(command =>
                new Command(new SequenceNumber(command.Sequence), Encoding.ASCII.GetBytes(command.Body)))]));

    private sealed class Supervisor(Props host, List<IActorRef> started, Action<Exception> failedBy) : UntypedActor
    {
        protected override void PreStart() => started.Add(Context.ActorOf(host));

        protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(cause =>
        {
            failedBy(cause);
            return Directive.Stop;
        });

        protected override void OnReceive(object message) => Unhandled(message);
    }

    /// <summary>Keeps every command, and answers with how many there were.</summary>
    private sealed class Diary : IStateMachine
    {
        public List<string> Lines { get; private set; } = [];

        public int Captures { get; private set; }

        public Exception? Throws { get; set; }

        public bool CapturesNothing { get; set; }

        public ReadOnlyMemory<byte> Apply(in CommittedCommand command)
        {
            Lines.Add(Encoding.ASCII.GetString(command.Body.Span));
            return Encoding.ASCII.GetBytes($"{Lines.Count}:{Lines[^1]}");
        }

        public ReadOnlyMemory<byte> Query(ReadOnlyMemory<byte> query) => default;

        public ISnapshotSource CaptureSnapshot()
        {
            if (Throws is not null) throw Throws;
            if (CapturesNothing) return null!;
            Captures++;
            return new Page([.. Lines]);
        }

        public void Restore(Stream snapshot)
        {
            if (Throws is not null) throw Throws;
            Lines = [.. new StreamReader(snapshot).ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)];
        }

        private sealed class Page(string[] lines) : ISnapshotSource
        {
            public void WriteTo(Stream destination)
            {
                using var writer = new StreamWriter(destination);
                foreach (var line in lines) writer.Write($"{line}\n");
            }

            public void Dispose()
            {
            }
        }
    }
}
