using RaftAkka.Log;
using RaftAkka.Snapshots;
using RaftAkka.Tests.Log;
using Xunit;

namespace RaftAkka.Tests.Snapshots;

/// <summary>A crash at every step ends in the old snapshot or the new one, never in a mix, and never backwards.</summary>
public sealed class SnapshotCrashTests
{
    private const int Restarts = 12;

    public static TheoryData<string> Crashes =>
        new(Enum.GetNames<DiskFault>().Where(name => name.StartsWith("Crash")));

    [Theory]
    [MemberData(nameof(Crashes))]
    public void A_crash_while_a_snapshot_is_written_ends_in_the_old_one_or_the_new(string crash)
    {
        var ends = CrashEverywhere(Enum.Parse<DiskFault>(crash), rig => rig.Write(20));

        Assert.True(ends.Operations >= 5, $"only {ends.Operations} operations");
        Assert.True(ends.Old > 0 && ends.New > 0, $"{ends}");
    }

    [Theory]
    [MemberData(nameof(Crashes))]
    public void A_crash_while_one_is_received_does_too_and_what_came_is_gone_on_with(string crash)
    {
        var (announced, bytes) = Sent();

        var ends = CrashEverywhere(Enum.Parse<DiskFault>(crash), rig => Receive(rig, announced, bytes));

        Assert.True(ends.Operations >= 9, $"only {ends.Operations} operations");
        Assert.True(ends.Old > 0 && ends.New > 0, $"{ends}");
    }

    [Theory]
    [MemberData(nameof(Crashes))]
    public void A_crash_while_old_ones_are_deleted_leaves_the_newest(string crash)
    {
        var ends = CrashEverywhere(Enum.Parse<DiskFault>(crash), rig =>
        {
            rig.Write(20);
            rig.Store.Prune(1, []);
        });

        Assert.True(ends.Operations >= 6, $"only {ends.Operations} operations");
    }

    [Theory]
    [MemberData(nameof(Crashes))]
    public void A_crash_while_a_start_cleans_up_changes_nothing_of_what_the_next_one_finds(string crash)
    {
        var littered = SnapshotRig.Opened();
        foreach (var index in (int[])[10, 20, 30]) littered.Write(index);
        littered.Disk.Bytes(SnapshotRig.NameOf(30))[^1] ^= 1;
        littered.Disk.Put(SnapshotRig.NameOf(40) + ".new", SnapshotRig.Pattern(100, 1));
        littered.Disk.Put("receive-5-1-ffff-01234567", SnapshotRig.Pattern(100, 1));
        littered.Disk.Put("receive-32-1-ffff-01234567", SnapshotRig.Pattern(100, 1));

        var operations = 0;
        for (var at = 1; ; at++)
        {
            var rig = new SnapshotRig(littered.Disk.Copy());
            rig.Disk.FaultAt = (number, _) => number == at ? Enum.Parse<DiskFault>(crash) : DiskFault.None;
            var crashed = Crashed(() => rig.Open());
            for (var seed = 0; seed < Restarts; seed++)
            {
                var again = new SnapshotRig(seed == 0 ? rig.Disk.AfterKill() : rig.Disk.AfterPowerLoss(new Random(seed)));
                Assert.Equal(SnapshotRig.Last(20), again.Open()?.Last);
                again.ShouldHold(again.Found!);
                Assert.Equal(
                    ["receive-32-1-ffff-01234567", SnapshotRig.NameOf(10), SnapshotRig.NameOf(20),
                        SnapshotRig.NameOf(30) + ".damaged"],
                    again.Disk.List());
            }

            if (!crashed) break;
            operations++;
        }

        Assert.Equal(5, operations);
    }

    [Fact]
    public void A_full_disk_at_any_step_costs_the_new_snapshot_and_nothing_else()
    {
        foreach (var fault in (DiskFault[])[DiskFault.FailForSpace, DiskFault.FailHalfwayForSpace])
        {
            for (var at = 1; ; at++)
            {
                var rig = SnapshotRig.Opened();
                rig.Write(10);
                var first = rig.Disk.Operations;
                rig.Disk.FaultAt = (number, operation) => number == first + at
                    && (operation is DiskOperation.Create or DiskOperation.Write) ? fault : DiskFault.None;
                var refusal = Record.Exception(() => rig.Write(20));
                if (refusal is null) break;

                Assert.Equal(DiskFailure.NoSpace, Assert.IsType<DiskException>(refusal).Failure);
                Assert.Equal([SnapshotRig.NameOf(10)], rig.Disk.List());
                rig.Disk.FaultAt = (_, _) => DiskFault.None;
                Assert.Equal(rig.Write(20).Last, rig.Restart()?.Last);
            }
        }
    }

    /// <summary>A disk with one snapshot crashes at every operation, and starts again in many ways.</summary>
    private static Ends CrashEverywhere(DiskFault crash, Action<SnapshotRig> act)
    {
        var ends = new Ends();
        for (var at = 1; ; at++)
        {
            var rig = SnapshotRig.Opened();
            rig.Write(10);
            var first = rig.Disk.Operations;
            rig.Disk.FaultAt = (number, _) => number == first + at ? crash : DiskFault.None;
            var crashed = Crashed(() => act(rig));

            for (var seed = 0; seed < Restarts; seed++)
            {
                var again = new SnapshotRig(seed == 0 ? rig.Disk.AfterKill() : rig.Disk.AfterPowerLoss(new Random(seed)));
                var found = again.Open();
                Assert.NotNull(found);
                again.ShouldHold(found);
                Assert.Empty(again.Store.Findings);
                if (!crashed) Assert.Equal(SnapshotRig.Last(20), found.Last);
                if (found.Last == SnapshotRig.Last(20)) ends.New++;
                else ends.Old++;

                // What was found may be built upon at once, so that no loss of power takes it back.
                Assert.Equal(found.Last, new SnapshotRig(again.Disk.AfterPowerLoss(new Random(seed))).Open()?.Last);

                // Whatever was left, the same can be done again.
                act(again);
                Assert.Equal(SnapshotRig.Last(20), again.LosePower(new Random(seed))?.Last);
                again.ShouldHold(again.Found!);
            }

            if (!crashed) return ends;
            ends.Operations++;
        }
    }

    private static (StoredSnapshot Announced, byte[] Bytes) Sent()
    {
        var sender = SnapshotRig.Opened(SnapshotRig.Bea);
        var snapshot = sender.Write(20);
        return (snapshot, sender.Bytes(snapshot));
    }

    private static void Receive(SnapshotRig rig, StoredSnapshot announced, byte[] bytes)
    {
        using var receipt = rig.Store.BeginReceive(announced);
        while (!receipt.IsComplete)
        {
            var at = (int)receipt.NextOffset;
            receipt.Write(at, bytes.AsSpan(at, Math.Min(60, bytes.Length - at)));
        }

        receipt.Finish();
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

    private sealed record Ends
    {
        public int Operations { get; set; }

        public int Old { get; set; }

        public int New { get; set; }
    }
}
