using Akka.Actor;
using Akka.Event;
using Akka.TestKit;
using RaftAkka.Client;
using RaftAkka.Machine;
using RaftAkka.Protocol;
using RaftAkka.Server;
using RaftAkka.Snapshots;
using RaftAkka.Tests.Snapshots;
using RaftAkka.Tests.Support;
using Xunit;

namespace RaftAkka.Tests.Machine;

/// <summary>
/// Akka's logger restarts over an exception whose text throws, and fills the memory with its own errors from then on. So no
/// exception of the user's code may reach a logger or a supervisor unless its text can be had.
/// </summary>
public sealed class UnprintableFailuresTests : StillTestKit
{
    private readonly SnapshotRig _rig = SnapshotRig.Opened();
    private readonly TestProbe _log;
    private readonly TestProbe _asker;
    private readonly List<Exception> _failures = [];

    public UnprintableFailuresTests()
    {
        (_log, _asker) = (CreateTestProbe(), CreateTestProbe());
        Sys.EventStream.Subscribe(_log.Ref, typeof(LogEvent));
    }

    public static TheoryData<Step, bool> Steps() => new()
    {
        { Step.Make, true },
        { Step.Apply, true },
        { Step.Query, false },
        { Step.Capture, false },
        { Step.Write, false },
        { Step.Dispose, false },
        { Step.Restore, true },
    };

    [Theory]
    [MemberData(nameof(Steps))]
    public void What_a_machine_throws_can_be_logged_wherever_it_throws(Step step, bool stopsTheNode)
    {
        var machine = new Machine(step);

        Run(machine);

        Assert.True(machine.HasThrown);
        Assert.Equal(stopsTheNode, _failures.Count > 0);
        AssertAllPrintable(typeof(Untold).Name);
    }

    [Fact]
    public void What_the_function_that_finds_servers_throws_can_be_logged()
    {
        var servers = new ServersByAddress(_ => throw new Untold(), Logging.GetLogger(Sys, "client"));

        Assert.Same(ActorRefs.Nobody, servers.At("127.0.0.1:4053"));

        AssertAllPrintable(typeof(Untold).Name);
    }

    private void Run(Machine machine)
    {
        var started = new List<IActorRef>();
        var writer = Supervised(SnapshotWriter.Props(new SnapshotStore(() => _rig.Disk)), started);
        writer.Tell(new OpenSnapshots(SnapshotRig.Ann), _asker.Ref);

        var host = Supervised(MachineHost.Props(machine.Made, new MachineSnapshots(_rig.Store, writer, new ServerId("n1"))), started);
        var entry = LogEntry.Create(Id(1), EntryKind.RegisterSession, [1]);
        host.Tell(new ApplyEntries(LogSlice.Of([entry, Command(2)]), []), _asker.Ref);
        var query = new QueuedRead(_asker.Ref, 1, Batch(1));
        host.Tell(new AnswerQueries(new LogIndex(2), [query], new ReadQuota(1_000_000)), _asker.Ref);
        host.Tell(CaptureSnapshot.Instance, _asker.Ref);
        if (_rig.Open() is { } snapshot) host.Tell(new RestoreSnapshot(snapshot), _asker.Ref);
    }

    private IActorRef Supervised(Props props, List<IActorRef> started)
    {
        Start(Akka.Actor.Props.Create(() => new Supervisor(props, started, FailedBy)));
        return started[^1];
    }

    private void FailedBy(Exception cause) => _failures.Add(cause);

    private void AssertAllPrintable(string named)
    {
        var texts = new List<string>(_failures.Select(failure => $"{failure.Message} {failure}"));
        while (_log.ReceiveOne(TimeSpan.Zero) is LogEvent line) texts.Add($"{line.Cause?.Message} {line.Cause} {line}");

        Assert.Contains(texts, text => text.Contains(named));
        Assert.DoesNotContain(texts, text => text.Contains("Logger has not been initialized"));
    }

    private static EntryId Id(int index) => new(new Term(1), new LogIndex(index));

    private static byte[] Batch(int sequence) =>
        CommandBatch.Encode(new SessionId(1), new SequenceNumber(0), [new Command(new SequenceNumber(sequence), "x"u8.ToArray())]);

    private static LogEntry Command(int index) => LogEntry.Create(Id(index), EntryKind.Commands, Batch(1));

    public enum Step
    {
        Make,
        Apply,
        Query,
        Capture,
        Write,
        Dispose,
        Restore,
    }

    private sealed class Untold : Exception
    {
        public override string Message => throw new NotSupportedException();

        public override string ToString() => throw new NotSupportedException();
    }

    private sealed class Supervisor(Props child, List<IActorRef> started, Action<Exception> failedBy) : UntypedActor
    {
        protected override void PreStart() => started.Add(Context.ActorOf(child));

        protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(cause =>
        {
            failedBy(cause);
            return Directive.Stop;
        });

        protected override void OnReceive(object message) => Unhandled(message);
    }

    private sealed class Machine(Step throwsAt) : IStateMachine, ISnapshotSource
    {
        public bool HasThrown { get; private set; }

        public Machine Made()
        {
            At(Step.Make);
            return this;
        }

        public ReadOnlyMemory<byte> Apply(in CommittedCommand command)
        {
            At(Step.Apply);
            return default;
        }

        public ReadOnlyMemory<byte> Query(ReadOnlyMemory<byte> query)
        {
            At(Step.Query);
            return default;
        }

        public ISnapshotSource CaptureSnapshot()
        {
            At(Step.Capture);
            return this;
        }

        public void WriteTo(Stream destination) => At(Step.Write);

        public void Dispose() => At(Step.Dispose);

        public void Restore(Stream snapshot) => At(Step.Restore);

        private void At(Step step)
        {
            if (step != throwsAt) return;

            HasThrown = true;
            throw new Untold();
        }
    }
}
