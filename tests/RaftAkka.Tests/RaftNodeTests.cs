using Akka.Actor;
using Akka.TestKit.Xunit2;
using RaftAkka.Log;
using RaftAkka.Protocol;
using RaftAkka.Server;
using RaftAkka.Snapshots;
using RaftAkka.Tests.Log;
using Xunit;

namespace RaftAkka.Tests;

public sealed class RaftNodeTests() : TestKit(ReferenceConfig.Default)
{
    private static readonly ServerId Ann = new("ann");

    [Fact]
    public void A_node_says_when_it_takes_part()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(RaftNodeReady));

        StartNode(new OpensAtOnce());

        Assert.Equal(Ann, ExpectMsg<RaftNodeReady>().Server);
    }

    [Fact]
    public void A_broken_log_stops_the_whole_node_and_is_never_restarted_over()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(RaftNodeReady));
        Sys.EventStream.Subscribe(TestActor, typeof(RaftNodeFailed));
        var log = new OpensAtOnce();
        var node = StartNode(log);
        Watch(node);
        ExpectMsg<RaftNodeReady>();

        log.Break(new DiskException("fdatasync failed: errno 5", DiskFailure.Broken));

        // A restarted server would have forgotten its vote until it read it back, and would have nothing to read it from.
        Assert.Contains("errno 5", ExpectMsg<RaftNodeFailed>().Cause.Message, StringComparison.Ordinal);
        ExpectTerminated(node);
        Assert.Equal(1, log.Starts);
    }

    [Fact]
    public void A_broken_state_machine_stops_the_node()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(RaftNodeFailed));

        var node = StartNode(new OpensAtOnce(), () => throw new InvalidDataException("no machine"));
        Watch(node);

        ExpectMsg<RaftNodeFailed>();
        ExpectTerminated(node);
    }

    [Fact]
    public void A_ticket_prints_as_its_number()
    {
        // Akka prints what it cannot deliver: a message that cannot be printed would end the process.
        Assert.Equal("8", new WriteTicket(7).Next.ToString());
    }

    private IActorRef StartNode(OpensAtOnce log, Func<IStateMachine>? machine = null)
    {
        var settings = new RaftNodeSettings
        {
            Cluster = new ClusterId("test"),
            Server = Ann,
            Members = [new MemberAddress(Ann, "127.0.0.1:1")],
            DataDirectory = "nowhere",
        };
        return Sys.ActorOf(RaftNode.Props(settings, new RaftNodeParts
        {
            Log = Props.Create(() => new LogActor(log)),
            Snapshots = () => new SnapshotStore(() => new MemoryDisk()),
            Machine = machine ?? (() => new Nothing()),
            Peers = _ => new NoPeers(),
            Sessions = server => RaftAkka.Sessions.ClientSessions.Props(settings, server),
            Incarnation = 1,
            Random = new Random(1),
        }));
    }

    /// <summary>A log that answers everything at once, until it breaks.</summary>
    private sealed class OpensAtOnce
    {
        private IActorRef? _actor;

        public int Starts { get; private set; }

        public void Start(IActorRef actor) => (_actor, Starts) = (actor, Starts + 1);

        public void Break(Exception cause) => _actor!.Tell(cause);
    }

    private sealed class LogActor(OpensAtOnce log) : UntypedActor
    {
        protected override void PreStart() => log.Start(Self);

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case OpenLog:         Sender.Tell(new LogOpened(default, [], EntryId.Zero, LogSlice.Empty)); break;
                case WriteLog write:  Sender.Tell(new LogWritten(write.Ticket));                             break;
                case Exception cause: throw cause;
            }
        }
    }

    private sealed class NoPeers : IPeers
    {
        public void Tell(ServerId peer, IPeerMessage message, IActorRef sender)
        {
        }

        public void Know(ServerId peer, string address)
        {
        }

        public bool IsAt(string address, IActorRef sender) => true;

        public void Answer(IActorRef sender, IPeerMessage message, IActorRef self)
        {
        }
    }

    private sealed class Nothing : IStateMachine
    {
        public ReadOnlyMemory<byte> Apply(in CommittedCommand command) => default;

        public ReadOnlyMemory<byte> Query(ReadOnlyMemory<byte> query) => default;

        public ISnapshotSource CaptureSnapshot() => throw new NotSupportedException();

        public void Restore(Stream snapshot) => throw new NotSupportedException();
    }
}
