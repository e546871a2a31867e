using RaftAkka.Log;
using RaftAkka.Protocol;
using Xunit;

namespace RaftAkka.Tests.Log;

public sealed class FileDiskTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void A_journal_on_real_files_comes_back()
    {
        var settings = new LogSettings { SegmentBytes = 16 * 1024 };
        var model = new LogModel();
        for (var start = 0; start < 4; start++)
        {
            using var disk = FileDisk.At(_folder.Path);
            using var journal = Journal.Open(disk, LogRig.Ann, settings);
            model.ShouldHaveRecoveredTo(journal);

            var queue = new WriteQueue();
            var entries =
                Enumerable.Range(1 + start * 50, 100).Select(i => LogRig.Entry(i, 1 + start, i * 7 % 900));
            var write =
                new WriteLog(new WriteTicket(1), LogRig.State(1 + start, "ann"), LogSlice.Of([.. entries]));
            model.Submit(write);
            queue.Add(write);
            queue.WriteTo(journal);
            model.Acknowledge();
            model.ShouldBe(journal);
            if (start % 2 == 0) journal.Finish();
        }
    }

    [Fact]
    public void Missing_folders_are_created_for_their_owner_alone()
    {
        var path = Path.Combine(_folder.Path, "a", "b");

        using var disk = FileDisk.At(path);

        Assert.Equal(path, disk.Location);
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            new DirectoryInfo(path).UnixFileMode);
    }

    [Fact]
    public void One_folder_serves_one_disk_at_a_time()
    {
        var first = FileDisk.At(_folder.Path);

        var refused = Assert.Throws<DiskException>(() => FileDisk.At(_folder.Path));
        Assert.Equal(DiskFailure.Locked, refused.Failure);
        Assert.Contains(_folder.Path, refused.Message, StringComparison.Ordinal);

        first.Dispose();
        FileDisk.At(_folder.Path).Dispose();
    }

    [Fact]
    public void Files_are_reserved_written_read_renamed_and_deleted()
    {
        using var disk = FileDisk.At(_folder.Path);
        using (var file = disk.Create("b.new"))
        {
            file.Allocate(10_000);
            file.Write(9_990, [1, 2, 3]);
            file.Sync();
            var buffer = new byte[20];

            Assert.Equal(10_000, file.Length);
            Assert.Equal(12, file.Read(9_988, buffer));
            Assert.Equal([0, 0, 1, 2, 3, 0], buffer[..6]);
            Assert.Equal(0, file.Read(10_000, buffer));
        }

        using (disk.Create("a.seg")) disk.Rename("b.new", "b.seg");
        disk.SyncDirectory();
        Assert.Equal(["a.seg", "b.seg"], disk.List());

        disk.Delete("a.seg");
        disk.Delete("a.seg");
        using (var file = disk.Create("b.seg")) Assert.Equal(0, file.Length);
        Assert.Equal(["b.seg"], disk.List());
    }

    [Fact]
    public void What_is_deleted_without_hurry_has_no_name_at_once_and_no_space_when_the_disk_is_closed()
    {
        const int Length = 20 * 1024 * 1024;
        var disk = FileDisk.At(_folder.Path);
        foreach (var name in (string[])["00000001.seg", "00000002.seg"])
        {
            using var file = disk.Create(name);
            file.Allocate(Length);
        }

        disk.DeleteWithoutHurry("00000001.seg");
        disk.DeleteWithoutHurry("00000002.seg");
        disk.DeleteWithoutHurry("00000002.seg");   // There is none.

        Assert.Empty(disk.List());
        disk.SyncDirectory();
        disk.Dispose();
        var open = Directory.EnumerateFiles("/proc/self/fd").Select(fd => new FileInfo(fd).LinkTarget);
        Assert.DoesNotContain(open, target => target?.StartsWith(_folder.Path, StringComparison.Ordinal) == true);
    }

    [Fact]
    public void Somebodys_copy_by_hard_link_stays_whole_when_the_segment_is_deleted()
    {
        const int Length = 20 * 1024 * 1024;
        var copy = Path.Combine(_folder.Path, "copy");
        using (var disk = FileDisk.At(_folder.Path))
        {
            using (var file = disk.Create("00000001.seg")) file.Allocate(Length);
            HardLink(Path.Combine(_folder.Path, "00000001.seg"), copy);

            disk.DeleteWithoutHurry("00000001.seg");
            disk.SyncDirectory();
        }

        Assert.Equal(Length, new FileInfo(copy).Length);
    }

    [Fact]
    public void A_deleted_segment_keeps_its_length_until_its_names_end_is_durable()
    {
        const int Length = 20 * 1024 * 1024;
        using var disk = FileDisk.At(_folder.Path);
        using var file = disk.Create("00000001.seg");
        file.Allocate(Length);

        disk.DeleteWithoutHurry("00000001.seg");
        Assert.Equal(Length, file.Length);   // A crash may bring the name back.
        disk.SyncDirectory();
        disk.Dispose();                      // Which waits for the deletion's thread.

        Assert.True(file.Length < Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData(".hidden")]
    public void A_name_that_leaves_the_folder_is_no_name(string name)
    {
        using var disk = FileDisk.At(_folder.Path);

        Assert.Throws<ArgumentException>(() => disk.Create(name));
    }

    [Fact]
    public void A_missing_file_is_told_from_a_broken_disk_and_is_named()
    {
        using var disk = FileDisk.At(_folder.Path);

        var failure = Assert.Throws<DiskException>(() => disk.Open("00000007.seg"));

        Assert.Equal(DiskFailure.NotFound, failure.Failure);
        Assert.Contains("00000007.seg", failure.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Space_that_no_disk_has_is_refused_as_no_space()
    {
        using var disk = FileDisk.At(_folder.Path);
        using var file = disk.Create("large");
        const long Length = 1L << 43;   // 8 TiB: less than the largest file, more than the disk.
        Skip.If(new DriveInfo(_folder.Path).AvailableFreeSpace >= Length, "this disk has 8 TiB to spare");

        var failure = Assert.Throws<DiskException>(() => file.Allocate(Length));

        Assert.Equal(DiskFailure.NoSpace, failure.Failure);
        Assert.Contains("(errno 28)", failure.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static void HardLink(string existing, string name)
    {
        using var directory = File.OpenHandle("/dev/null");   // Both names are paths from the root.
        Assert.Equal(0, LibC.LinkAt(directory, existing, directory, name, 0));
    }
}
