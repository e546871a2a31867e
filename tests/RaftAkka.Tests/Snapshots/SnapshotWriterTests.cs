using System.Text;
using Akka.Actor;
using Akka.Event;
using Akka.TestKit;
using RaftAkka.Log;
using RaftAkka.Protocol;
using RaftAkka.Snapshots;
using RaftAkka.Tests.Log;
using RaftAkka.Tests.Support;
using Xunit;

namespace RaftAkka.Tests.Snapshots;

public sealed class SnapshotWriterTests : StillTestKit
{
    private readonly SnapshotRig _rig = new();
    private readonly TestProbe _server;
    private readonly TestProbe _log;
    private readonly IActorRef _writer;
    private Exception? _failure;

    public SnapshotWriterTests()
    {
        (_server, _log) = (CreateTestProbe(), CreateTestProbe());
        Sys.EventStream.Subscribe(_log.Ref, typeof(Warning));
        var started = new List<IActorRef>();
        var store = new SnapshotStore(() => _rig.Disk);
        Start(Props.Create(() => new Supervisor(SnapshotWriter.Props(store), started, FailedBy)));
        _writer = started[0];
    }

    [Fact]
    public void On_an_empty_disk_it_opens_with_no_snapshot()
    {
        Tell(new OpenSnapshots(SnapshotRig.Ann));

        Assert.Null(Assert.IsType<SnapshotsOpened>(Heard()).Newest);
    }

    [Fact]
    public void It_writes_what_was_captured_and_says_so_when_it_is_durable()
    {
        Tell(new OpenSnapshots(SnapshotRig.Ann));
        Heard();
        var (sessions, machine) = (new Source("sessions"), new Source("machine"));

        Tell(new WriteSnapshot(SnapshotRig.Head(20, [1, 2]), sessions, machine));

        var written = Assert.IsType<SnapshotWritten>(Heard()).Snapshot;
        Assert.True(sessions.IsDisposed && machine.IsDisposed);
        Assert.Equal(written.Checksum, _rig.LosePower(new Random(1))?.Checksum);
        var contents = _rig.Contents(written);
        Assert.Equal("sessions"u8, contents.Sessions);
        Assert.Equal("machine"u8, contents.Machine);
        Assert.Equal([1, 2], _rig.Found!.Head.Configuration.ToArray());
    }

    [Fact]
    public void It_finds_the_newest_sound_snapshot_and_warns_of_a_damaged_one()
    {
        _rig.Open();
        _rig.Write(20);
        _rig.Write(30);
        _rig.Disk.Bytes(SnapshotRig.NameOf(30))[^1] ^= 1;

        Tell(new OpenSnapshots(SnapshotRig.Ann));

        Assert.Equal(SnapshotRig.Last(20), Assert.IsType<SnapshotsOpened>(Heard()).Newest?.Last);
        Assert.Contains("is damaged at byte", Warned());
    }

    [Fact]
    public void A_captured_state_that_throws_when_it_is_disposed_costs_nothing()
    {
        Tell(new OpenSnapshots(SnapshotRig.Ann));
        Heard();
        var machine = new Source("state") { ThrowsAtDisposal = new InvalidOperationException("a bug of the machine's") };

        Tell(new WriteSnapshot(SnapshotRig.Head(20), new Source("sessions"), machine));

        Assert.IsType<SnapshotWritten>(Heard());
        Assert.Contains("threw when its captured state was disposed", Warned());
        Assert.Null(_failure);
    }

