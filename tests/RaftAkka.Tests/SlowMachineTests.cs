using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using RaftAkka.Log;
using RaftAkka.Protocol;
using RaftAkka.Server;
using RaftAkka.Snapshots;
using RaftAkka.Tests.Log;
using Xunit;

namespace RaftAkka.Tests;

/// <summary>A node whose state machine does not come back: the server and the log go on all the same.</summary>
public abstract class SlowMachineTests : TestKit
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly ServerId Ann = new("ann");
    private static readonly ServerId Bea = new("bea");
    private static readonly ServerId Cid = new("cid");

    private readonly ManualResetEventSlim _isBusy = new();
    private readonly ManualResetEventSlim _mayGoOn = new();
    private readonly RaftNodeSettings _settings = new()
    {
        Cluster = new ClusterId("test"),
        Server = Ann,
        Members = [new MemberAddress(Ann, "127.0.0.1:1"), new MemberAddress(Bea, "127.0.0.1:2"), new MemberAddress(Cid, "127.0.0.1:3")],
        DataDirectory = "nowhere",
        ElectionTimeoutMin = TimeSpan.FromMinutes(5),   // It does not stand while the test talks to it.
        ElectionTimeoutMax = TimeSpan.FromMinutes(10),
    };

    private readonly TestProbe _peers;
    private readonly TestProbe _session;
    private readonly IActorRef _server;

    private protected SlowMachineTests(Config config) : base(config)
    {
        (_peers, _session) = (CreateTestProbe(), CreateTestProbe());
        Sys.EventStream.Subscribe(TestActor, typeof(RaftNodeReady));
        var node = Sys.ActorOf(RaftNode.Props(_settings, new RaftNodeParts
        {
            Log = DurableLog.Props(() => new MemoryDisk(), new LogSettings { SegmentBytes = 64 * 1024 }),
            Snapshots = () => new SnapshotStore(() => new MemoryDisk()),
            Machine = () => new Slow(this),
            Peers = _ => new Probed(_peers),
            Sessions = server => RaftAkka.Sessions.ClientSessions.Props(_settings, server),
            Incarnation = 1,
            Random = new Random(1),
        }), "raft");
        ExpectMsg<RaftNodeReady>(Patience);
        _server = Sys.ActorSelection(node.Path / "server").ResolveOne(Patience).GetAwaiter().GetResult();
        BeaAppends(EntryId.Zero, commit: 2, Entry(1, EntryKind.RegisterSession, [1]), Entry(2, EntryKind.NoOp, []));
    }

    protected override void Dispose(bool disposing)
    {
        _mayGoOn.Set();
        base.Dispose(disposing);
        if (!disposing) return;
        _isBusy.Dispose();
        _mayGoOn.Dispose();
    }

    [Fact]
    public void A_query_that_takes_long_holds_neither_appends_nor_votes_nor_status()
    {
        _server.Tell(new ReadQueries(1, Batch(), ReadConsistency.Stale), _session.Ref);

        GoesOnWhileTheMachineIsBusy();

        _mayGoOn.Set();
        Assert.Equal(CommandStatus.Done, Assert.Single(_session.ExpectMsg<QueriesAnswered>(Patience).Results).Status);
    }

    [Fact]
    public void A_command_that_takes_long_holds_neither_appends_nor_votes_nor_status()
    {
        BeaAppends(Id(2), commit: 3, Entry(3, EntryKind.Commands, Batch(session: 1)));

        GoesOnWhileTheMachineIsBusy(last: 3);
    }

    [Fact]
    public void A_capture_that_takes_long_holds_neither_appends_nor_votes_nor_status()
    {
        _server.Tell(new ReadQueries(1, EmptyBatch(), ReadConsistency.Stale), _session.Ref);
        _session.ExpectMsg<QueriesAnswered>(Patience);   // Behind the entries: they are applied.
        _server.Tell(new RequestSnapshot(), _session.Ref);

        GoesOnWhileTheMachineIsBusy();

        _mayGoOn.Set();
        Assert.Contains("not today", _session.ExpectMsg<SnapshotTaken>(Patience).Problem, StringComparison.Ordinal);
    }

    private void GoesOnWhileTheMachineIsBusy(int last = 2)
    {
        Assert.True(_isBusy.Wait(Patience));

        BeaAppends(Id(last), commit: last, Entry(last + 1, EntryKind.NoOp, []));
        _server.Tell(new ReportStatus(), _session.Ref);
        Assert.Equal(new LogIndex(last + 1), _session.ExpectMsg<ServerStatus>(Patience).LastIndex);
        _server.Tell(
            new RequestVote(Header(Cid, term: 2), new EntryId(new Term(1), new LogIndex(last + 1))) { IsTransfer = true },
            _peers.Ref);
        Assert.True(_peers.FishForMessage<VoteReply>(_ => true, Patience).Granted);
        Assert.False(_mayGoOn.IsSet);
    }

    private void BeaAppends(EntryId previous, int commit, params LogEntry[] entries)
    {
        _server.Tell(
            new AppendEntries(Header(Bea, term: 1), previous, LogSlice.Of(entries), new LogIndex(commit), ReadRound.None), _peers.Ref);
        _peers.FishForMessage<AppendAccepted>(accepted => accepted.Matched == entries[^1].Index, Patience);
    }

    private MessageHeader Header(ServerId sender, int term) =>
        new(_settings.Cluster, _settings.Group, sender, new Term(term)) { Disk = new DiskId(sender == Bea ? 2 : 3) };

    private static EntryId Id(int index) => new(new Term(1), new LogIndex(index));

    private static LogEntry Entry(int index, EntryKind kind, byte[] payload) => LogEntry.Create(Id(index), kind, payload);

    private static byte[] Batch(int session = 0) =>
        CommandBatch.Encode(new SessionId(session), default, [new Command(new SequenceNumber(1), new byte[] { 1 })]);

    private static byte[] EmptyBatch() => CommandBatch.Encode(SessionId.None, default, []);

    private sealed class Slow(SlowMachineTests test) : IStateMachine
    {
        public ReadOnlyMemory<byte> Apply(in CommittedCommand command) => Busy();

        public ReadOnlyMemory<byte> Query(ReadOnlyMemory<byte> query) => Busy();

        public ISnapshotSource CaptureSnapshot()
        {
            Busy();
            throw new NotSupportedException("not today");
        }

        public void Restore(Stream snapshot) => throw new NotSupportedException();

        private ReadOnlyMemory<byte> Busy()
        {
            test._isBusy.Set();
            test._mayGoOn.Wait(Patience);
            return default;
        }
    }

    private sealed class Probed(TestProbe peers) : IPeers
    {
        public void Tell(ServerId peer, IPeerMessage message, IActorRef sender) => peers.Ref.Tell(message, sender);

        public void Know(ServerId peer, string address)
        {
        }

        public bool IsAt(string address, IActorRef sender) => true;

        public void Answer(IActorRef sender, IPeerMessage message, IActorRef self) => Tell(default, message, self);
    }
}

/// <summary>In an application.</summary>
public sealed class SlowMachineInAnApplicationTests() : SlowMachineTests(ReferenceConfig.Default);

/// <summary>In a process that does nothing but Raft.</summary>
public sealed class SlowMachineInANodeTests() : SlowMachineTests(
    ConfigurationFactory.ParseString("akka.remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 }")
        .WithFallback(ReferenceConfig.Node));
