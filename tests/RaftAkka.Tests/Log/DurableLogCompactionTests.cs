using Akka.Actor;
using Akka.TestKit.Xunit2;
using RaftAkka.Log;
using RaftAkka.Protocol;
using Xunit;

namespace RaftAkka.Tests.Log;

public sealed class DurableLogCompactionTests() : TestKit(DurableLogTests.Config)
{
    private readonly MemoryDisk _disk = new();
    private WriteTicket _ticket;

    [Fact]
    public void A_compaction_is_answered_with_its_ticket_once_the_base_is_durable_and_then_files_go()
    {
        var log = OpenLog();
        WriteTwenty(log);
        var operations = new List<DiskOperation>();
        _disk.FaultAt = (_, operation) =>
        {
            operations.Add(operation);
            return DiskFault.None;
        };

        Compact(log, 12, 1);
        var answered = ExpectMsg<LogWritten>().Through;
        LetDelete(log);
        Assert.Equal("00000005.seg", _disk.List()[0]);

        Assert.Equal(_ticket, answered);
        Assert.True(operations.IndexOf(DiskOperation.Sync) < operations.IndexOf(DiskOperation.Delete));
        Assert.Equal(4, operations.Count(operation => operation == DiskOperation.Delete));
    }

    [Fact]
    public void A_write_that_comes_in_meanwhile_does_not_wait_for_all_deletions()
    {
        using var entered = new ManualResetEventSlim();
        using var leave = new ManualResetEventSlim();
        var log = OpenLog();
        WriteTwenty(log);
        var operations = new List<DiskOperation>();
        _disk.FaultAt = (_, operation) =>
        {
            operations.Add(operation);
            if (operation != DiskOperation.Delete || entered.IsSet) return DiskFault.None;
            entered.Set();
            leave.Wait(TimeSpan.FromSeconds(30));
            return DiskFault.None;
        };

        Compact(log, 12, 1);
        Assert.True(entered.Wait(TimeSpan.FromSeconds(30)));
        Write(log, null, LogRig.Entry(21, 1));
        leave.Set();
        ExpectMsg<LogWritten>();
        Assert.Equal(_ticket, ExpectMsg<LogWritten>().Through);
        LetDelete(log);

        var write = operations.IndexOf(DiskOperation.Write, operations.IndexOf(DiskOperation.Delete));
        Assert.True(write < operations.LastIndexOf(DiskOperation.Delete), string.Join(' ', operations));
    }

    [Fact]
    public void Nothing_is_read_at_or_below_the_base()
    {
        var log = OpenLog();
        WriteTwenty(log);
        Compact(log, 12, 1);
        ExpectMsg<LogWritten>();

        Assert.Equal("", Read(log, 1, 20));
        Assert.Equal("", Read(log, 12, 20));
        Assert.Equal("13@1 14@1", Read(log, 13, 14));
        Assert.Equal("20@1", Read(log, 20, 99));
    }

    [Fact]
    public void A_log_that_opens_says_where_it_begins_and_deletes_what_the_last_process_left()
    {
        var log = OpenLog();
        WriteTwenty(log);
        _disk.FaultAt = (_, operation) =>
            operation == DiskOperation.Delete ? DiskFault.FailForSpace : DiskFault.None;
        EventFilter.Warning(contains: "could not be deleted yet").ExpectOne(() =>
        {
            Compact(log, 12, 1);
            ExpectMsg<LogWritten>();
        });
        Watch(log);
        log.Tell(PoisonPill.Instance);
        ExpectTerminated(log);
        Assert.Equal("00000001.seg", _disk.List()[0]);
        _disk.FaultAt = (_, _) => DiskFault.None;

        var again = StartLog();
        again.Tell(new OpenLog(LogRig.Ann), TestActor);

        var opened = ExpectMsg<LogOpened>();
        Assert.Equal("12@1 20@1", $"{opened.Base} {opened.Last}");
        Assert.Equal(["13@1"], opened.Terms.Select(first => first.ToString()));
        Assert.Equal(13, opened.Tail.First.Index.Value);
        LetDelete(again);
        Assert.Equal("00000005.seg", _disk.List()[0]);
    }

