using RaftAkka.Log;
using RaftAkka.Protocol;
using Xunit;

namespace RaftAkka.Tests.Log;

public sealed class JournalModelTests
{
    [Theory]
    [InlineData(1, 4096, false)]
    [InlineData(2, 4096, false)]
    [InlineData(3, 8192, false)]
    [InlineData(4, 20_000, false)]
    [InlineData(5, 4096, false)]
    [InlineData(6, 100_000, false)]
    [InlineData(7, 4096, true)]
    [InlineData(8, 4096, true)]
    [InlineData(9, 4096, true)]
    [InlineData(10, 8192, true)]
    [InlineData(11, 20_000, true)]
    [InlineData(12, 100_000, true)]
    public void A_log_is_what_was_written_whatever_happens_between(int seed, int segmentBytes, bool compacts)
    {
        var random = new Random(seed);
        var rig = new LogRig(segmentBytes);
        rig.Open();

        for (var step = 0; step < 3000; step++)
        {
            switch (random.Next(100))
            {
                case < 70: SubmitSomething(rig, random);                  break;
                case < 88: Flush(rig, random);                            break;
                case < 93: rig.Journal.Mark();                            break;
                case < 95: Reopen(rig);                                   break;
                case < 97: rig.Disk = rig.Disk.AfterKill(); rig.Open();   break;
                case < 99: rig.LosePower(random);                         break;
                default:   CrashHalfway(rig, random);                     break;
            }

            if (!compacts) continue;
            if (random.Next(20) == 0) SubmitSomeBase(rig, random);
            if (random.Next(20) == 0 && rig.Journal.HasUnneeded) rig.Journal.DeleteOldest(isSpaceNeeded: false);
        }

        rig.Flush();
        rig.DeleteUnneeded();
        var files = rig.Disk.List();
        if (compacts)
            Assert.Equal(rig.Journal.Contents.FirstSegment is { } first ? SegmentHeader.NameOf(first) : files[^1],
                files[0]);
        rig.Reopen();
    }

    [Fact]
    public void Records_of_every_size_around_the_segments_edge_come_back()
    {
        const int SegmentBytes = 4096;
        for (var payload = SegmentBytes - 900; payload <= SegmentBytes; payload++)
        {
            var rig = new LogRig(SegmentBytes);
            rig.Open();
            rig.Write(LogRig.State(1, "ann"), LogRig.Entry(1, 1, payload), LogRig.Entry(2, 1, 0));
            rig.Write(null, LogRig.Entry(3, 1, 1));
            rig.Reopen();
            rig.LosePower(new Random(payload));
        }
    }

    [Fact]
    public void The_largest_record_fits_and_gets_a_segment_of_its_own_where_none_is_large_enough()
    {
        var rig = new LogRig(4096);
        rig.Open();
        rig.Write(null, LogRig.Entry(1, 1, RecordCodec.PayloadBytesMax));
        rig.Write(null, LogRig.Entry(2, 1, RecordCodec.PayloadBytesMax), LogRig.Entry(3, 1, 0));

        rig.Reopen();

        Assert.Equal(4096, rig.Disk.Bytes("00000001.seg").Length);
        Assert.True(rig.Disk.Bytes("00000002.seg").Length > RecordCodec.PayloadBytesMax);
        Assert.Equal(3, rig.Journal.Contents.Last.Index.Value);
    }

    [Fact]
    public void A_million_entries_come_back()
    {
        var rig = new LogRig(16 * 1024 * 1024);
        rig.Open();
        for (var first = 1; first < 1_000_000; first += 10_000)
            rig.Write(
                null, [.. Enumerable.Range(first, 10_000).Select(i => LogRig.Entry(i, 1 + i / 300_000, 8))]);

        rig.Reopen();

        Assert.Equal(1_000_000, rig.Journal.Contents.Last.Index.Value);
        Assert.Equal(4, rig.Journal.Contents.Terms.Count);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(38, 1)]
    [InlineData(76, 2)]
    [InlineData(100_000, 200)]
    public void The_tail_is_the_newest_entries_that_fit(int bytesMax, int expected)
    {
        var rig = new LogRig(4096);
        rig.Open();
        // 38 bytes each.
        for (var index = 1; index <= 200; index++) rig.Write(null, LogRig.Entry(index, 1));

        var tail = rig.Journal.ReadTail(bytesMax);

        Assert.Equal(200, tail.Last.Index.Value);
        // A mark and a segment's start lie between entries: what surely fits may be fewer than what would
        // fit.
        Assert.InRange(tail.Count, bytesMax > 50_000 ? 1 : Math.Min(expected, 1), expected);
    }

