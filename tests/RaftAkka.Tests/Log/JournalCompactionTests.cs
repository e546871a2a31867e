using RaftAkka.Log;
using RaftAkka.Protocol;
using Xunit;

namespace RaftAkka.Tests.Log;

public sealed class JournalCompactionTests
{
    public static TheoryData<string> Crashes =>
        new(Enum.GetNames<DiskFault>().Where(name => name.StartsWith("Crash")));

    [Theory]
    [MemberData(nameof(Crashes))]
    public void A_crash_at_any_operation_of_a_compaction_loses_nothing_that_was_acknowledged(string crash)
    {
        var crashes = 0;
        for (var at = 1; CrashesAt(at, Enum.Parse<DiskFault>(crash)) is not null; at++)
        {
            crashes++;
            for (var seed = 0; seed < 20; seed++)
            {
                var rig = CrashesAt(at, Enum.Parse<DiskFault>(crash))!;
                rig.Disk = seed == 0 ? rig.Disk.AfterKill() : rig.Disk.AfterPowerLoss(new Random(seed));
                rig.Open();

                // The next start finishes what was begun, and after another crash there is still all.
                rig.DeleteUnneeded();
                rig.LosePower(new Random(seed));
            }
        }

        Assert.True(crashes > 100, $"only {crashes} operations");
    }

    [Theory]
    [MemberData(nameof(Crashes))]
    public void A_crash_at_any_operation_of_the_next_start_loses_nothing_either(string crash)
    {
        var crashes = 0;
        for (var at = 2; CrashesAt(at, DiskFault.CrashHalfway) is not null; at += 5)
        {
            for (var seed = 0; seed < 3; seed++)
            {
                var rig = CrashesAt(at, DiskFault.CrashHalfway)!;
                var found = rig.Disk.AfterPowerLoss(new Random(seed));
                for (var operation = 1; ; operation++)
                {
                    rig.Disk = found.Copy();
                    rig.Disk.FaultAt = (number, _) =>
                        number == operation ? Enum.Parse<DiskFault>(crash) : DiskFault.None;
                    if (!Crashed(() => OpenAndDelete(rig))) break;
                    crashes++;
                    rig.LosePower(new Random(seed));
                }
            }
        }

        Assert.True(crashes > 100, $"only {crashes} operations");
    }

    [Fact]
    public void A_base_drops_the_entries_up_to_it_and_the_segments_that_hold_none_behind_it()
    {
        var rig = Written();
        var segments = rig.Disk.List().Count;

        rig.Compact(12, 1);
        rig.DeleteUnneeded();

        Assert.Equal(12, rig.Journal.Contents.Base.Index.Value);
        Assert.Equal(20, rig.Journal.Contents.Last.Index.Value);
        Assert.Equal("00000005.seg", rig.Disk.List()[0]);   // Three entries of 1000 bytes in each.
        Assert.Equal(segments - 4, rig.Disk.List().Count);
        rig.Model.ShouldBe(rig.Journal);
        rig.Reopen();
    }

    [Fact]
    public void Segments_are_deleted_only_once_the_base_is_durable()
    {
        var rig = Written();

        rig.Journal.Compact(new EntryId(new Term(1), new LogIndex(12)));
        Assert.False(rig.Journal.HasUnneeded);

        rig.Journal.Sync();
        Assert.True(rig.Journal.HasUnneeded);
    }

    [Fact]
    public void Each_deletion_is_for_good_before_the_next_one()
    {
        var rig = Written();
        rig.Compact(12, 1);
        var operations = new List<DiskOperation>();
        rig.Disk.FaultAt = (_, operation) =>
        {
            operations.Add(operation);
            return DiskFault.None;
        };

        rig.DeleteUnneeded();

        Assert.Equal(
            Enumerable.Repeat(new[] { DiskOperation.Delete, DiskOperation.SyncDirectory }, 4).SelectMany(x => x),
            operations);
    }

    [Fact]
    public void A_segment_that_was_being_read_is_closed_before_it_is_deleted()
    {
        var rig = Written();
        rig.Journal.Read(new LogIndex(1), new LogIndex(2), 5000, []);
        rig.Compact(12, 1);

        rig.DeleteUnneeded();   // The memory disk refuses to delete an open file.

        rig.Journal.Read(new LogIndex(13), new LogIndex(20), 50_000, []);
        rig.Model.ShouldBe(rig.Journal);
    }

