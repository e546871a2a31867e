using RaftAkka.Log;
using Xunit;

namespace RaftAkka.Tests.Log;

/// <summary>
/// The disk refuses one step of a write that needs a new segment; then a base goes ahead of the write to free space, and
/// any of its steps fails too; then the process ends in any way. Whatever was acknowledged is there at the next start.
/// </summary>
public sealed class JournalSpaceTests
{
    private const int Endings = 8;

    private static readonly DiskFault[] Seconds =
    [
        DiskFault.None, DiskFault.FailForSpace, DiskFault.FailHalfwayForSpace, DiskFault.FailForResources,
        DiskFault.CrashBefore, DiskFault.CrashHalfway, DiskFault.CrashAfter, DiskFault.Fail,
    ];

    public static TheoryData<string, string> Faults
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (var first in (DiskFault[])
                [DiskFault.FailForSpace, DiskFault.FailHalfwayForSpace, DiskFault.FailForResources])
                foreach (var second in Seconds)
                    all.Add(first.ToString(), second.ToString());
            return all;
        }
    }

    [Theory, MemberData(nameof(Faults))]
    public void No_refused_step_then_a_base_ahead_and_any_end_loses_what_was_acknowledged(string first, string second)
    {
        var (one, two) = (Enum.Parse<DiskFault>(first), Enum.Parse<DiskFault>(second));
        var steps = 0;
        for (var at = 1; Run(one, at, DiskFault.None, 0, ending: 0).First; at++)
            for (var then = 1; ; then++)
            {
                var reached = false;
                for (var ending = 0; ending < Endings; ending++) reached |= Run(one, at, two, then, ending).Second;
                steps++;
                if (!reached) break;
            }

        Assert.InRange(steps, 5, 1_000);
    }

    [Fact]
    public void After_a_seal_without_space_the_next_segment_is_removed_before_a_base_takes_this_ones_reserve()
    {
        var rig = Full(out var index);
        var next = SegmentHeader.NameOf(rig.Disk.List().Count + 1);
        var isCreated = false;
        rig.Disk.FaultAt = (_, operation) =>
        {
            isCreated |= operation == DiskOperation.SyncDirectory;
            return isCreated && operation == DiskOperation.Write ? DiskFault.FailForSpace : DiskFault.None;
        };
        rig.Submit(null, LogRig.Entry(index, 1, 3000));
        Assert.False(rig.Flush());
        Assert.Contains(next, rig.Disk.List());

        rig.Disk.FaultAt = (_, operation) => operation == DiskOperation.Create ? DiskFault.FailForSpace : DiskFault.None;
        rig.SubmitBase(index - 1, 1);
        rig.FreeSpace();

        Assert.DoesNotContain(next, rig.Disk.List());
        Assert.Equal(index - 1, rig.Journal.Contents.Base.Index.Value);
        Assert.Single(rig.Disk.List());   // The old segments went, which is what the base was for.
    }

    [Fact]
    public void A_segment_that_this_log_did_not_make_is_not_replaced()
    {
        var rig = Full(out var index);
        var next = SegmentHeader.NameOf(rig.Disk.List().Count + 1);
        rig.Disk.Put(next, [1, 2, 3]);
        rig.Submit(null, LogRig.Entry(index, 1, 3000));

        var refused = Assert.Throws<UnusableLogException>(() => rig.Flush());

        Assert.Contains($"{next} in /memory, and a file of this name is there", refused.Message, StringComparison.Ordinal);
        Assert.Equal([1, 2, 3], rig.Disk.Bytes(next));
    }

    private static (bool First, bool Second) Run(DiskFault first, int at, DiskFault second, int then, int ending)
    {
        var rig = Full(out var index);
        var firstStep = new Step(first, at);
        rig.Disk.FaultAt = (_, operation) => firstStep.Take(operation);
        rig.Submit(null, LogRig.Entry(index, 1, 3000));
        rig.Flush();

        var secondStep = new Step(second, then);
        rig.Disk.FaultAt = (_, operation) => secondStep.Take(operation);
        var isBroken = false;
        try
        {
            rig.SubmitBase(index - 1, 1);
            rig.FreeSpace();
            rig.Disk.FaultAt = (_, _) => DiskFault.None;
            if (ending is 1 or 3) rig.Flush();
            if (ending is 2 or 3) rig.Journal.Finish();
        }
        catch (SimulatedCrashException)
        {
            rig.Disk.FaultAt = (_, _) => DiskFault.None;
        }
        catch (DiskException e) when (e.Failure == DiskFailure.Broken)
        {
            isBroken = true;
        }

        rig.Disk = ending < 4 ? isBroken ? rig.Disk.AfterFailedSync() : rig.Disk.AfterKill()
            : rig.Disk.AfterPowerLoss(new Random(ending));
        rig.Open();   // It holds what was acknowledged, and nothing that was never submitted.

        var last = rig.Journal.Contents.Last.Index.Value;
        rig.Write(null, LogRig.Entry(last + 1, 1, 3000), LogRig.Entry(last + 2, 1, 100));
        rig.Reopen();
        return (firstStep.IsTaken, secondStep.IsTaken);
    }

    /// <summary>A log of three segments, in the last of which the next large entry has no room.</summary>
    private static LogRig Full(out long index)
    {
        var rig = new LogRig(4096);
        rig.Open();
        rig.Write(LogRig.State(1, "ann"));
        index = 1;
        while (rig.Disk.List().Count < 3) rig.Write(null, LogRig.Entry(index++, 1, 400));
        for (var more = 0; more < 3; more++) rig.Write(null, LogRig.Entry(index++, 1, 400));
        return rig;
    }

    /// <summary>A fault at the operation of a number, of those that it can happen to.</summary>
    private sealed class Step(DiskFault fault, int number)
    {
        private int _seen;

        public bool IsTaken => _seen >= number;

        // A sync that fails is never "no space": after it nobody knows what the disk holds.
        private bool IsForSpace => fault
            is DiskFault.FailForSpace or DiskFault.FailHalfwayForSpace or DiskFault.FailForResources;

        public DiskFault Take(DiskOperation operation)
        {
            if (fault == DiskFault.None) return DiskFault.None;
            if (IsForSpace && operation is (DiskOperation.Sync or DiskOperation.SyncDirectory)) return DiskFault.None;
            return ++_seen == number ? fault : DiskFault.None;
        }
    }
}