    [Fact]
    public void A_read_stops_at_its_limit_but_brings_one_entry_at_least()
    {
        var rig = new LogRig(4096);
        rig.Open();
        rig.Write(null, [.. Enumerable.Range(1, 300).Select(i => LogRig.Entry(i, 1))]);

        Assert.Equal(1, Count(from: 5, to: 300, bytesMax: 0));
        Assert.Equal(1, Count(from: 5, to: 300, bytesMax: 75));
        Assert.Equal(2, Count(from: 5, to: 300, bytesMax: 76));
        Assert.Equal(296, Count(from: 5, to: 300, bytesMax: 1_000_000));
        Assert.Equal(3, Count(from: 298, to: 300, bytesMax: 1_000_000));
        Assert.Equal(2, Count(from: 100, to: 101, bytesMax: 1_000_000));

        int Count(long from, long to, int bytesMax)
        {
            var entries = new List<LogEntry>();
            rig.Journal.Read(new LogIndex(from), new LogIndex(to), bytesMax, entries);
            Assert.Equal(from, entries[0].Index.Value);
            return LogSlice.Of([.. entries]).Count;
        }
    }

    [Fact]
    public void Old_segments_are_read_back_after_their_entries_were_partly_replaced()
    {
        var rig = new LogRig(4096);
        rig.Open();
        rig.Write(null, [.. Enumerable.Range(1, 200).Select(i => LogRig.Entry(i, 1))]);
        rig.Write(LogRig.State(2), [.. Enumerable.Range(50, 100).Select(i => LogRig.Entry(i, 2, 5))]);
        rig.Write(LogRig.State(3), LogRig.Entry(3, 3), LogRig.Entry(4, 3));

        rig.Reopen();

        Assert.Equal([1L, 3L], rig.Journal.Contents.Terms.Select(first => first.Term.Value));
        Assert.Equal(4, rig.Journal.Contents.Last.Index.Value);
    }

    private static void SubmitSomething(LogRig rig, Random random)
    {
        var (term, @base) = (rig.Model.HardState.Term.Value, rig.Model.Base.Index.Value);
        var last = rig.Model.Last.Index.Value;
        HardState? state = random.Next(4) switch
        {
            0 => LogRig.State(++term, random.Next(2) == 0 ? null : "server-" + random.Next(5)),
            1 => rig.Model.HardState with { Vote = rig.Model.HardState.Vote ?? new ServerId("bea") },
            _ => null,
        };
        var first = random.Next(8) == 0
            ? random.NextInt64(Math.Max(@base + 1, last - 30), last + 2)
            : last + 1;
        var count = random.Next(6);
        var floor = rig.Model.TermAt(first - 1).Value;
        var entries = Enumerable.Range((int)first, count)
            .Select(i => LogRig.Entry(i, Math.Max(term, floor), SomeSize(random), (byte)random.Next(256)));
        rig.Submit(state, [.. entries]);
    }

    private static void SubmitSomeBase(LogRig rig, Random random)
    {
        var (@base, last) = (rig.Model.Base, rig.Model.Last);
        var inside = random.NextInt64(@base.Index.Value, last.Index.Value + 1);
        var (index, term) = random.Next(10) switch
        {
            0 => (last.Index.Value + random.Next(1, 50), last.Term.Value + random.Next(2)),   // A snapshot came.
            1 => (inside, rig.Model.TermAt(inside).Value + 1),   // In a suffix that others replaced.
            2 => (last.Index.Value, last.Term.Value),
            3 => (random.NextInt64(@base.Index.Value + 1), 0),   // An old one.
            _ => (inside, rig.Model.TermAt(inside).Value),
        };
        rig.SubmitBase(index, term);
    }

    private static int SomeSize(Random random) => random.Next(20) switch
    {
        0 => 0,
        1 => random.Next(3000, 6000),
        < 5 => random.Next(500, 700),
        _ => random.Next(1, 200),
    };

    private static void Flush(LogRig rig, Random random)
    {
        if (random.Next(4) == 0)
        {
            rig.Disk.FaultAt = (_, operation) =>
                operation is not (DiskOperation.Write or DiskOperation.Allocate) || random.Next(3) > 0
                    ? DiskFault.None
                    : random.Next(2) == 0 ? DiskFault.FailForSpace : DiskFault.FailHalfwayForSpace;
            if (!rig.Flush()) rig.FreeSpace();
        }

        rig.Disk.FaultAt = (_, _) => DiskFault.None;
        if (random.Next(10) > 0) Assert.True(rig.Flush());
    }

    private static void Reopen(LogRig rig)
    {
        rig.Flush();
        rig.Reopen();
    }

    private static void CrashHalfway(LogRig rig, Random random)
    {
        var left = random.Next(6);
        rig.Disk.FaultAt = (_, _) => left-- > 0
            ? DiskFault.None
            : (DiskFault)random.Next((int)DiskFault.CrashBefore, (int)DiskFault.CrashAfter + 1);
        try
        {
            SubmitSomething(rig, random);
            rig.Flush();
            rig.Journal.Mark();
        }
        catch (SimulatedCrashException)
        {
            // As planned; where fewer steps were taken there is no crash but the power's.
        }

        rig.LosePower(random);
    }
}
