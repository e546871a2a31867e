using System.Net.Sockets;
using System.Runtime.Versioning;
using RaftAkka.Log;
using Xunit;

namespace RaftAkka.Tests.Log;

/// <summary>Which files a disk touches, whose they are, and what it says where something else is in their place.</summary>
[SupportedOSPlatform("linux")]
public sealed class FileDiskPlaceTests : IDisposable
{
    private const UnixFileMode OwnFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnDirectory = OwnFile | UnixFileMode.UserExecute;

    private readonly TemporaryFolder _folder = new();

    private string Data => Path.Combine(_folder.Path, "data");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_directory_that_is_moved_keeps_its_log_and_what_takes_its_place_gets_nothing()
    {
        using var disk = FileDisk.At(Data);
        Assert.Null(disk.Concern);
        var elsewhere = Data + ".old";
        Directory.Move(Data, elsewhere);
        var other = Path.Combine(Directory.CreateDirectory(Data).FullName, "00000001.seg");
        File.WriteAllText(other, "another log");

        using (var file = disk.Create("00000001.new")) file.Write(0, [1, 2, 3]);
        disk.Rename("00000001.new", "00000001.seg");
        disk.SyncDirectory();
        disk.Delete("00000002.seg");

        Assert.Equal("another log", File.ReadAllText(other));
        Assert.Equal(3, new FileInfo(Path.Combine(elsewhere, "00000001.seg")).Length);
        Assert.Equal(["00000001.seg"], disk.List());
        Assert.Contains("was moved or deleted, or another one is mounted", disk.Concern, StringComparison.Ordinal);
    }

    [Fact]
    public void A_new_name_is_given_only_where_no_file_has_it()
    {
        using var disk = FileDisk.At(Data);
        disk.Create("a.new").Dispose();
        disk.Create("b.seg").Dispose();

        Assert.False(disk.TryRenameNew("a.new", "b.seg"));
        Assert.True(disk.TryRenameNew("a.new", "c.seg"));
        Assert.Equal(["b.seg", "c.seg"], disk.List());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Whatever_is_opened_first_the_data_directory_is_its_owners_and_so_is_each_file(int snapshotsFirst)
    {
        FileDisk OpenSnapshots() => FileDisk.Below(Path.Combine(_folder.Path, "var", "n1"), "snapshots");
        using var early = snapshotsFirst == 1 ? OpenSnapshots() : null;
        using var log = FileDisk.At(Path.Combine(_folder.Path, "var", "n1"));
        using var snapshots = early ?? OpenSnapshots();
        log.Create("00000001.seg").Dispose();
        snapshots.Create("snapshot.new").Dispose();

        Assert.Equal(OwnDirectory, File.GetUnixFileMode(log.Location));
        Assert.Equal(OwnDirectory, File.GetUnixFileMode(snapshots.Location));
        Assert.Equal(OwnFile, File.GetUnixFileMode(Path.Combine(log.Location, "00000001.seg")));
        Assert.Equal(OwnFile, File.GetUnixFileMode(Path.Combine(snapshots.Location, "snapshot.new")));
        Assert.NotEqual(OwnDirectory, File.GetUnixFileMode(Path.Combine(_folder.Path, "var")));   // That is anybody's.
        Assert.Null(log.Concern);
    }

    [Fact]
    public void A_file_that_others_could_read_is_the_owners_alone_once_it_is_written_anew()
    {
        using var disk = FileDisk.At(Data);
        var path = Path.Combine(Data, "00000001.new");
        File.WriteAllText(path, "old");
        File.SetUnixFileMode(path, OwnFile | UnixFileMode.OtherRead);

        using var file = disk.Create("00000001.new");

        Assert.Equal((OwnFile, 0L), (File.GetUnixFileMode(path), file.Length));
    }

    [Fact]
    public void A_directory_that_others_may_enter_is_left_as_it_is_and_named_with_the_cure()
    {
        Directory.CreateDirectory(Data, OwnDirectory | UnixFileMode.GroupExecute);

        using var disk = FileDisk.At(Data);

        Assert.Contains($"chmod 700 '{Data}'", disk.Concern, StringComparison.Ordinal);
        Assert.Equal(OwnDirectory | UnixFileMode.GroupExecute, File.GetUnixFileMode(Data));
    }

    [Fact]
    public void Snapshots_may_be_a_link_to_a_directory_elsewhere()
    {
        var elsewhere = Directory.CreateDirectory(Path.Combine(_folder.Path, "volume")).FullName;
        Directory.CreateDirectory(Data);
        Directory.CreateSymbolicLink(Path.Combine(Data, "snapshots"), elsewhere);

        using var log = FileDisk.At(Data);
        using var snapshots = FileDisk.Below(Data, "snapshots");
        snapshots.Create("one").Dispose();

        Assert.True(File.Exists(Path.Combine(elsewhere, "one")));
        Assert.Empty(log.List());
    }

    [Fact]
    public void What_is_created_never_goes_through_a_link()
    {
        using var disk = FileDisk.At(Data);
        var victim = Path.Combine(_folder.Path, "victim");
        File.WriteAllText(victim, "mine");
        File.CreateSymbolicLink(Path.Combine(Data, "00000001.new"), victim);

        ShouldBeRefused(() => disk.Create("00000001.new"), "00000001.new", "errno 40", "A symbolic link stands");

        Assert.Equal("mine", File.ReadAllText(victim));
    }

    [Fact]
    public void A_named_pipe_in_a_files_place_is_refused_by_name_and_nothing_waits()
    {
        using var disk = FileDisk.At(Data);
        using (var mkfifo = System.Diagnostics.Process.Start("mkfifo", Path.Combine(Data, "00000005.seg"))) mkfifo.WaitForExit();

        Assert.Equal(["00000005.seg"], disk.List());
        ShouldBeRefused(() => disk.Open("00000005.seg"), "00000005.seg", "it is a named pipe", "Move it away");
        ShouldBeRefused(() => disk.Create("00000005.seg"), "00000005.seg", "it is a named pipe", "Move it away");
        using var looking = ReadOnlyDisk.Unlocked(Data);
        ShouldBeRefused(() => looking.Open("00000005.seg"), "00000005.seg", "it is a named pipe", "Move it away");
    }

    [Fact]
    public void A_directory_in_a_files_place_is_refused_by_name()
    {
        using var disk = FileDisk.At(Data);
        Directory.CreateDirectory(Path.Combine(Data, "00000005.seg"));

        Assert.Empty(disk.List());
        ShouldBeRefused(() => disk.Open("00000005.seg"), "00000005.seg", "errno 21", "A directory stands where a file");
    }

    [Fact]
    public void A_socket_in_a_files_place_is_refused_by_name()
    {
        using var disk = FileDisk.At(Data);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(Data, "00000005.seg")));