    [Fact]
    public void A_machine_that_throws_costs_the_snapshot_and_nothing_else()
    {
        Tell(new OpenSnapshots(SnapshotRig.Ann));
        Heard();
        var machine = new Source("half of it") { Throws = new InvalidOperationException("a bug of the machine's") };
        var sessions = new Source("sessions");

        Tell(new WriteSnapshot(SnapshotRig.Head(20), sessions, machine));

        Assert.Contains("a bug of the machine's", Assert.IsType<SnapshotNotWritten>(Heard()).Facts);
        Assert.Contains("the state machine could not write its snapshot", Warned());
        Assert.True(sessions.IsDisposed && machine.IsDisposed);
        Assert.Empty(_rig.Disk.List());

        Tell(new WriteSnapshot(SnapshotRig.Head(21), new Source("a"), new Source("b")));
        Assert.IsType<SnapshotWritten>(Heard());
        Assert.Null(_failure);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_full_disk_costs_the_snapshot_and_nothing_else_whoever_hides_it(bool machineHidesIt)
    {
        Tell(new OpenSnapshots(SnapshotRig.Ann));
        Heard();
        _rig.Disk.FaultAt = (number, operation) =>
            number > 3 && operation == DiskOperation.Write ? DiskFault.FailForSpace : DiskFault.None;

        var machine = new Source(new string('x', 500_000)) { HidesWhatTheDiskSays = machineHidesIt };
        Tell(new WriteSnapshot(SnapshotRig.Head(20), new Source("sessions"), machine));

        Assert.Contains("there is no space for the snapshot of 20@1", Assert.IsType<SnapshotNotWritten>(Heard()).Facts);
        Assert.Contains("no space left", Warned());
        Assert.Empty(_rig.Disk.List());
        Assert.Null(_failure);

        _rig.Disk.FaultAt = (_, _) => DiskFault.None;
        Tell(new WriteSnapshot(SnapshotRig.Head(21), new Source("a"), new Source("b")));
        Assert.IsType<SnapshotWritten>(Heard());
    }

    [Theory]
    [InlineData("Write")]
    [InlineData("Sync")]
    [InlineData("Rename")]
    [InlineData("SyncDirectory")]
    public void A_broken_disk_stops_it_and_nothing_is_said_to_be_written(string operation)
    {
        Tell(new OpenSnapshots(SnapshotRig.Ann));
        Heard();
        _rig.Disk.FaultAt = (_, at) => at == Enum.Parse<DiskOperation>(operation) ? DiskFault.Fail : DiskFault.None;

        Tell(new WriteSnapshot(SnapshotRig.Head(20), new Source("a"), new Source("b")));

        Assert.Equal(DiskFailure.Broken, Assert.IsType<DiskException>(_failure).Failure);
        Assert.Null(Heard());
    }

    [Fact]
    public void A_disk_that_cannot_be_read_at_the_start_stops_it()
    {
        _rig.Disk.FaultAt = (_, _) => DiskFault.Fail;

        Tell(new OpenSnapshots(SnapshotRig.Ann));

        Assert.StartsWith("raft ann: the snapshots could not be opened: ", Assert.IsType<DiskException>(_failure).Message);
        Assert.Null(Heard());
    }

    [Fact]
    public void An_old_snapshot_that_cannot_be_deleted_stays_until_the_next_time()
    {
        Tell(new OpenSnapshots(SnapshotRig.Ann));
        foreach (var index in (int[])[10, 20])
            Tell(new WriteSnapshot(SnapshotRig.Head(index), new Source("a"), new Source("b")));
        _rig.Disk.FaultAt = (_, _) => DiskFault.Fail;

        Tell(new PruneSnapshots(1, []));
        Assert.Contains("an old snapshot could not be deleted", Warned());
        _rig.Disk.FaultAt = (_, _) => DiskFault.None;
        Tell(new PruneSnapshots(1, []));

        Assert.Equal([SnapshotRig.NameOf(20)], _rig.Disk.List());
        Assert.Null(_failure);
    }

    [Fact]
    public void It_deletes_what_the_server_does_not_need_any_more()
    {
        Tell(new OpenSnapshots(SnapshotRig.Ann));
        foreach (var index in (int[])[10, 20, 30])
            Tell(new WriteSnapshot(SnapshotRig.Head(index), new Source("a"), new Source("b")));

        Tell(new PruneSnapshots(1, [SnapshotRig.Last(10)]));

        Assert.Equal([SnapshotRig.NameOf(10), SnapshotRig.NameOf(30)], _rig.Disk.List());
    }

    [Fact]
    public void A_snapshot_that_has_rotted_is_found_and_set_aside()
    {
        Tell(new OpenSnapshots(SnapshotRig.Ann));
        Heard();
        Tell(new WriteSnapshot(SnapshotRig.Head(10), new Source("a"), new Source("b")));
        var snapshot = Assert.IsType<SnapshotWritten>(Heard()).Snapshot;
        Tell(new VerifySnapshot(snapshot));
        Assert.Equal(new SnapshotVerified(snapshot, null), Heard());

        _rig.Disk.Bytes(SnapshotRig.NameOf(10))[^10] ^= 1;
        Tell(new VerifySnapshot(snapshot));

        Assert.Contains("is damaged at byte", Assert.IsType<SnapshotVerified>(Heard()).Problem, StringComparison.Ordinal);
        Assert.Equal([SnapshotRig.NameOf(10) + ".damaged"], _rig.Disk.List());
        Tell(new VerifySnapshot(snapshot));
        Assert.Contains("there is no", Assert.IsType<SnapshotVerified>(Heard()).Problem, StringComparison.Ordinal);
        Assert.Null(_failure);
    }

    private void FailedBy(Exception cause) => _failure = cause;

    private void Tell(object message) => _writer.Tell(message, _server.Ref);

    private object? Heard() => _server.ReceiveOne(TimeSpan.Zero);

    private string? Warned() => (_log.ReceiveOne(TimeSpan.Zero) as Warning)?.Message.ToString();

    private sealed class Source(string text) : ISnapshotSource
    {
        public Exception? Throws { get; init; }

        public Exception? ThrowsAtDisposal { get; init; }

        public bool HidesWhatTheDiskSays { get; init; }

        public bool IsDisposed { get; private set; }

        public void WriteTo(Stream destination)
        {
            try
            {
                destination.Write(Encoding.ASCII.GetBytes(text));
            }
            catch (IOException e) when (HidesWhatTheDiskSays)
            {
                throw new InvalidOperationException("something went wrong", e);
            }

            if (Throws is not null) throw Throws;
        }

        public void Dispose()
        {
            IsDisposed = true;
            if (ThrowsAtDisposal is not null) throw ThrowsAtDisposal;
        }
    }

    private sealed class Supervisor(Props writer, List<IActorRef> started, Action<Exception> failedBy) : UntypedActor
    {
        protected override void PreStart() => started.Add(Context.ActorOf(writer));

        protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(cause =>
        {
            failedBy(cause);
            return Directive.Stop;
        });

        protected override void OnReceive(object message) => Unhandled(message);
    }
}
