using RaftAkka.Log;
using RaftAkka.Protocol;
using Xunit;

namespace RaftAkka.Tests.Log;

public sealed class JournalCrashTests
{
    public static TheoryData<string> Crashes =>
        new(Enum.GetNames<DiskFault>().Where(name => name.StartsWith("Crash")));

    [Theory]
    [MemberData(nameof(Crashes))]
    public void A_crash_at_any_operation_loses_nothing_that_was_acknowledged(string crash)
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
                rig.Model.ShouldBe(rig.Journal);
            }
        }

        Assert.True(crashes > 60, $"only {crashes} operations");
    }

    [Theory]
    [MemberData(nameof(Crashes))]
    public void A_crash_at_any_operation_of_a_recovery_loses_nothing_either(string crash)
    {
        var crashes = 0;
        for (var at = 1; CrashesAt(at, DiskFault.CrashHalfway) is not null; at += 3)
        {
            for (var seed = 0; seed < 4; seed++)
            {
                var rig = CrashesAt(at, DiskFault.CrashHalfway)!;
                var found = rig.Disk.AfterPowerLoss(new Random(seed));
                for (var operation = 1; ; operation++)
                {
                    rig.Disk = found.Copy();
                    rig.Disk.FaultAt = (number, _) =>
                        number == operation ? Enum.Parse<DiskFault>(crash) : DiskFault.None;
                    if (!Crashed(rig.Open)) break;
                    crashes++;
                    rig.LosePower(new Random(seed));
                    rig.Model.ShouldBe(rig.Journal);
                }
            }
        }

        Assert.True(crashes > 100, $"only {crashes} operations");
    }

    [Fact]
    public void A_log_that_was_cut_off_takes_none_of_the_old_bytes_for_new_ones()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var rig = new LogRig(8192);
            rig.Open();
            rig.Write(LogRig.State(1), LogRig.Entry(1, 1));

            // Of three entries that were never acknowledged, the last two reach the disk.
            SubmitAndCrash(rig, LogRig.Entry(2, 1, 1000), LogRig.Entry(3, 1, 1000), LogRig.Entry(4, 1, 1000));
            rig.Disk = rig.Disk.AfterKill();
            var bytes = rig.Disk.Bytes("00000001.seg");
            bytes.AsSpan(bytes.AsSpan().IndexOf(LogRig.Entry(2, 1, 1000).Record.Span), 40).Clear();
            rig.Disk = rig.Disk.Copy();
            rig.Open();
            Assert.Equal(1, rig.Journal.Contents.Last.Index.Value);

            // A new entry that ends right where they begin reaches the disk, and perhaps nothing else of its
            // write.
            SubmitAndCrash(rig, LogRig.Entry(2, 1, 1000, fill: 9));
            rig.LosePower(new Random(seed));
        }
    }

    [Fact]
    public void What_only_the_kernel_knew_is_on_the_disk_once_the_log_is_open()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var rig = new LogRig(4096);
            rig.Open();
            SubmitAndCrash(rig, LogRig.Entry(1, 3));

            rig.Disk = rig.Disk.AfterKill();        // The process ended before its sync; the machine goes on,
            rig.Open();                             // and the server acts on what it finds here,
            Assert.Equal(1, rig.Journal.Contents.Last.Index.Value);

            rig.LosePower(new Random(seed));        // so it must be there for good.
            Assert.Equal(1, rig.Journal.Contents.Last.Index.Value);
        }
    }

    [Fact]
    public void A_name_that_only_the_kernel_knew_is_on_the_disk_once_the_log_is_open()
    {
        var rig = new LogRig(4096);
        rig.Disk.FaultAt = (_, operation) =>
            operation == DiskOperation.SyncDirectory ? DiskFault.CrashBefore : DiskFault.None;
        Assert.True(Crashed(rig.Open));

        rig.Disk = rig.Disk.AfterKill();
        rig.Open();
        rig.Write(LogRig.State(1, "ann"), LogRig.Entry(1, 1));
        rig.LosePower(new Random(1));

        Assert.Equal(1, rig.Journal.Contents.Last.Index.Value);
    }

    // With the mark key, such a mark would prove something: no client knows it.
    [Theory]
    [InlineData(0), InlineData(1), InlineData(LogRig.MarkKey ^ 1)]
    public void A_mark_that_a_client_wrote_into_a_command_proves_nothing_even_in_its_own_place(long key)
    {
        var rig = new LogRig(4096);
        rig.Open();
        var place = SegmentHeader.Bytes + JournalRecords.Encode(default(HardState)).Length + RecordCodec.HeaderBytes;
        var marks = new List<byte>();
        for (var i = 0; i < 20; i++)
            marks.AddRange(JournalRecords.EncodePlace(JournalRecords.SyncMark, 1, place + marks.Count, key));
        SubmitAndCrash(rig, LogEntry.Create(LogRig.Entry(1, 1).Id, EntryKind.Commands, [.. marks]));
        rig.Disk = rig.Disk.AfterKill();
        rig.Disk.Bytes("00000001.seg")[place + 12] ^= 1;

        rig.Open();

        Assert.Equal(EntryId.Zero, rig.Journal.Contents.Last);
        Assert.True(rig.Journal.BytesCut > 800);
    }

    [Fact]
    public void What_a_failed_sync_left_in_the_kernel_is_written_again_before_it_counts()
    {
        var rig = new LogRig(4096);
        rig.Open();
        rig.Submit(LogRig.State(3, "bea"), LogRig.Entry(1, 3));
        rig.Disk.FaultAt = (_, operation) =>
            operation == DiskOperation.Sync ? DiskFault.Fail : DiskFault.None;
        Assert.Throws<DiskException>(() => rig.Flush());

        // The kernel has the bytes and takes them for written; the disk does not have them.
        rig.Disk = rig.Disk.AfterFailedSync();
        rig.Open();
        rig.LosePower(new Random(1));

        Assert.Equal(1, rig.Journal.Contents.Last.Index.Value);
    }

    private static void SubmitAndCrash(LogRig rig, params LogEntry[] entries)
    {
        rig.Submit(null, entries);
        rig.Disk.FaultAt = (_, operation) =>
            operation == DiskOperation.Sync ? DiskFault.CrashBefore : DiskFault.None;
        Assert.True(Crashed(() => rig.Flush()));
    }

    // A story with everything in it: the first start, writes, replacing, three new segments, marks, and a
    // restart.
    private static LogRig? CrashesAt(int operation, DiskFault crash)
    {
        var rig = new LogRig(4096);
        var done = 0;
        rig.Disk.FaultAt = Fault;
        return Crashed(Story) ? rig : null;

        void Story()
        {
            rig.Open();
            rig.Write(LogRig.State(1, "ann"), LogRig.Entry(1, 1));
            rig.Journal.Mark();
            for (var i = 0; i < 6; i++)
            {
                rig.Submit(null, LogRig.Entry(2 + 2 * i, 1, 700), LogRig.Entry(3 + 2 * i, 1, 300));
                rig.Submit(LogRig.State(2 + i, "bea"));
                rig.Flush();
            }

            rig.Submit(LogRig.State(9, "ann"), LogRig.Entry(5, 9, 100), LogRig.Entry(6, 9, 3000));
            rig.Submit(LogRig.State(10));
            rig.Flush();
            rig.Journal.Mark();
            rig.Journal.Finish();
            rig.Disk = rig.Disk.AfterKill();
            rig.Disk.FaultAt = Fault;
            rig.Open();
            rig.Write(LogRig.State(11, "ann"), LogRig.Entry(7, 11, 5000), LogRig.Entry(8, 11));
            rig.Journal.Finish();
        }

        DiskFault Fault(int number, DiskOperation _) => ++done == operation ? crash : DiskFault.None;
    }

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
