using System.Buffers.Binary;
using RaftAkka.Log;
using RaftAkka.Protocol;
using RaftAkka.Snapshots;
using RaftAkka.Tests.Log;
using Xunit;

namespace RaftAkka.Tests.Snapshots;

public sealed class SnapshotFormatTests
{
    private readonly SnapshotRig _rig = SnapshotRig.Opened();

    // These bytes are on the disks of every release, and travel between releases: a change is a new format version.
    [Fact]
    public void A_small_snapshot_has_these_bytes()
    {
        var snapshot = _rig.Write(1234, sessions: [0xA1, 0xA2], machine: [0xB1, 0xB2, 0xB3], configuration: [0xC1]);

        Assert.Equal("snapshot-00000000000000001234-0000000013.raft", Assert.Single(_rig.Disk.List()));
        var bytes = _rig.Bytes(snapshot);
        ShouldBe(bytes, 0, "52616674536e6170" + "01000000" + "239ab02a");                 // Magic, version, checksum.
        ShouldBe(bytes, 16, "0d00000000000000" + "d204000000000000");                     // Term, index.
        ShouldBe(bytes, 32, "01000000" + "96f69b63");                                     // Configuration.
        ShouldBe(bytes, 40, "07" + "636c7573746572" + new string('0', 2 * 57));           // Cluster.
        ShouldBe(bytes, 105, "04" + "72616674" + new string('0', 2 * (60 + 22)));         // Group.
        ShouldBe(bytes, 192, "c1");
        ShouldBe(bytes, 193, "4aa82bb2" + "00000000" + "01000000" + "02000000" + "a1a2");
        ShouldBe(bytes, 211, "30ff8725" + "01000000" + "02000000" + "03000000" + "b1b2b3");
        ShouldBe(bytes, 230, "349c893d" + "02000000" + "03000000" + "10000000" + "0200000000000000" + "0300000000000000");
        ShouldBe(bytes, 262, "055525f6");
        Assert.Equal(266, bytes.Length);
        Assert.Equal((266, 0xF6255505), (snapshot.Bytes, snapshot.Checksum));
    }

    [Fact]
    public void A_block_holds_64_KiB_with_its_header()
    {
        var machine = SnapshotRig.Pattern(65_520 + 1, 1);
        var bytes = _rig.Bytes(_rig.Write(1, [], machine));

        ShouldBe(bytes, 192 + 4, "00000000" + "02000000" + "f0ff0000" + Convert.ToHexStringLower(machine, 0, 9));
        ShouldBe(bytes, 192 + 65_536 + 4, "01000000" + "02000000" + "01000000" + $"{machine[^1]:x2}");
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(65_519, 65_520)]
    [InlineData(65_521, 131_040)]
    [InlineData(1_000_000, 5_000_000)]
    public void Sections_of_any_length_come_back(int sessions, int machine)
    {
        var (first, second) = (SnapshotRig.Pattern(sessions, 1), SnapshotRig.Pattern(machine, 2));
        var snapshot = _rig.Write(7, first, second);

        var contents = _rig.Contents(snapshot);

        Assert.Equal(first, contents.Sessions);
        Assert.Equal(second, contents.Machine);
    }

    [Fact]
    public void Writes_of_every_length_are_put_together()
    {
        var expected = SnapshotRig.Pattern(500_000, 3);
        using var file = _rig.Store.Begin(SnapshotRig.Head(1));
        var stream = file.Begin(SnapshotSection.Machine);
        for (int at = 0, length = 0; at < expected.Length; at += length++)
            stream.Write(expected, at, length = Math.Min(length, expected.Length - at));

        Assert.Equal(expected, _rig.Contents(file.Commit()).Machine);
    }

    [Fact]
    public void What_is_left_of_a_section_is_passed_over()
    {
        var snapshot = _rig.Write(1, SnapshotRig.Pattern(200_000, 1), SnapshotRig.Pattern(200_000, 2));
        using var file = _rig.Store.Read(snapshot);

        file.Open(SnapshotSection.Sessions).ReadExactly(new byte[10]);
        var machine = file.Open(SnapshotSection.Machine);
        machine.ReadExactly(new byte[100_000]);

        Assert.Equal(SnapshotRig.Pattern(200_000, 2)[100_000..], SnapshotRig.All(machine));
        file.Finish();
    }

    [Fact]
    public void Every_flip_of_any_byte_is_detected()
    {
        var bytes = _rig.Bytes(_rig.Write(7, configuration: [1, 2, 3]));
        for (var at = 0; at < bytes.Length; at++)
        {
            foreach (var flip in (byte[])[0x01, 0x80, 0xFF])
            {
                var copy = bytes.ToArray();
                copy[at] ^= flip;
                ShouldBeDamaged(copy);
            }
        }
    }

