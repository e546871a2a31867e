using Akka.Actor;
using Akka.TestKit.Xunit2;
using RaftAkka.Log;
using RaftAkka.Protocol;
using Xunit;

namespace RaftAkka.Tests.Log;

/// <summary>What the log does where the system refuses it something that is not the disk's fault.</summary>
public sealed class DurableLogRefusalTests() : TestKit(DurableLogTests.Config)
{
    private static readonly LogSettings Settings = new()
    {
        SegmentBytes = 4096,
        NoSpaceRetryInterval = TimeSpan.FromMilliseconds(10),
    };

    private readonly MemoryDisk _disk = new();
    private long _ticket;

    [Fact]
    public void Snapshots_without_a_log_are_refused_before_anything_is_created()
    {
        var log = Watch(Sys.ActorOf(DurableLog.Props(() => _disk, Settings, hasSnapshots: () => true)));

        EventFilter.Exception<UnusableLogException>(contains: "There are snapshots, and no log in /memory").ExpectOne(() =>
        {
            log.Tell(new OpenLog(LogRig.Ann), TestActor);
            ExpectTerminated(log);
        });

        Assert.Equal(0, _disk.Operations);
    }

    [Fact]
    public void A_log_that_is_there_does_not_ask_for_snapshots()
    {
        Journal.Open(_disk, LogRig.Ann, Settings).Dispose();
        var log = Sys.ActorOf(DurableLog.Props(() => _disk, Settings, hasSnapshots: () => true));

        log.Tell(new OpenLog(LogRig.Ann), TestActor);

        ExpectMsg<LogOpened>();
    }

    [Fact]
    public void Without_a_file_descriptor_for_the_next_segment_writes_wait_and_go_on_by_themselves()
    {
        var log = OpenLog();
        var left = 3;
        _disk.FaultAt = (_, operation) =>
            operation == DiskOperation.Create && left-- > 0 ? DiskFault.FailForResources : DiskFault.None;

        log.Tell(Write(LogRig.Entry(1, 1, 3000), LogRig.Entry(2, 1, 3000)), TestActor);

        Assert.Contains("no file can be opened", ExpectMsg<LogOutOfSpace>().Facts, StringComparison.Ordinal);
        FishForMessage(message => message is LogHasSpace);
        Assert.Equal("1@1 2@1", Read(log, 1, 2));
    }

    [Fact]
    public void A_read_that_finds_no_file_descriptor_is_answered_once_there_is_one()
    {
        var log = OpenLog();
        log.Tell(Write(LogRig.Entry(1, 1, 3000), LogRig.Entry(2, 1, 3000)), TestActor);
        ExpectMsg<LogWritten>();
        var left = 2;
        _disk.RefusesToOpen = _ => left-- > 0 ? DiskFailure.OutOfResources : null;

        Assert.Equal("1@1", Read(log, 1, 1));
    }

    [Fact]
    public void A_start_that_finds_no_file_descriptor_waits_for_one()
    {
        Journal.Open(_disk, LogRig.Ann, Settings).Dispose();
        var left = 2;
        _disk.RefusesToOpen = _ => left-- > 0 ? DiskFailure.OutOfResources : null;

        OpenLog();

        Assert.True(left <= 0);
    }

    [Fact]
    public void An_old_segment_that_cannot_be_deleted_is_told_once()
    {
        var log = OpenLog();
        log.Tell(Write(LogRig.Entry(1, 1, 3000), LogRig.Entry(2, 1, 3000)), TestActor);
        ExpectMsg<LogWritten>();
        _disk.FaultAt = (_, operation) => operation == DiskOperation.Delete ? DiskFault.FailForSpace : DiskFault.None;

        EventFilter.Warning(contains: "an old log segment could not be deleted yet").ExpectOne(() =>
        {
            log.Tell(new CompactLog(new WriteTicket(++_ticket), LogRig.Entry(2, 1).Id), TestActor);
            for (var index = 3; index < 9; index++)
            {
                log.Tell(Write(LogRig.Entry(index, 1, 10)), TestActor);
                Read(log, index, index);   // What the log told itself meanwhile came before this.
            }
        });
    }

    [Fact]
    public void A_directory_that_was_moved_away_is_told_with_the_next_segment_and_written_to_all_the_same()
    {
        using var folder = new TemporaryFolder();
        var data = Path.Combine(folder.Path, "data");
        var log = Sys.ActorOf(DurableLog.Props(() => FileDisk.At(data), Settings));
        log.Tell(new OpenLog(LogRig.Ann), TestActor);
        ExpectMsg<LogOpened>();
        Directory.Move(data, data + ".old");

        EventFilter.Warning(contains: $"{data} is not the directory any more").ExpectOne(() =>
        {
            log.Tell(Write(LogRig.Entry(1, 1, 3000), LogRig.Entry(2, 1, 3000)), TestActor);
            ExpectMsg<LogWritten>();
        });

        Assert.Equal(2, Directory.GetFiles(data + ".old", "*.seg").Length);
        Assert.False(Directory.Exists(data));
        Watch(log);
        log.Tell(PoisonPill.Instance);
        ExpectTerminated(log);
    }

    [Fact]
    public void What_cannot_be_opened_is_told_with_the_cure_that_fits_and_one_full_stop()
    {
        using var folder = new TemporaryFolder();
        var data = Path.Combine(folder.Path, "data");
        File.WriteAllText(data, "");
        var log = Watch(Sys.ActorOf(DurableLog.Props(() => FileDisk.At(data), Settings)));

        EventFilter.Exception<DiskException>(
            contains: $"open {data}: Not a directory (errno 20).\nThe node does not start. A file stands where").ExpectOne(() =>
        {
            log.Tell(new OpenLog(LogRig.Ann), TestActor);
            ExpectTerminated(log);
        });
    }

    private WriteLog Write(params LogEntry[] entries) =>
        new(new WriteTicket(++_ticket), HardState: null, LogSlice.Of(entries));

    private string Read(IActorRef log, long from, long to)
    {
        log.Tell(new ReadLog(new LogIndex(from), new LogIndex(to), 60_000, "token"), TestActor);
        var read = (LogRead)FishForMessage(message => message is LogRead);
        return string.Join(' ', read.Entries.Select(entry => entry.Id));
    }

    private IActorRef OpenLog()
    {
        var log = Sys.ActorOf(DurableLog.Props(() => _disk, Settings));
        log.Tell(new OpenLog(LogRig.Ann), TestActor);
        ExpectMsg<LogOpened>();
        return log;
    }
}
