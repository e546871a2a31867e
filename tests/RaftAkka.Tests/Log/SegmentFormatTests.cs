using RaftAkka.Log;
using RaftAkka.Protocol;
using Xunit;

namespace RaftAkka.Tests.Log;

public sealed class SegmentFormatTests
{
    // These bytes are on disks: a change here is a new format version.
    [Fact]
    public void A_small_segment_of_version_1_has_these_bytes()
    {
        var rig = new LogRig(4096, markKey: 0);
        rig.Open();
        rig.Write(LogRig.State(2, "bea"), LogRig.Entry(1, 2, 3));
        rig.Write(null, LogRig.Entry(2, 2, 0));
        rig.Journal.Finish();

        var bytes = rig.Disk.Bytes("00000001.seg");

        // Magic, version, checksum.
        ShouldBe(bytes, 0, "52616674416b6b61" + "01000000" + "82146921");
        // Number, length, previous end.
        ShouldBe(bytes, 16, "0100000000000000" + "00100000" + "00000000");
        ShouldBe(bytes, 32, "0000000000000000" + "0000000000000000");                // Previous last entry.
        ShouldBe(bytes, 48, "07" + "636c7573746572" + new string('0', 2 * 57));      // Cluster.
        ShouldBe(bytes, 113, "04" + "72616674" + new string('0', 2 * 60));           // Group.
        ShouldBe(bytes, 178, "03" + "616e6e" + new string('0', 2 * (61 + 269)));     // Server.

        ShouldBe(bytes, 512, "1c000000" + "a2bdd79c" + "0000000000000000" + "0000000000000000" + "f1010000");
        ShouldBe(
            bytes, 540, "1f000000" + "09987317" + "0200000000000000" + "0000000000000000" + "f1010000"
            + "626561");
        ShouldBe(
            bytes, 571, "1f000000" + "c6602273" + "0200000000000000" + "0100000000000000" + "03010000"
            + "070707");
        ShouldBe(bytes, 602, "2c000000" + "df6c207d" + "0000000000000000" + "0000000000000000" + "f0010000"
            + "0100000000000000" + "5a02000000000000");
        ShouldBe(bytes, 646, "1c000000" + "57ea93e8" + "0200000000000000" + "0200000000000000" + "03010000");
        ShouldBe(bytes, 674, "2c000000" + "7e596c98" + "0000000000000000" + "0000000000000000" + "f0010000"
            + "0100000000000000" + "a202000000000000");
        ShouldBe(bytes, 718, new string('0', 2 * (4096 - 718)));
    }

    [Fact]
    public void A_small_segment_of_version_2_has_a_key_that_its_marks_repeat()
    {
        var rig = new LogRig(4096);
        rig.Open();
        rig.Write(LogRig.State(2, "bea"), LogRig.Entry(1, 2, 3));
        rig.Journal.Finish();

        var bytes = rig.Disk.Bytes("00000001.seg");

        ShouldBe(bytes, 0, "52616674416b6b61" + "02000000" + "708d8158");
        ShouldBe(bytes, 264, "0000000000000000" + "8877665544332211" + new string('0', 2 * (512 - 280)));
        ShouldBe(bytes, 571, "1f000000" + "c6602273" + "0200000000000000" + "0100000000000000" + "03010000"
            + "070707");
        ShouldBe(bytes, 602, "34000000" + "d484440c" + "0000000000000000" + "0000000000000000" + "f0010000"
            + "0100000000000000" + "5a02000000000000" + "8877665544332211");
        ShouldBe(bytes, 654, new string('0', 2 * (4096 - 654)));
    }

    [Fact]
    public void A_log_of_version_1_is_gone_on_with_in_version_2_from_the_next_segment_on()
    {
        var old = new LogRig(4096, markKey: 0);
        old.Open();
        old.Write(LogRig.State(2, "bea"), LogRig.Entry(1, 2, 3000), LogRig.Entry(2, 2, 1000));
        old.Journal.Finish();

        var disk = old.Disk.AfterKill();
        var settings = new LogSettings { SegmentBytes = 4096 };
        using (var journal = Journal.Open(disk, LogRig.Ann, settings))
        {
            journal.Append(LogRig.Entry(3, 2, 100));    // Into the old segment,
            journal.Append(LogRig.Entry(4, 2, 3000));   // and into a new one.
            journal.Sync();
            journal.Finish();
        }

        using var again = Journal.Open(disk, LogRig.Ann, settings);
        Assert.Equal([1L, 2L, 3L, 4L], LogModel.ReadAll(again).Select(entry => entry.Index.Value));
        Assert.Equal([1, 1, 2], disk.List().Select(name => (int)disk.Bytes(name)[8]));
    }