    [Fact]
    public void A_base_behind_the_last_entry_empties_the_log_which_goes_on_behind_it()
    {
        var log = OpenLog();
        WriteTwenty(log);
        Compact(log, 500, 3);
        Write(log, LogRig.State(3), LogRig.Entry(501, 3));

        ExpectTicket();
        Assert.Equal("501@3", Read(log, 501, 600));
        Assert.Equal("", Read(log, 20, 600));
    }

    [Fact]
    public void A_full_disk_gets_space_by_a_compaction_that_came_behind_a_write_that_waits()
    {
        var log = OpenLog(new LogSettings
        {
            NoSpaceRetryInterval = TimeSpan.FromMilliseconds(5),
            SegmentBytes = 4096,
        });
        WriteTwenty(log);

        // Space for no more segments than there are: one must go before another can come.
        var segments = _disk.List().Count;
        _disk.FaultAt = (_, operation) =>
            operation == DiskOperation.Allocate && _disk.List().Count(name => name.EndsWith(".seg")) >= segments
                ? DiskFault.FailForSpace
                : DiskFault.None;
        Write(log, null, LogRig.Entry(21, 1, 3000));
        ExpectMsg<LogOutOfSpace>();

        Compact(log, 5, 1);

        Assert.Equal(_ticket, ExpectMsg<LogWritten>().Through);
        ExpectMsg<LogHasSpace>();
        Assert.Equal("6@1", Read(log, 6, 6));
        Assert.Equal("21@1", Read(log, 21, 21));
    }

    [Fact]
    public void Deletions_that_are_under_way_make_space_before_anyone_hears_of_none()
    {
        var log = OpenLog();
        WriteTwenty(log);
        var segments = _disk.List().Count;
        _disk.FaultAt = (_, operation) =>
            operation == DiskOperation.Allocate && _disk.List().Count(name => name.EndsWith(".seg")) >= segments
                ? DiskFault.FailForSpace
                : DiskFault.None;

        Compact(log, 12, 1);
        Write(log, null, LogRig.Entry(21, 1, 3000));

        ExpectTicket();   // And not "out of space".
        Assert.Equal("21@1", Read(log, 21, 21));
    }

    // Whatever waits, a reader sees the log that it will be.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Reads_see_the_log_that_the_waiting_writes_will_make(int seed)
    {
        var random = new Random(seed);
        var log = OpenLog(new LogSettings
        {
            NoSpaceRetryInterval = TimeSpan.FromMilliseconds(1),
            SegmentBytes = 4096,
        });
        var model = new LogModel();
        for (var round = 0; round < 20; round++)
        {
            Write(log, null, Some(model, random));
            ExpectMsg<LogWritten>();
            var full = random.Next(2) == 0 ? DiskOperation.Write : DiskOperation.Allocate;
            _disk.FaultAt = (_, operation) => operation == full ? DiskFault.FailForSpace : DiskFault.None;
            Write(log, null, Some(model, random, payloadBytes: 4000));
            ExpectMsg<LogOutOfSpace>();

            for (var step = 0; step < 20; step++)
            {
                if (random.Next(3) == 0) CompactSomewhere(log, model, random);
                else Write(log, null, Some(model, random));

                var (first, last) = (model.Base.Index.Value + 1, model.Last.Index.Value);
                Assert.Equal(Ids(model.Entries), Read(log, first, last + 5));
                Assert.Equal("", Read(log, first - 1, last));
                var from = random.NextInt64(first, last + 2);
                Assert.Equal(Ids(model.Entries.Skip((int)(from - first))), Read(log, from, last));
            }

            _disk.FaultAt = (_, _) => DiskFault.None;
            ExpectMsg<LogWritten>();
            ExpectMsg<LogHasSpace>();
        }

        Watch(log);
        log.Tell(PoisonPill.Instance);
        ExpectTerminated(log);
        using var journal = Journal.Open(_disk.AfterKill(), LogRig.Ann, new LogSettings());
        model.Acknowledge();
        model.ShouldBe(journal);
    }

