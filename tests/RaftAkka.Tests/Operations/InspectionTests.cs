using RaftAkka.Log;
using RaftAkka.Operations;
using RaftAkka.Protocol;
using RaftAkka.Tests.Log;
using Xunit;

namespace RaftAkka.Tests.Operations;

/// <summary>A look at a data directory says what a start would find, and leaves every byte as it is.</summary>
public sealed class InspectionTests : IDisposable
{
    private readonly DataFolder _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public void A_sound_directory_is_told_in_all_its_parts()
    {
        var report = _data.Inspect();

        Assert.Equal((DataVerdict.Sound, LogRig.Ann), (report.Verdict, report.Identity));
        Assert.Empty(report.Damages);
        Assert.Empty(report.Leftovers);
        Assert.Equal(LogRig.State(3, "bea"), report.HardState);
        Assert.Equal((Id(1, 20), Id(3, 60)), (report.Base, report.Last));

        Assert.All(report.Segments, segment => Assert.Equal(DataFolder.SegmentBytes, segment.Bytes));
        Assert.Equal(Id(1, 21), report.Segments[0].First);
        Assert.Equal(Id(3, 60), report.Segments[^1].Last);
        foreach (var (one, next) in report.Segments.Zip(report.Segments.Skip(1)))
            Assert.Equal(one.Last!.Value.Index.Next, next.First!.Value.Index);

        Assert.Equal([Id(1, 20), Id(3, 40)], report.Snapshots.Select(snapshot => snapshot.Last));
        Assert.All(report.Snapshots, snapshot => Assert.True(snapshot.IsSound && snapshot.Bytes > 70_000));
    }

    [Fact]
    public void Neither_a_byte_nor_a_time_changes_whatever_is_there()
    {
        Unchanged(DataVerdict.Sound);

        // What a start would clean up, cut off, set aside or seal.
        File.WriteAllBytes(Path.Combine(_data.Path, "00000099.new"), [1]);
        File.WriteAllBytes(Path.Combine(_data.Snapshots, "snapshot-00000000000000000050-0000000003.raft.new"), [1]);
        File.WriteAllBytes(Path.Combine(_data.Snapshots, "receive-5-1-ffff-01234567"), [1]);
        TearLastWrite();
        var report = Unchanged(DataVerdict.Sound);
        Assert.Equal(4, report.Leftovers.Count);

        DataFolder.Flip(Directory.GetFiles(_data.Snapshots, "*40-*.raft").Single(), 300);
        Unchanged(DataVerdict.Damaged);
        DataFolder.Flip(_data.Segments()[0], 600);
        Unchanged(DataVerdict.Damaged);
    }

    [SkippableFact]
    public void A_directory_that_may_only_be_read_is_enough()
    {
        Skip.If(Environment.IsPrivilegedProcess, "root may write whatever the mode says");
        SetModes(UnixFileMode.UserRead, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            Assert.Equal(DataVerdict.Sound, _data.Inspect().Verdict);
        }
        finally
        {
            var all = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
            SetModes(all, all);
        }
    }

    [Fact]
    public void Damage_is_told_with_its_place_and_with_what_came_before_it()
    {
        var segment = _data.Segments()[1];
        DataFolder.Flip(segment, 2000);

        var report = _data.Inspect();

        Assert.Equal(DataVerdict.Damaged, report.Verdict);
        var damage = Assert.Single(report.Damages);
        Assert.Contains(Path.GetFileName(segment), damage, StringComparison.Ordinal);
        Assert.Contains("is damaged at byte", damage, StringComparison.Ordinal);
        Assert.Contains("Restore the file, or remove ann from the cluster", damage, StringComparison.Ordinal);
        Assert.True(report.Last.Index > new LogIndex(20) && report.Last.Index < new LogIndex(60), $"{report.Last}");
    }

