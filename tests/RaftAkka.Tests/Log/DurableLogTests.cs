using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit.Xunit2;
using RaftAkka.Log;
using RaftAkka.Protocol;
using Xunit;

namespace RaftAkka.Tests.Log;

public sealed class DurableLogTests() : TestKit(Config)
{
    internal static readonly Config Config = ConfigurationFactory
        .ParseString("""
            akka.actor.guardian-supervisor-strategy = "Akka.Actor.StoppingSupervisorStrategy"
            akka.loglevel = WARNING
            """)
        .WithFallback(ConfigurationFactory.FromResource<DurableLog>("RaftAkka.reference.conf"));

    private readonly MemoryDisk _disk = new();

    [Fact]
    public void A_new_log_opens_empty_and_says_that_it_is_new()
    {
        var log = StartLog();

        log.Tell(new OpenLog(LogRig.Ann), TestActor);

        var opened = ExpectMsg<LogOpened>();
        Assert.True(opened.IsNew);
        Assert.Equal((default, EntryId.Zero), (opened.HardState, opened.Last));
        Assert.Empty(opened.Terms);
        Assert.Empty(opened.Tail);
    }

    [Fact]
    public void A_write_is_answered_with_its_ticket_after_one_sync()
    {
        var log = OpenLog();
        var syncs = _disk.Syncs;

        log.Tell(Write(1, LogRig.State(1, "ann"), LogRig.Entry(1, 1), LogRig.Entry(2, 1)));

        Assert.Equal(new WriteTicket(1), ExpectMsg<LogWritten>().Through);
        Assert.Equal(syncs + 1, _disk.Syncs);
    }

    [Fact]
    public void Writes_that_queue_while_one_is_synced_share_the_next_sync_and_answer()
    {
        using var entered = new ManualResetEventSlim();
        using var leave = new ManualResetEventSlim();
        var log = OpenLog();
        var syncs = _disk.Syncs;
        _disk.FaultAt = (_, operation) =>
        {
            if (operation != DiskOperation.Sync) return DiskFault.None;
            entered.Set();
            leave.Wait(TimeSpan.FromSeconds(30));
            return DiskFault.None;
        };

        log.Tell(Write(1, null, LogRig.Entry(1, 1)));
        Assert.True(entered.Wait(TimeSpan.FromSeconds(30)));
        for (var i = 2; i <= 100; i++) log.Tell(Write(i, null, LogRig.Entry(i, 1)));
        leave.Set();

        Assert.Equal(new WriteTicket(1), ExpectMsg<LogWritten>().Through);
        Assert.Equal(new WriteTicket(100), ExpectMsg<LogWritten>().Through);
        Assert.Equal(syncs + 2, _disk.Syncs);
    }

    [Fact]
    public void A_read_sees_what_was_sent_before_it_durable_or_not_and_what_replaced_it()
    {
        var log = OpenLog();
        log.Tell(Write(1, null, LogRig.Entry(1, 1), LogRig.Entry(2, 1), LogRig.Entry(3, 1)));
        ExpectMsg<LogWritten>();

        // The log cannot write now, so that the rest stays in its queue.
        _disk.FaultAt = (_, operation) =>
            operation == DiskOperation.Write ? DiskFault.FailForSpace : DiskFault.None;
        log.Tell(Write(2, null, LogRig.Entry(4, 1), LogRig.Entry(5, 1)));
        log.Tell(Write(3, LogRig.State(2), LogRig.Entry(3, 2), LogRig.Entry(4, 2)));
        ExpectMsg<LogOutOfSpace>();

        Assert.Equal("1@1 2@1 3@2 4@2", Read(log, 1, 99));
        Assert.Equal("2@1 3@2", Read(log, 2, 3));
        Assert.Equal("4@2", Read(log, 4, 99));
        Assert.Equal("", Read(log, 5, 99));
        Assert.Equal("", Read(log, 0, 99));
        Assert.Equal("2@1", Read(log, 2, 99, bytesMax: 75));
        Assert.Equal("2@1 3@2", Read(log, 2, 99, bytesMax: 76));
        Assert.Equal("3@2", Read(log, 3, 99, bytesMax: 0));
    }

    [Fact]
    public void A_full_disk_acknowledges_nothing_is_told_once_and_all_is_written_when_there_is_space()
    {
        var log = OpenLog(new LogSettings
        {
            NoSpaceRetryInterval = TimeSpan.FromMilliseconds(5),
            SegmentBytes = 4096,
        });
        var failures = 0;
        using var enough = new ManualResetEventSlim();
        _disk.FaultAt = (_, operation) =>
        {
            if (operation is not (DiskOperation.Write or DiskOperation.Allocate)) return DiskFault.None;
            if (++failures == 5) enough.Set();
            return failures % 2 == 0 ? DiskFault.FailForSpace : DiskFault.FailHalfwayForSpace;
        };

        log.Tell(Write(1, LogRig.State(1), LogRig.Entry(1, 1, 2000), LogRig.Entry(2, 1, 2000)));
        Assert.Contains(
            "nothing is acknowledged", ExpectMsg<LogOutOfSpace>().Facts, StringComparison.Ordinal);
        log.Tell(Write(2, null, LogRig.Entry(3, 1, 2000)));
        Assert.True(enough.Wait(TimeSpan.FromSeconds(30)));
        _disk.FaultAt = (_, _) => DiskFault.None;

        Assert.Equal(new WriteTicket(2), ExpectMsg<LogWritten>().Through);
        ExpectMsg<LogHasSpace>();
        log.Tell(Write(3, null, LogRig.Entry(4, 1)));
        Assert.Equal(new WriteTicket(3), ExpectMsg<LogWritten>().Through);
        Assert.Equal("1@1 2@1 3@1 4@1", Read(log, 1, 9));
    }

