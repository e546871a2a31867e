using Xunit;

namespace RaftAkka.Protocol.Tests;

public sealed class LogSliceTests
{
    [Fact]
    public void A_slice_reads_back_from_its_records()
    {
        var slice = LogSlice.Of(Entry(4, 2, "a"), Entry(5, 2), Entry(6, 7, "ccc"));
        var bytes = new byte[slice.RecordBytes];
        slice.CopyRecordsTo(bytes);

        Assert.True(LogSlice.TryDecode(bytes, out var decoded));

        Assert.Equal(slice.Select(entry => entry.Id), decoded.Select(entry => entry.Id));
        Assert.Equal(bytes.Length, decoded.RecordBytes);
        Assert.Equal(3 * RecordCodec.HeaderBytes + 4, decoded.RecordBytes);
        Assert.Equal("4@2..6@7", decoded.ToString());
    }

    [Fact]
    public void No_bytes_are_no_entries()
    {
        Assert.True(LogSlice.TryDecode(default, out var slice));
        Assert.Same(LogSlice.Empty, slice);
        Assert.Equal("none", slice.ToString());
    }

    [Fact]
    public void Entries_with_a_gap_or_a_term_that_goes_back_are_no_slice()
    {
        Assert.Throws<ArgumentException>(() => LogSlice.Of(Entry(1, 1), Entry(3, 1)));
        Assert.Throws<ArgumentException>(() => LogSlice.Of(Entry(1, 1), Entry(1, 1)));
        Assert.Throws<ArgumentException>(() => LogSlice.Of(Entry(1, 2), Entry(2, 1)));

        Assert.False(Decodes(Entry(1, 1), Entry(3, 1)));
        Assert.False(Decodes(Entry(1, 2), Entry(2, 1)));
        Assert.True(Decodes(Entry(1, 1), Entry(2, 1)));
    }

    [Fact]
    public void A_flipped_bit_or_a_missing_byte_anywhere_makes_it_no_slice()
    {
        var slice = LogSlice.Of(Entry(4, 2, "a"), Entry(5, 2), Entry(6, 7, "ccc"));
        var bytes = new byte[slice.RecordBytes];
        slice.CopyRecordsTo(bytes);

        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(LogSlice.TryDecode(bytes, out _));
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        // Cut between two records it is a shorter slice; anywhere else it is none.
        for (var length = 1; length < bytes.Length; length++)
            Assert.Equal(length is 29 or 57, LogSlice.TryDecode(bytes.AsMemory(0, length), out _));
    }

    [Fact]
    public void The_rest_of_a_slice_starts_where_it_is_told()
    {
        var slice = LogSlice.Of(Entry(4, 2), Entry(5, 2), Entry(6, 7));

        Assert.Same(slice, slice.From(0));
        Assert.Equal("6@7", slice.From(2).ToString());
        Assert.True(slice.From(3).IsEmpty);
        Assert.Equal((4, 6), (slice.First.Index.Value, slice.Last.Index.Value));
        Assert.Equal(5, slice[1].Index.Value);
    }

    private static bool Decodes(params LogEntry[] entries) =>
        LogSlice.TryDecode(entries.SelectMany(entry => entry.Record.ToArray()).ToArray(), out _);

    private static LogEntry Entry(long index, long term, string payload = "") =>
        LogEntryTests.Entry(index, term, payload);
}