    [Fact]
    public void The_disk_keeps_its_name_in_every_segment_and_over_every_start()
    {
        var disk = new MemoryDisk();
        var settings = new LogSettings { SegmentBytes = 4096 };
        using (var journal = Journal.Open(disk, LogRig.Ann, settings, new DiskId(0x0102_0304_0506_0708)))
        {
            journal.Append(LogRig.State(2, "bea"));
            for (var index = 1; index < 4; index++) journal.Append(LogRig.Entry(index, 2, 3000));
            journal.Sync();
            journal.Finish();
        }

        using var again = Journal.Open(disk, LogRig.Ann, settings, new DiskId(77));

        Assert.Equal(new DiskId(0x0102_0304_0506_0708), again.Disk);
        foreach (var name in disk.List()) ShouldBe(disk.Bytes(name), 264, "0807060504030201");
    }

    [Fact]
    public void Segments_of_two_disks_are_not_taken_for_one_log()
    {
        var (disk, other) = (new MemoryDisk(), new MemoryDisk());
        foreach (var (each, name) in new[] { (disk, 1), (other, 2) })
        {
            using var journal = Journal.Open(each, LogRig.Ann, new LogSettings { SegmentBytes = 4096 }, new DiskId(name));
            journal.Append(LogRig.State(2, "bea"));
            for (var index = 1; index < 4; index++) journal.Append(LogRig.Entry(index, 2, 3000));
            journal.Sync();
            journal.Finish();
        }

        disk.Put("00000002.seg", other.Bytes("00000002.seg"));

        var refused = Assert.Throws<UnusableLogException>(() => Journal.Open(disk, LogRig.Ann, new LogSettings()));
        Assert.Contains("mixed", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sealed_segment_of_version_1_ends_with_these_bytes()
    {
        var rig = new LogRig(4096, markKey: 0);
        rig.Open();
        rig.Write(LogRig.State(2, "bea"), LogRig.Entry(1, 2, 3000), LogRig.Entry(2, 2, 3000));
        var end = 512 + 28 + 31 + 3028;

        // Its successor names where it ends, its last entry, and begins with term and vote.
        ShouldBe(
            rig.Disk.Bytes("00000001.seg"), end + 24, "f2010000" + "0100000000000000" + "0f0e000000000000");
        ShouldBe(rig.Disk.Bytes("00000002.seg"), 16, "0200000000000000" + "00100000" + "0f0e0000");
        ShouldBe(rig.Disk.Bytes("00000002.seg"), 32, "0200000000000000" + "0100000000000000");
        ShouldBe(rig.Disk.Bytes("00000002.seg"), 512, "1f000000" + "09987317" + "0200000000000000");
    }

    [Fact]
    public void A_base_has_these_bytes_and_the_next_segments_header_states_it()
    {
        var rig = new LogRig(4096, markKey: 0);
        rig.Open();
        rig.Write(LogRig.State(2, "bea"), LogRig.Entry(1, 2, 3), LogRig.Entry(2, 2, 3));
        rig.Compact(1, 2);
        rig.Compact(9, 5);
        rig.Write(null, LogRig.Entry(10, 5, 3800));

        // Behind term and vote, two entries and a mark; then a mark again.
        var bytes = rig.Disk.Bytes("00000001.seg");
        ShouldBe(bytes, 677, "2c000000" + "6b77dbfe" + "0200000000000000" + "0100000000000000" + "f3010000"
            + "0200000000000000" + "0200000000000000");
        ShouldBe(bytes, 765, "2c000000" + "61eece2b" + "0500000000000000" + "0900000000000000" + "f3010000"
            + "0500000000000000" + "0900000000000000");
        ShouldBe(rig.Disk.Bytes("00000002.seg"), 32, "0500000000000000" + "0900000000000000");
        ShouldBe(rig.Disk.Bytes("00000002.seg"), 243, "0000000000"
            + "0500000000000000" + "0900000000000000" + new string('0', 2 * (512 - 264)));
    }

    private static void ShouldBe(byte[] bytes, int offset, string hex) =>
        Assert.Equal(hex, Convert.ToHexStringLower(bytes, offset, hex.Length / 2));
}
