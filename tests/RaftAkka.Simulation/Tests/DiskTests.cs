using RaftAkka.Log;
using RaftAkka.Simulation.Disks;
using RaftAkka.Simulation.Engine;
using Xunit;

namespace RaftAkka.Simulation.Tests;

public sealed class DiskTests
{
    private readonly Loop _loop = new(seed: 1);
    private readonly SimulatedDisk _disk = new("disk of s1", new Dice(1));
    private readonly Host _host;
    private readonly MountedDisk _mounted;

    public DiskTests()
    {
        _host = new Host(_loop, "s1");
        _mounted = _disk.Mount(_host);
    }

    [Fact]
    public void What_was_synced_is_there_after_a_power_loss()
    {
        var file = DurableFile("log", "abc");
        file.Write(3, "def"u8);
        file.Sync();

        LosePower(CrashMode.LoseUnsynced);

        Assert.Equal("abcdef", Content("log"));
    }

    [Fact]
    public void What_was_not_synced_may_be_lost()
    {
        DurableFile("log", "abc").Write(3, "def"u8);

        LosePower(CrashMode.LoseUnsynced);

        Assert.Equal("abc", Content("log"));
    }

    [Theory]
    [InlineData(10, "abc")]
    [InlineData(50, "abcdef")]
    public void A_slow_sync_is_of_use_once_it_has_ended(int lostAfterMs, string left)
    {
        var file = DurableFile("log", "abc");
        _disk.Faults.SyncTime = TimeSpan.FromMilliseconds(30);
        var actor = _host.Start("worker", (_, _) =>
        {
            file.Write(3, "def"u8);
            file.Sync();
        });

        _host.Tell(actor, "go");
        _loop.RunFor(TimeSpan.FromMilliseconds(lostAfterMs));
        LosePower(CrashMode.LoseUnsynced);
        _loop.RunFor(TimeSpan.FromMilliseconds(100));

        Assert.Equal(left, Content("log"));
    }

    [Fact]
    public void What_was_not_synced_may_be_there_all_the_same()
    {
        DurableFile("log", "abc").Write(3, "def"u8);

        LosePower(CrashMode.KeepUnsynced);

        Assert.Equal("abcdef", Content("log"));
    }

    [Fact]
    public void A_killed_process_leaves_the_page_cache_and_a_later_power_loss_takes_it()
    {
        DurableFile("log", "abc").Write(3, "def"u8);

        _host.Kill();
        Assert.Equal("abcdef", Content("log"));

        LosePower(CrashMode.LoseUnsynced);
        Assert.Equal("abc", Content("log"));
    }

    [Fact]
    public void A_torn_write_leaves_whole_sectors_of_the_old_and_the_new()
    {
        var file = DurableFile("log", new string('a', 4096));
        var seen = new HashSet<string>();
        for (var attempt = 0; attempt < 20; attempt++)
        {
            file.Write(0, Bytes(new string('a', 4096)));
            file.Sync();
            file.Write(100, Bytes(new string('b', 3000)));
            LosePower(CrashMode.TearUnsynced);

            var sectors = Content("log").Chunk(512).Select(sector => new string(sector)).ToArray();
            var written = string.Concat(sectors.Select(sector => sector.Contains('b') ? 'b' : 'a'));
            Assert.All(sectors[1..6], sector => Assert.Single(sector.Distinct()));
            seen.Add(written);
        }

        Assert.True(seen.Count > 5, string.Join(' ', seen));
    }

    [Fact]
    public void A_new_file_is_lost_unless_its_directory_was_synced()
    {
        _mounted.Create("log").Sync();
        LosePower(CrashMode.LoseUnsynced);
        Assert.Empty(_mounted.List());

        _mounted.Create("log");
        _mounted.SyncDirectory();
        LosePower(CrashMode.LoseUnsynced);
        Assert.Equal(["log"], _mounted.List());
    }

