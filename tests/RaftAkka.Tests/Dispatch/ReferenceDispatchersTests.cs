using Akka.Actor;
using Akka.TestKit.Xunit2;
using RaftAkka.Machine;
using RaftAkka.Protocol;
using RaftAkka.Server;
using RaftAkka.Snapshots;
using RaftAkka.Dispatch;
using RaftAkka.Tests.Snapshots;
using Xunit;

namespace RaftAkka.Tests.Dispatch;

/// <summary>
/// What actors that take long hold, with the dispatchers of <c>reference.conf</c> and real threads: nothing. The long work
/// ends when the test says so.
/// </summary>
public sealed class ReferenceDispatchersTests() : TestKit(ReferenceConfig.Default.WithFallback(
    """
    shared { type = "RaftAkka.Dispatch.HandOnDispatcherConfigurator, RaftAkka", last = on, throughput = 1 }
    """))
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ManualResetEventSlim _mayGoOn = new();

    protected override void Dispose(bool disposing)
    {
        _mayGoOn.Set();
        base.Dispose(disposing);
        if (disposing) _mayGoOn.Dispose();
    }

    // A backup that is verified after its last part was asked for held all of remoting, and the leader lost its place.
    [Fact]
    public void An_actor_of_snapshots_does_not_hold_whom_it_told_something_while_it_works_on()
    {
        var told = Actor("raft.dispatcher", message => TestActor.Tell(message));
        var works = Actor("raft.snapshot-dispatcher", _ =>
        {
            told.Tell("news");
            Assert.True(_mayGoOn.Wait(Patience));
            TestActor.Tell("done");
        });

        works.Tell("go");
        ExpectMsg("news", Patience);
        told.Tell("from another thread");
        ExpectMsg("from another thread", Patience);

        _mayGoOn.Set();
        ExpectMsg("done", Patience);
    }

    // With more than one message in a row, the server would hear of a flush when the ones behind it are done too.
    [Fact]
    public void The_server_hears_of_a_flush_before_the_next_one_begins()
    {
        using var bothAreTold = new ManualResetEventSlim();
        var server = Actor("raft.dispatcher", message => TestActor.Tell(message));
        var log = Actor("raft.log-dispatcher", message =>
        {
            Assert.True((message is 1 ? bothAreTold : _mayGoOn).Wait(Patience));   // The flush.
            server.Tell($"{message} is written");
        });

        log.Tell(1);
        log.Tell(2);
        bothAreTold.Set();

        ExpectMsg("1 is written", Patience);
        _mayGoOn.Set();
        ExpectMsg("2 is written", Patience);
    }

    // The log's thread and those of sockets run the actors that they told something. None of them is to be held by a restore.
    [Theory]
    [InlineData("raft.machine-dispatcher"), InlineData("shared")]
    public void A_restore_holds_no_thread_but_its_own_wherever_the_machine_runs(string dispatcher)
    {
        using var restores = new ManualResetEventSlim();
        var rig = SnapshotRig.Opened();
        var snapshot = Written(rig);
        var machine = new Slow(restores, _mayGoOn);
        var snapshots = new MachineSnapshots(rig.Store, ActorRefs.Nobody, new ServerId("n1"));
        var host = Sys.ActorOf(MachineHost.Props(() => machine, snapshots).WithDispatcher(dispatcher));
        var other = Actor("raft.dispatcher", message => TestActor.Tell(message));

        var thread = new Thread(() =>
        {
            var turns = ThreadTurns.TryOpen()!;
            host.Tell(new RestoreSnapshot(snapshot), TestActor);
            turns.Close();
        });
        thread.Start();

        Assert.True(restores.Wait(Patience));
        Assert.True(thread.Join(Patience));
        var entry = LogEntry.Create(new EntryId(new Term(1), snapshot.Last.Index.Next), EntryKind.NoOp, []);
        host.Tell(new ApplyEntries(LogSlice.Of(entry), []), TestActor);
        other.Tell("meanwhile");
        ExpectMsg("meanwhile", Patience);

        _mayGoOn.Set();
        Assert.Equal(snapshot.Last.Index, ExpectMsg<SnapshotRestored>(Patience).Through);
        Assert.Equal(entry.Index, ExpectMsg<Applied>(Patience).Through);
    }

    private static StoredSnapshot Written(SnapshotRig rig)
    {
        using var file = rig.Store.Begin(SnapshotRig.Head(20));
        new SessionTable().Capture().WriteTo(file.Begin(SnapshotSection.Sessions));
        file.Begin(SnapshotSection.Machine).WriteByte(1);
        return file.Commit();
    }

    private IActorRef Actor(string dispatcher, Action<object> handles) =>
        Sys.ActorOf(Props.Create(() => new Handler(handles)).WithDispatcher(dispatcher));

    private sealed class Handler(Action<object> handles) : UntypedActor
    {
        protected override void OnReceive(object message) => handles(message);
    }

    private sealed class Slow(ManualResetEventSlim restores, ManualResetEventSlim mayGoOn) : IStateMachine
    {
        public ReadOnlyMemory<byte> Apply(in CommittedCommand command) => default;

        public ReadOnlyMemory<byte> Query(ReadOnlyMemory<byte> query) => default;

        public ISnapshotSource CaptureSnapshot() => throw new NotSupportedException();

        public void Restore(Stream snapshot)
        {
            restores.Set();
            Assert.True(mayGoOn.Wait(Patience));
            Assert.Equal(1, snapshot.ReadByte());
        }
    }
}
