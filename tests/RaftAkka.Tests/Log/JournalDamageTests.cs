using RaftAkka.Log;
using RaftAkka.Protocol;
using Xunit;

namespace RaftAkka.Tests.Log;

public sealed class JournalDamageTests
{
    private const int SegmentBytes = 4096;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_flipped_bit_anywhere_changes_nothing_or_stops_the_start(bool compacted)
    {
        var rig = Written(compacted: compacted);
        var refused = 0;
        var harmless = 0;
        foreach (var name in rig.Disk.List())
        {
            for (var bit = 0; bit < SegmentBytes * 8; bit += 1)
            {
                var disk = rig.Disk.Copy();
                disk.Bytes(name)[bit / 8] ^= (byte)(1 << (bit % 8));
                if (Recover(disk) is not { } journal)
                {
                    refused++;
                    continue;
                }

                harmless++;
                rig.Model.ShouldBe(journal);
            }
        }

        Assert.True(refused > 50_000, $"{refused} refused");
        // The room that was never written, marks and seals.
        Assert.True(harmless > 5_000, $"{harmless} harmless");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_flipped_byte_in_the_last_write_that_no_mark_follows_never_shows_what_was_not_written(
        bool compacted)
    {
        var rig = Written(finished: false, compacted);
        foreach (var name in rig.Disk.List())
        {
            for (var at = 0; at < SegmentBytes; at++)
            {
                var disk = rig.Disk.Copy();
                disk.Bytes(name)[at] ^= 0xFF;
                if (Recover(disk) is { } journal)
                    Assert.Contains(LogModel.StateOf(journal), rig.Model.History);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_that_was_cut_short_anywhere_stops_the_start(bool compacted)
    {
        var rig = Written(compacted: compacted);
        foreach (var name in rig.Disk.List())
        {
            for (var length = 0; length < SegmentBytes; length++)
            {
                var disk = rig.Disk.Copy();
                disk.Put(name, disk.Bytes(name)[..length]);
                Assert.Null(Recover(disk));
            }
        }
    }

    // Zeros up to the end look like room that was never written: nothing on the disk can tell that the newest
    // part of the last segment is gone. It is still a log that was, and everywhere else it stops the start.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Zeros_from_anywhere_on_leave_a_log_that_was_or_stop_the_start(bool compacted)
    {
        var rig = Written(compacted: compacted);
        var names = rig.Disk.List();
        foreach (var name in names)
        {
            for (var from = 0; from < SegmentBytes; from++)
            {
                var disk = rig.Disk.Copy();
                disk.Bytes(name).AsSpan(from).Clear();
                if (Recover(disk) is not { } journal) continue;
                if (name == names[^1]) Assert.Contains(LogModel.StateOf(journal), rig.Model.History);
                else rig.Model.ShouldBe(journal);
            }
        }
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    public void A_missing_segment_stops_the_start_the_last_one_too(bool finished, bool compacted)
    {
        var rig = Written(finished, compacted);
        var names = rig.Disk.List();
        Assert.True(names.Count >= 3);
        Assert.Equal(compacted, names[0] != "00000001.seg");
        foreach (var name in names)
        {
            var disk = rig.Disk.Copy();
            disk.Remove(name);
            Assert.Contains($"{name} is missing", Refusal(disk), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Segments_that_changed_places_stop_the_start()
    {
        var disk = Written().Disk.Copy();
        var (first, second) = (disk.Bytes("00000001.seg"), disk.Bytes("00000002.seg"));
        disk.Put("00000001.seg", second);
        disk.Put("00000002.seg", first);

        Assert.Contains(
            "its header is that of segment 00000002.seg", Refusal(disk), StringComparison.Ordinal);
    }

    [Fact]
    public void Another_servers_log_stops_the_start_and_both_are_named()
    {
        var disk = Written().Disk.Copy();
        var operations = disk.Operations;
        var bea = LogRig.Ann with { Server = new ServerId("bea"), Cluster = new ClusterId("other") };

        var refusal =
            Assert.Throws<UnusableLogException>(() => Journal.Open(disk, bea, new LogSettings())).Message;

        Assert.Contains("server ann of group raft in cluster cluster", refusal, StringComparison.Ordinal);
        Assert.Contains("server bea of group raft in cluster other", refusal, StringComparison.Ordinal);
        Assert.Equal(operations + 1, disk.Operations);   // It made the names durable, and changed nothing.
    }

    [Fact]
    public void A_foreign_file_stops_the_start()
    {
        var disk = Written().Disk.Copy();
        disk.Put("notes.txt", [1]);

        Assert.Contains("'notes.txt'", Refusal(disk), StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_format_version_stops_the_start()
    {
        var disk = Written().Disk.Copy();
        var bytes = disk.Bytes("00000001.seg");
        bytes[8] = 3;
        BitConverter.TryWriteBytes(
            bytes.AsSpan(12), Crc32C.Compute(bytes.AsSpan(0, 12), bytes.AsSpan(16, 496)));

        Assert.Contains(
            "format version 3; this program knows the versions up to 2", Refusal(disk), StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_whose_checksum_is_right_over_a_name_that_cannot_be_is_damage()
    {
        var disk = Written().Disk.Copy();
        var bytes = disk.Bytes("00000001.seg");
        bytes[49] = (byte)' ';
        BitConverter.TryWriteBytes(
            bytes.AsSpan(12), Crc32C.Compute(bytes.AsSpan(0, 12), bytes.AsSpan(16, 496)));

        Assert.Contains("its header has a value that cannot be", Refusal(disk), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_record_of_a_newer_version_is_told_and_neither_cut_off_nor_called_damaged(bool isMarked)
    {
        var rig = new LogRig(SegmentBytes);
        rig.Open();
        rig.Write(LogRig.State(1, "ann"), LogRig.Entry(1, 1, 50));
        if (isMarked) rig.Journal.Mark();
        var disk = rig.Disk.Copy();
        var record = disk.Bytes("00000001.seg").AsSpan(512 + 28 + 31, RecordCodec.HeaderBytes + 50);
        record[25] = 2;
        BitConverter.TryWriteBytes(record[4..], Crc32C.Compute(record[..4], record[8..]));

        Assert.Contains("holds a record of version 2 at byte 571", Refusal(disk), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0x42)]
    [InlineData(0xF7)]
    public void A_record_of_an_unknown_kind_stops_the_start_instead_of_being_skipped(byte kind)
    {
        var rig = new LogRig(SegmentBytes);
        rig.Open();
        var disk = rig.Disk.Copy();
        RecordCodec.Encode(LogRig.Entry(1, 1).Id, kind, [1, 2]).CopyTo(disk.Bytes("00000001.seg"), 512 + 28);

        Assert.Contains($"unknown kind {kind} at byte 540", Refusal(disk), StringComparison.Ordinal);
    }

    [Fact]
    public void Damage_is_told_with_place_finding_proof_and_cure()
    {
        var disk = Written().Disk.Copy();
        disk.Bytes("00000001.seg")[512 + 28 + 30] ^= 1;

        var refusal = Refusal(disk);

        Assert.StartsWith(
            "raft ann: log segment 00000001.seg in /memory is damaged at byte 540: checksum ", refusal,
            StringComparison.Ordinal);
        Assert.Contains("Segment 00000002.seg follows", refusal, StringComparison.Ordinal);
        Assert.Contains("remove ann from the cluster and add it again under a new server id", refusal,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Damage_that_appears_while_the_log_is_open_shows_when_it_is_read()
    {
        var rig = Written();
        rig.Disk.Bytes("00000001.seg")[512 + 28 + 40] ^= 1;

        var refusal = Assert.Throws<UnusableLogException>(() => LogModel.ReadAll(rig.Journal)).Message;

        Assert.Contains("00000001.seg in /memory is damaged at byte 571", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void A_new_log_is_new_and_an_interrupted_first_start_leaves_nothing_behind()
    {
        var disk = new MemoryDisk();
        disk.Put("00000001.new", new byte[100]);

        Assert.True(Recover(disk)!.IsNew);
        Assert.False(Recover(disk)!.IsNew);
        Assert.Equal(["00000001.seg"], disk.List());
    }

    // With a compaction the second half stands behind two bases, one of them the last but one record.
    private static LogRig Written(bool finished = true, bool compacted = false)
    {
        var rig = new LogRig(SegmentBytes, keepsHistory: true);
        rig.Open();
        rig.Write(LogRig.State(1, "ann"), LogRig.Entry(1, 1, 100));
        for (var i = 0; i < 7; i++)
        {
            if (compacted && i == 3) rig.Compact(4, 3);
            rig.Write(
                LogRig.State(2 + i), LogRig.Entry(2 + 2 * i, 2 + i, 900),
                LogRig.Entry(3 + 2 * i, 2 + i, 300));
            if (i % 2 == 0) rig.Journal.Mark();
            rig.Write(null, LogRig.Entry(3 + 2 * i, 2 + i, i));
        }

        rig.Write(LogRig.State(9, "bea"), LogRig.Entry(10, 9, 20), LogRig.Entry(11, 9, 0));
        if (compacted) rig.Compact(6, 4);
        rig.DeleteUnneeded();
        if (compacted) rig.Write(null, LogRig.Entry(12, 9, 5));
        if (finished) rig.Journal.Finish();
        rig.Disk = rig.Disk.AfterKill();
        if (finished) rig.Open();
        return rig;
    }

    private static Journal? Recover(MemoryDisk disk)
    {
        try
        {
            return Journal.Open(disk, LogRig.Ann, new LogSettings { SegmentBytes = SegmentBytes });
        }
        catch (UnusableLogException)
        {
            return null;
        }
    }

    private static string Refusal(MemoryDisk disk) =>
        Assert.Throws<UnusableLogException>(() => Journal.Open(disk, LogRig.Ann, new LogSettings())).Message;
}