    [Fact]
    public void A_renamed_file_has_its_old_name_again_unless_the_directory_was_synced()
    {
        DurableFile("log.new", "new");
        DurableFile("log", "old");
        _mounted.Rename("log.new", "log");
        Assert.Equal("new", Content("log"));

        LosePower(CrashMode.LoseUnsynced);
        Assert.Equal(["log", "log.new"], _mounted.List());
        Assert.Equal("old", Content("log"));

        _mounted.Rename("log.new", "log");
        _mounted.SyncDirectory();
        LosePower(CrashMode.LoseUnsynced);
        Assert.Equal(["log"], _mounted.List());
        Assert.Equal("new", Content("log"));
    }

    [Fact]
    public void A_deleted_file_is_back_unless_the_directory_was_synced()
    {
        DurableFile("log", "abc");
        _mounted.Delete("log");

        LosePower(CrashMode.LoseUnsynced);

        Assert.Equal("abc", Content("log"));
    }

    [Fact]
    public void Of_the_names_changed_since_the_last_sync_a_torn_crash_keeps_the_first_ones()
    {
        var survivors = new HashSet<string>();
        for (var attempt = 0; attempt < 100; attempt++)
        {
            _disk.Wipe();
            _mounted.Create("a");
            _mounted.Create("b");
            _mounted.Create("c");
            LosePower(CrashMode.TearUnsynced);
            survivors.Add(string.Concat(_mounted.List()));
        }

        Assert.Equal(["", "a", "ab", "abc"], survivors.Order());
    }

    [Fact]
    public void A_failed_sync_is_not_made_good_by_the_next_one()
    {
        var file = DurableFile("log", "");
        file.Write(0, Bytes(new string('x', 10_000)));
        _disk.Faults.SyncErrorRate = 1;
        Assert.Equal(DiskFailure.Broken, Assert.Throws<DiskException>(file.Sync).Failure);

        _disk.Faults.Heal();
        file.Sync();
        LosePower(CrashMode.KeepUnsynced);

        Assert.NotEqual(new string('x', 10_000), Content("log"));
    }

    [Fact]
    public void A_full_disk_takes_no_more_and_is_read_as_before()
    {
        var file = DurableFile("log", "abc");
        _disk.Faults.IsFull = true;

        Assert.Equal(DiskFailure.NoSpace, Assert.Throws<DiskException>(() => file.Write(3, "d"u8)).Failure);
        Assert.Equal(DiskFailure.NoSpace, Assert.Throws<DiskException>(() => _mounted.Create("next")).Failure);
        Assert.Equal(DiskFailure.NoSpace, Assert.Throws<DiskException>(() => file.Allocate(100)).Failure);
        file.Write(0, "xyz"u8);
        Assert.Equal("xyz", Content("log"));
    }

    [Fact]
    public void A_read_may_return_a_flipped_bit_and_the_next_one_the_truth()
    {
        var file = DurableFile("log", "abc");
        _disk.Faults.ReadFlipRate = 1;
        var bytes = new byte[3];
        file.Read(0, bytes);
        Assert.NotEqual("abc"u8.ToArray(), bytes);

        _disk.Faults.Heal();
        Assert.Equal("abc", Content("log"));
    }

    [Fact]
    public void A_dead_process_changes_nothing_on_its_disk()
    {
        var file = DurableFile("log", "abc");
        _host.CrashAtStep(1, _ => _host.Kill());

        Assert.Throws<ProcessDiedException>(() => file.Write(0, "xyz"u8));
        Assert.Throws<ProcessDiedException>(() => file.Write(0, "xyz"u8));

        Assert.Equal("abc", Content("log"));
    }

    [Fact]
    public void A_process_may_die_just_after_a_write()
    {
        var file = DurableFile("log", "abc");
        _host.CrashAtStep(2, _ => _host.Kill());

        Assert.Throws<ProcessDiedException>(() => file.Write(0, "xyz"u8));

        Assert.Equal("xyz", Content("log"));
    }

    private IDiskFile DurableFile(string name, string content)
    {
        var file = _mounted.Create(name);
        file.Write(0, Bytes(content));
        file.Sync();
        _mounted.SyncDirectory();
        return file;
    }

    private void LosePower(CrashMode mode)
    {
        _disk.Faults.CrashMode = mode;
        _disk.LosePower();
    }

    private string Content(string name) => System.Text.Encoding.ASCII.GetString(_disk.Files[name].Cached);

    private static byte[] Bytes(string text) => System.Text.Encoding.ASCII.GetBytes(text);
}