        ShouldBeRefused(() => disk.Open("00000005.seg"), "00000005.seg", "errno 6", "It is a socket");
    }

    [Fact]
    public void A_file_in_the_directorys_place_or_above_it_is_refused_with_the_cure()
    {
        File.WriteAllText(Data, "");

        ShouldBeRefused(() => FileDisk.At(Data), Data, "errno 20", "A file stands where a directory has to be");
        ShouldBeRefused(() => FileDisk.At(Path.Combine(Data, "n1")), Data, "errno 20", "A file stands where a directory");
    }

    [Fact]
    public void The_unfinished_file_of_a_process_that_was_killed_is_removed_and_that_of_one_that_writes_stays()
    {
        using var disk = FileDisk.Beside(Path.Combine(_folder.Path, "friday.backup"));
        using var written = disk.Create("friday.backup.unfinished-1");
        disk.Create("friday.backup.unfinished-2").Dispose();   // As the kernel closes the files of a killed process.

        disk.DeleteAbandoned("friday.backup.unfinished-");

        Assert.Equal(["friday.backup.unfinished-1"], disk.List());
        Assert.Equal(OwnFile, File.GetUnixFileMode(Path.Combine(_folder.Path, "friday.backup.unfinished-1")));
    }

    [Theory]
    [InlineData(DiskErrors.NoSpaceLeft, DiskFailure.NoSpace, "Make space")]
    [InlineData(DiskErrors.QuotaExceeded, DiskFailure.NoSpace, "quota")]
    [InlineData(DiskErrors.TooLarge, DiskFailure.NoSpace, "LimitFSIZE")]
    [InlineData(DiskErrors.TooManyFiles, DiskFailure.OutOfResources, "LimitNOFILE")]
    [InlineData(DiskErrors.TooManyFilesInSystem, DiskFailure.OutOfResources, "fs.file-max")]
    [InlineData(DiskErrors.NoMemory, DiskFailure.OutOfResources, "memory")]
    [InlineData(DiskErrors.NotFound, DiskFailure.NotFound, "mounted")]
    [InlineData(DiskErrors.AccessDenied, DiskFailure.Refused, "owner and mode")]
    [InlineData(DiskErrors.NotPermitted, DiskFailure.Refused, "owner and mode")]
    [InlineData(DiskErrors.ReadOnly, DiskFailure.Refused, "Mount the file system for writing")]
    [InlineData(5, DiskFailure.Broken, "Check the disk")]
    public void Each_error_has_its_meaning_and_the_cure_that_fits(int error, object failure, string cure)
    {
        var refused = DiskErrors.Of("open", "/x", error);

        Assert.Equal(failure, refused.Failure);
        Assert.StartsWith("open /x: ", refused.Message, StringComparison.Ordinal);
        Assert.False(refused.Message.EndsWith('.'), refused.Message);
        Assert.Contains(cure, refused.Cure, StringComparison.Ordinal);
        Assert.EndsWith(".", refused.Cure, StringComparison.Ordinal);
    }

    private static void ShouldBeRefused(Func<object> open, params string[] parts)
    {
        var refused = Assert.Throws<DiskException>(open);
        Assert.Equal(DiskFailure.Refused, refused.Failure);
        foreach (var part in parts) Assert.Contains(part, $"{refused.Message} {refused.Cure}", StringComparison.Ordinal);
    }
}