    [Fact]
    public void Every_truncation_is_detected_and_every_extension()
    {
        var bytes = _rig.Bytes(_rig.Write(7, configuration: [1, 2, 3]));
        for (var length = 0; length < bytes.Length; length++) ShouldBeDamaged(bytes[..length]);
        ShouldBeDamaged([.. bytes, 0]);
        ShouldBeDamaged([.. bytes, .. bytes]);
    }

    [Fact]
    public void A_block_that_is_missing_or_comes_twice_or_out_of_order_is_detected()
    {
        const int Block = 65_536;
        var bytes = _rig.Bytes(_rig.Write(7, [], SnapshotRig.Pattern(3 * 65_520, 1)));
        var (head, one, two, three, end) = (bytes[..192], Of(0), Of(1), Of(2), bytes[(192 + 3 * Block)..]);

        foreach (var blocks in (byte[][])[
            [.. one, .. three], [.. one, .. one, .. two, .. three], [.. two, .. one, .. three], [.. two, .. three],
            [.. one, .. two, .. three, .. three], [.. one, .. two]])
            ShouldBeDamaged([.. head, .. blocks, .. end]);
        // By the block itself, so that what was received is not gone on with from there.
        Assert.Contains("block 1 stands in the place of block 0", ShouldBeDamaged([.. head, .. two, .. one, .. three, .. end]));

        byte[] Of(int number) => bytes.AsSpan(192 + number * Block, Block).ToArray();
    }

    [Theory]
    [InlineData(uint.MaxValue)]
    [InlineData(65_521u)]
    [InlineData(0u)]
    public void A_block_of_an_impossible_length_is_refused_before_anything_is_allocated(uint length)
    {
        var bytes = _rig.Bytes(_rig.Write(7, [], SnapshotRig.Pattern(200_000, 1)));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(192 + 12), length);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Contains($"a block has {length} bytes", ShouldBeDamaged(bytes));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2 * 1024 * 1024);
    }

    [Fact]
    public void A_snapshot_under_another_ones_name_is_detected()
    {
        var bytes = _rig.Bytes(_rig.Write(7));
        _rig.Disk.Put(SnapshotRig.NameOf(8), bytes);

        Assert.Equal(SnapshotRig.Last(7), _rig.Restart()!.Last);
        Assert.Contains("it is the snapshot of 7@1", Assert.Single(_rig.Store.Findings));
    }

    [Fact]
    public void Another_format_version_is_refused_and_left_as_it_is()
    {
        var snapshot = _rig.Write(7);
        var bytes = _rig.Bytes(snapshot);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), 2);
        BinaryPrimitives.WriteUInt32LittleEndian(
            bytes.AsSpan(12), Crc32C.Compute(bytes.AsSpan(0, 12), bytes.AsSpan(16, 192 - 16)));

        var refusal = Assert.Throws<UnusableLogException>(() => _rig.Restart());

        Assert.Contains("has format version 2; this program knows version 1", refusal.Message);
        Assert.Equal([SnapshotRig.NameOf(7)], _rig.Disk.List());
    }

    [Fact]
    public void A_snapshot_of_another_cluster_or_group_is_refused_and_left_as_it_is()
    {
        _rig.Write(7);
        foreach (var other in (LogIdentity[])[
            SnapshotRig.Ann with { Cluster = new ClusterId("other") },
            SnapshotRig.Ann with { Group = new GroupName("other") }])
        {
            var refusal = Assert.Throws<UnusableLogException>(() => _rig.Restart(other));
            Assert.True(refusal.IsForeign);
            Assert.Contains("of group raft in cluster cluster", refusal.Message);
            Assert.Equal([SnapshotRig.NameOf(7)], _rig.Disk.List());
        }
    }

    [Fact]
    public void The_server_does_not_matter_for_a_snapshot_travels()
    {
        var snapshot = _rig.Write(7);

        Assert.Equal(snapshot.Checksum, _rig.Restart(SnapshotRig.Bea)!.Checksum);
    }

    [Fact]
    public void Damage_that_comes_after_the_start_is_detected_by_who_restores()
    {
        var snapshot = _rig.Write(7, machine: SnapshotRig.Pattern(200_000, 1));
        _rig.Bytes(snapshot)[150_000] ^= 1;

        var damage = Assert.Throws<DamagedSnapshotException>(() => _rig.Contents(snapshot));

        Assert.Contains("snapshot-00000000000000000007-0000000001.raft in /memory is damaged at byte", damage.Message);
    }

    private static string ShouldBeDamaged(byte[] bytes)
    {
        var disk = new MemoryDisk();
        disk.Put(SnapshotRig.NameOf(7), bytes);
        var rig = new SnapshotRig(disk);
        Assert.Null(rig.Open());
        return Assert.Single(rig.Store.Findings);
    }

    private static void ShouldBe(byte[] bytes, int offset, string hex) =>
        Assert.Equal(hex, Convert.ToHexStringLower(bytes, offset, hex.Length / 2));
}