    [Fact]
    public void A_base_behind_the_last_entry_leaves_an_empty_log_that_goes_on_behind_it()
    {
        var rig = Written();
        rig.Compact(500, 7);
        rig.DeleteUnneeded();

        Assert.Equal("500@7", rig.Journal.Contents.Last.ToString());
        Assert.Single(rig.Disk.List());
        Assert.Empty(rig.Journal.ReadTail(1000));
        rig.Reopen();

        rig.Write(LogRig.State(8), LogRig.Entry(501, 8), LogRig.Entry(502, 8));
        Assert.Equal("501@8 502@8", string.Join(' ', rig.Journal.ReadTail(1000).Select(entry => entry.Id)));
        rig.Reopen();
        Assert.Equal("500@7 502@8", $"{rig.Journal.Contents.Base} {rig.Journal.Contents.Last}");
    }

    [Theory]
    [InlineData(10, 2)]   // Another leader's entry stands there,
    [InlineData(20, 2)]   // at the very end too.
    public void A_base_that_is_not_in_the_log_takes_the_place_of_all_of_it(long index, long term)
    {
        var rig = Written();
        rig.Compact(index, term);
        rig.DeleteUnneeded();

        Assert.Equal($"{index}@{term}", rig.Journal.Contents.Last.ToString());
        Assert.Empty(rig.Journal.Contents.Terms);
        Assert.Single(rig.Disk.List());
        rig.Reopen();
    }

    [Fact]
    public void An_earlier_base_changes_nothing_and_writes_nothing()
    {
        var rig = Written();
        rig.Compact(12, 1);
        var operations = rig.Disk.Operations;

        rig.Compact(12, 9);
        rig.Compact(3, 1);

        Assert.Equal("12@1", rig.Journal.Contents.Base.ToString());
        Assert.Equal(operations, rig.Disk.Operations);
    }

    [Fact]
    public void Entries_that_another_leader_replaced_before_the_compaction_need_no_file_that_is_gone()
    {
        // The first segments hold 1 to 20; the log is then 1 to 9 of them and a new 10, in another segment.
        var rig = Written();
        rig.Write(LogRig.State(2), LogRig.Entry(10, 2, 1000), LogRig.Entry(11, 2, 1000));
        rig.Compact(9, 1);
        rig.DeleteUnneeded();

        rig.Reopen();

        Assert.Equal("9@1 11@2", $"{rig.Journal.Contents.Base} {rig.Journal.Contents.Last}");
        Assert.True(rig.Disk.List().Count <= 2);
    }