    [Theory]
    [InlineData(nameof(DiskOperation.Sync))]
    [InlineData(nameof(DiskOperation.Write))]
    public void A_failed_write_or_sync_fails_the_log_unacknowledged_and_is_never_tried_again(string failing)
    {
        var log = OpenLog();
        Watch(log);
        _disk.FaultAt = (_, operation) => operation.ToString() == failing ? DiskFault.Fail : DiskFault.None;
        var operations = _disk.Operations;

        EventFilter.Exception<DiskException>(contains: "it is not tried again").ExpectOne(() =>
        {
            log.Tell(Write(1, LogRig.State(4, "bea"), LogRig.Entry(1, 4)));
            ExpectTerminated(log);   // And nothing before it: no acknowledgement.
        });

        Assert.Equal(failing == nameof(DiskOperation.Sync) ? 3 : 1, _disk.Operations - operations);
    }

    [Fact]
    public void An_impossible_write_fails_the_log()
    {
        var log = OpenLog();
        Watch(log);

        EventFilter.Exception<InvalidOperationException>(
            contains: "entry 2@1 cannot follow index 0").ExpectOne(() =>
        {
            log.Tell(Write(1, null, LogRig.Entry(2, 1)));
            ExpectTerminated(log);
        });
    }

    [Fact]
    public void A_vote_that_changes_within_a_term_fails_the_log()
    {
        var log = OpenLog();
        Watch(log);
        log.Tell(Write(1, LogRig.State(4, "bea")));
        ExpectMsg<LogWritten>();

        EventFilter.Exception<InvalidOperationException>(
            contains: "in term 4 the vote went to bea").ExpectOne(() =>
        {
            log.Tell(Write(2, LogRig.State(4, "ann")));
            ExpectTerminated(log);
        });
    }

    [Fact]
    public void A_stopped_log_opens_again_with_everything_and_a_mark_at_its_end()
    {
        var log = OpenLog();
        log.Tell(
            Write(1, LogRig.State(3, "ann"), LogRig.Entry(1, 1), LogRig.Entry(2, 3), LogRig.Entry(3, 3)));
        ExpectMsg<LogWritten>();
        Watch(log);
        log.Tell(PoisonPill.Instance);
        ExpectTerminated(log);

        var again = StartLog();
        again.Tell(new OpenLog(LogRig.Ann), TestActor);

        var opened = ExpectMsg<LogOpened>();
        Assert.False(opened.IsNew);
        Assert.Equal(LogRig.State(3, "ann"), opened.HardState);
        Assert.Equal(["1@1", "2@3"], opened.Terms.Select(first => first.ToString()));
        Assert.Equal("1@1 2@3 3@3", string.Join(' ', opened.Tail.Select(entry => entry.Id)));
        Assert.Equal(LogRig.Entry(3, 3).Id, opened.Last);
        Assert.Equal(JournalRecords.SyncMark, LastRecord(_disk.Bytes("00000001.seg")).Kind);
    }

    [Fact]
    public void A_log_that_goes_idle_marks_its_end_without_a_sync()
    {
        var log = OpenLog();
        log.Tell(Write(1, null, LogRig.Entry(1, 1)));
        ExpectMsg<LogWritten>();
        var syncs = _disk.Syncs;
        Read(log, 1, 1);   // What the log told itself after the write came before this.

        Assert.Equal(JournalRecords.SyncMark, LastRecord(_disk.Bytes("00000001.seg")).Kind);
        Assert.Equal(syncs, _disk.Syncs);
    }

    [Fact]
    public void A_directory_that_is_in_use_fails_the_log()
    {
        using var folder = new TemporaryFolder();
        using var held = FileDisk.At(folder.Path);
        var log = Sys.ActorOf(DurableLog.Props(() => FileDisk.At(folder.Path), new LogSettings()));
        Watch(log);

        EventFilter.Exception<DiskException>(
            contains: $"{folder.Path} is in use by another node").ExpectOne(() =>
        {
            log.Tell(new OpenLog(LogRig.Ann), TestActor);
            ExpectTerminated(log);
        });
    }

    private static RecordHeader LastRecord(byte[] segment)
    {
        var (offset, last) = (SegmentHeader.Bytes, default(RecordHeader));
        while (RecordCodec.TryReadHeader(segment.AsSpan(offset), out var header))
        {
            offset += header.RecordBytes;
            last = header;
        }

        return last;
    }

    private static WriteLog Write(long ticket, HardState? state, params LogEntry[] entries) =>
        new(new WriteTicket(ticket), state, LogSlice.Of(entries));

    private string Read(IActorRef log, long from, long to, int bytesMax = 60_000)
    {
        log.Tell(new ReadLog(new LogIndex(from), new LogIndex(to), bytesMax, "token"), TestActor);
        var read = ExpectMsg<LogRead>();
        Assert.Equal((new LogIndex(from), "token"), (read.From, read.Token));
        return string.Join(' ', read.Entries.Select(entry => entry.Id));
    }

    private IActorRef StartLog(LogSettings? settings = null) =>
        Sys.ActorOf(DurableLog.Props(() => _disk, settings ?? new LogSettings { SegmentBytes = 64 * 1024 }));

    private IActorRef OpenLog(LogSettings? settings = null)
    {
        var log = StartLog(settings);
        log.Tell(new OpenLog(LogRig.Ann), TestActor);
        ExpectMsg<LogOpened>();
        return log;
    }
}