    [Fact]
    public void A_disk_that_refuses_a_deletion_fails_the_log()
    {
        var log = OpenLog();
        WriteTwenty(log);
        Watch(log);
        _disk.FaultAt = (_, operation) =>
            operation == DiskOperation.Delete ? DiskFault.Fail : DiskFault.None;

        EventFilter.Exception<DiskException>(contains: "an old log segment could not be deleted").ExpectOne(() =>
        {
            Compact(log, 12, 1);
            ExpectMsg<LogWritten>();   // It was durable before.
            ExpectTerminated(log);
        });
    }

    [Fact]
    public void A_compaction_out_of_order_fails_the_log()
    {
        var log = OpenLog();
        WriteTwenty(log);
        Watch(log);

        EventFilter.Exception<InvalidOperationException>(contains: "ticket 1 came after 1").ExpectOne(() =>
        {
            log.Tell(new CompactLog(new WriteTicket(1), LogRig.Entry(5, 1).Id));
            ExpectTerminated(log);
        });
    }

    private static LogEntry[] Some(LogModel model, Random random, int payloadBytes = 10)
    {
        var last = model.Last.Index.Value;
        var first = random.Next(3) == 0 ? random.NextInt64(model.Base.Index.Value + 1, last + 2) : last + 1;
        var term = model.TermAt(first - 1).Value + random.Next(2);
        LogEntry[] entries =
            [.. Enumerable.Range((int)first, random.Next(1, 5)).Select(i => LogRig.Entry(i, term, payloadBytes))];
        model.Submit(new WriteLog(WriteTicket.None, null, LogSlice.Of(entries)));
        return entries;
    }

    private void CompactSomewhere(IActorRef log, LogModel model, Random random)
    {
        var last = model.Last.Index.Value;
        var index = random.NextInt64(model.Base.Index.Value, last + 3);
        var term = index > last ? model.Last.Term.Value : model.TermAt(index).Value + random.Next(5) / 4;
        Compact(log, index, term);
        model.Submit(new CompactLog(_ticket, new EntryId(new Term(term), new LogIndex(index))));
    }

    private static string Ids(IEnumerable<LogEntry> entries) =>
        string.Join(' ', entries.Select(entry => entry.Id));

    private void WriteTwenty(IActorRef log)
    {
        Write(log, null, [.. Enumerable.Range(1, 20).Select(index => LogRig.Entry(index, 1, 1000))]);
        ExpectMsg<LogWritten>();
        LetDelete(log);
    }

    private void Write(IActorRef log, HardState? state, params LogEntry[] entries)
    {
        _ticket = _ticket.Next;
        log.Tell(new WriteLog(_ticket, state, LogSlice.Of(entries)), TestActor);
    }

    private void Compact(IActorRef log, long index, long term)
    {
        _ticket = _ticket.Next;
        log.Tell(new CompactLog(_ticket, new EntryId(new Term(term), new LogIndex(index))), TestActor);
    }

    private void ExpectTicket()
    {
        while (ExpectMsg<LogWritten>().Through != _ticket)
        {
        }
    }

    // The log tells itself to go on deleting; each answer shows that it came by once more.
    private void LetDelete(IActorRef log)
    {
        for (var i = 0; i < 10; i++) Read(log, 1, 0);
    }

    private string Read(IActorRef log, long from, long to)
    {
        log.Tell(new ReadLog(new LogIndex(from), new LogIndex(to), 1_000_000, "token"), TestActor);
        return Ids(ExpectMsg<LogRead>().Entries);
    }

    private IActorRef StartLog(LogSettings? settings = null) =>
        Sys.ActorOf(DurableLog.Props(() => _disk, settings ?? new LogSettings { SegmentBytes = 4096 }));

    private IActorRef OpenLog(LogSettings? settings = null)
    {
        var log = StartLog(settings);
        log.Tell(new OpenLog(LogRig.Ann), TestActor);
        ExpectMsg<LogOpened>();
        return log;
    }
}