    [Fact]
    public void A_log_whose_first_segments_are_gone_without_a_base_for_them_does_not_open()
    {
        var rig = Written();
        rig.Compact(5, 1);   // Entry 6 is the last one of the second segment.
        rig.DeleteUnneeded();
        rig.Journal.Finish();
        var names = rig.Disk.List();
        Assert.Equal("00000002.seg", names[0]);
        var disk = rig.Disk.Copy();
        disk.Remove(names[0]);

        var refusal = Assert.Throws<UnusableLogException>(
            () => Journal.Open(disk, LogRig.Ann, new LogSettings())).Message;

        Assert.Contains("00000002.seg is missing", refusal, StringComparison.Ordinal);
        Assert.Contains("entries up to 6 stood before 00000003.seg", refusal, StringComparison.Ordinal);
        Assert.Contains("ends with 5@1", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hole_between_the_segments_stops_the_start_where_a_base_covers_it_too()
    {
        var rig = Written();
        rig.Compact(15, 1);
        var disk = rig.Disk.Copy();
        disk.Remove("00000003.seg");

        var refusal = Assert.Throws<UnusableLogException>(
            () => Journal.Open(disk, LogRig.Ann, new LogSettings())).Message;

        Assert.Contains("00000003.seg is missing", refusal, StringComparison.Ordinal);
    }

    // A disk is full where no segment can be created, which is when the active one is full: each keeps room for
    // a base, whatever the sizes of what came before.
    [Fact]
    public void A_full_segment_on_a_full_disk_has_room_for_a_base()
    {
        for (var payload = 0; payload < 300; payload++)
        {
            var rig = Written();
            rig.Disk.FaultAt = (_, operation) =>
                operation == DiskOperation.Allocate ? DiskFault.FailForSpace : DiskFault.None;
            var index = 21;
            do rig.Submit(null, LogRig.Entry(index++, 1, payload));
            while (rig.Flush());
            rig.Submit(LogRig.State(2));

            rig.SubmitBase(15, 1);
            Assert.False(rig.Flush());
            rig.FreeSpace();

            Assert.Equal("15@1", rig.Journal.Contents.Base.ToString());
            Assert.Equal("00000006.seg", rig.Disk.List()[0]);
            rig.Disk.FaultAt = (_, _) => DiskFault.None;
            Assert.True(rig.Flush());
            rig.Model.ShouldBe(rig.Journal);
            rig.LosePower(new Random(payload));
        }
    }

    [Fact]
    public void A_base_does_not_go_ahead_of_a_write_that_replaces_what_it_covers()
    {
        var rig = Written();
        rig.Disk.FaultAt = (_, operation) =>
            operation is DiskOperation.Allocate or DiskOperation.Write ? DiskFault.FailForSpace : DiskFault.None;
        rig.Submit(LogRig.State(2), LogRig.Entry(9, 2, 4000));
        rig.SubmitBase(10, 1);

        Assert.False(rig.Flush());
        rig.FreeSpace();

        Assert.Equal(EntryId.Zero, rig.Journal.Contents.Base);
    }

    [Fact]
    public void The_memory_for_entries_goes_with_them()
    {
        var contents = new LogContents(EntryId.Zero, EntryId.Zero);
        for (var index = 1; index <= 1000; index++)
            contents.Add(LogRig.Entry(index, 1 + index / 400).Id, new EntryPlace(1 + index / 100, index));

        contents.Compact(LogRig.Entry(750, 2).Id, LogRig.Entry(1000, 3).Id);

        Assert.Equal(8, contents.FirstSegment);
        Assert.Equal(new EntryPlace(8, 751), contents.Locate(new LogIndex(751)));
        Assert.Equal(["751@2", "800@3"], contents.Terms.Select(first => first.ToString()));
        Assert.Throws<ArgumentOutOfRangeException>(() => contents.Locate(new LogIndex(750)));
    }

    // Twenty entries of 1000 bytes, three in each segment of 4096 bytes.
    private static LogRig Written()
    {
        var rig = new LogRig(4096);
        rig.Open();
        rig.Write(LogRig.State(1, "ann"));
        for (var index = 1; index <= 20; index++) rig.Write(null, LogRig.Entry(index, 1, 1000));
        return rig;
    }

    private static void OpenAndDelete(LogRig rig)
    {
        rig.Open();
        rig.DeleteUnneeded();
    }

    // A story with every kind of base in it: in the middle, of all there is, in a suffix that another leader
    // replaced, behind the last entry; some in one sync with writes; and a restart between base and deletion.
    private static LogRig? CrashesAt(int operation, DiskFault crash)
    {
        var rig = new LogRig(4096);
        var done = 0;
        rig.Disk.FaultAt = Fault;
        return Crashed(Story) ? rig : null;

        void Story()
        {
            rig.Open();
            rig.Write(LogRig.State(1, "ann"), [.. Entries(1, 9, 1)]);
            rig.Compact(4, 1);
            rig.DeleteUnneeded();

            rig.Submit(null, [.. Entries(10, 12, 1)]);
            rig.SubmitBase(11, 1);
            rig.Submit(LogRig.State(2, "bea"), [.. Entries(12, 15, 2)]);
            rig.Flush();
            rig.Journal.Finish();
            rig.Disk = rig.Disk.AfterKill();
            rig.Disk.FaultAt = Fault;
            rig.Open();
            rig.Write(null, [.. Entries(16, 20, 2)]);
            rig.DeleteUnneeded();
            rig.Journal.Mark();

            rig.Write(LogRig.State(3), [.. Entries(17, 18, 3)]);
            rig.SubmitBase(18, 4);
            rig.Submit(LogRig.State(4), [.. Entries(19, 22, 4)]);
            rig.Flush();
            rig.DeleteUnneeded();

            rig.SubmitBase(100, 5);
            rig.Submit(LogRig.State(5), [.. Entries(101, 105, 5)]);
            rig.Flush();
            rig.DeleteUnneeded();
            rig.Compact(105, 5);
            rig.DeleteUnneeded();
            rig.Journal.Finish();
        }

        DiskFault Fault(int number, DiskOperation _) => ++done == operation ? crash : DiskFault.None;
    }

    private static IEnumerable<LogEntry> Entries(int from, int to, int term) =>
        Enumerable.Range(from, to - from + 1).Select(index => LogRig.Entry(index, term, 700));

    private static bool Crashed(Action action)
    {
        try
        {
            action();
            return false;
        }
        catch (SimulatedCrashException)
        {
            return true;
        }
    }
}