    [Fact]
    public void A_missing_segment_is_damage()
    {
        File.Delete(_data.Segments()[1]);

        Assert.Contains("is missing", Assert.Single(_data.Inspect().Damages), StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_snapshot_is_damage_also_where_an_older_one_suffices()
    {
        DataFolder.Flip(Directory.GetFiles(_data.Snapshots, "*40-*.raft").Single(), -1);

        var report = _data.Inspect();

        Assert.Equal(DataVerdict.Damaged, report.Verdict);
        Assert.Equal([true, false], report.Snapshots.Select(snapshot => snapshot.IsSound));
        Assert.Contains("A start sets it aside", Assert.Single(report.Damages), StringComparison.Ordinal);
    }

    [Fact]
    public void A_log_that_begins_behind_no_sound_snapshot_is_damage()
    {
        Directory.Delete(_data.Snapshots, recursive: true);

        var damage = Assert.Single(_data.Inspect().Damages);

        Assert.Contains("there is no sound snapshot", damage, StringComparison.Ordinal);
    }

    [Fact]
    public void Snapshots_without_a_log_are_damage()
    {
        foreach (var segment in _data.Segments()) File.Delete(segment);

        Assert.Contains("no log in", Assert.Single(_data.Inspect().Damages), StringComparison.Ordinal);
    }

    [Fact]
    public void Headers_that_nobody_can_read_leave_the_owner_unknown_and_are_damage()
    {
        foreach (var segment in _data.Segments()) DataFolder.Flip(segment, 60);

        var report = _data.Inspect();

        Assert.Equal((DataVerdict.Damaged, null), (report.Verdict, report.Identity));
        Assert.Contains("header has checksum", report.Damages[0], StringComparison.Ordinal);
        Assert.All(report.Snapshots, snapshot => Assert.True(snapshot.IsSound));
    }

    [Fact]
    public void A_directory_of_something_else_is_none()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(DataVerdict.NotData, DataDirectory.Inspect(folder.Path).Verdict);
        File.WriteAllText(Path.Combine(folder.Path, "notes.txt"), "hello");
        Assert.Equal(DataVerdict.NotData, DataDirectory.Inspect(folder.Path).Verdict);
        Assert.Equal(DataVerdict.NotData, DataDirectory.Inspect(Path.Combine(folder.Path, "nowhere")).Verdict);
    }

    [Fact]
    public void A_named_pipe_in_a_segments_place_is_named_and_nothing_waits()
    {
        var segment = _data.Segments()[^1];
        File.Delete(segment);
        using (var mkfifo = System.Diagnostics.Process.Start("mkfifo", segment)) mkfifo.WaitForExit();

        var report = _data.Inspect();

        Assert.Equal(DataVerdict.Unreadable, report.Verdict);
        Assert.Contains($"{segment}: it is a named pipe", Assert.Single(report.Damages), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_running_node_has_open_is_not_judged()
    {
        using var node = FileDisk.At(_data.Path);

        Assert.Equal(DataVerdict.InUse, _data.Inspect().Verdict);
    }

    [Fact]
    public void Two_may_look_at_once_and_a_node_has_to_wait()
    {
        using var other = ReadOnlyDisk.At(_data.Path);

        Assert.Equal(DataVerdict.Sound, _data.Inspect().Verdict);
        Assert.Throws<DiskException>(() => FileDisk.At(_data.Path));
    }

    private DataReport Unchanged(DataVerdict expected)
    {
        var before = _data.Everything();
        var report = _data.Inspect();
        Assert.Equal(before, _data.Everything());
        Assert.Equal(expected, report.Verdict);
        return report;
    }

    // Something behind the last mark that is no whole record.
    private void TearLastWrite()
    {
        var last = _data.Segments()[^1];
        var bytes = File.ReadAllBytes(last);
        var end = Array.FindLastIndex(bytes, b => b != 0) + 1;
        bytes[end + 30] = 7;
        File.WriteAllBytes(last, bytes);
    }

    private void SetModes(UnixFileMode files, UnixFileMode directories)
    {
        if (OperatingSystem.IsWindows()) return;
        foreach (var file in Directory.EnumerateFiles(_data.Path, "*", SearchOption.AllDirectories))
            File.SetUnixFileMode(file, files);
        foreach (var directory in (string[])[_data.Snapshots, _data.Path]) File.SetUnixFileMode(directory, directories);
    }

    private static EntryId Id(long term, long index) => new(new Term(term), new LogIndex(index));
}
