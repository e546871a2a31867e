using Xunit;

namespace RaftAkka.Protocol.Tests;

public sealed class RecordCodecTests
{
    private static readonly EntryId Id = new(new Term(0x0102030405060708), new LogIndex(0x1112131415161718));

    // These bytes are on disks and between servers of different releases.
    [Fact]
    public void A_record_has_these_bytes()
    {
        var record = RecordCodec.Encode(Id, 3, "abc"u8);

        Assert.Equal(
            "1f000000" + "f27bea5f" + "0807060504030201" + "1817161514131211" + "03" + "01" + "0000"
            + "616263",
            Convert.ToHexStringLower(record));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(65_536)]
    [InlineData(RecordCodec.PayloadBytesMax)]
    public void A_record_of_any_size_reads_back_whatever_follows_it(int payloadBytes)
    {
        var payload = new byte[payloadBytes];
        new Random(payloadBytes).NextBytes(payload);
        var record = RecordCodec.Encode(Id, 0xF0, payload);

        Assert.True(RecordCodec.TryReadHeader([.. record, 1, 2, 3], out var header));

        Assert.Equal(new RecordHeader(Id, 0xF0, record.Length), header);
        Assert.True(record.AsSpan(RecordCodec.HeaderBytes).SequenceEqual(payload));
    }

    [Fact]
    public void A_payload_above_the_limit_is_no_record() =>
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            RecordCodec.Encode(Id, 3, new byte[RecordCodec.PayloadBytesMax + 1]));

    [Fact]
    public void A_flipped_bit_anywhere_makes_a_record_unsound()
    {
        var record = RecordCodec.Encode(Id, 3, "a payload"u8);
        for (var bit = 0; bit < record.Length * 8; bit++)
        {
            record[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(RecordCodec.TryReadHeader(record, out _));
            record[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void A_record_that_was_cut_short_is_unsound()
    {
        var record = RecordCodec.Encode(Id, 3, "a payload"u8);
        for (var length = 0; length < record.Length; length++)
            Assert.False(RecordCodec.TryReadHeader(record.AsSpan(0, length), out _));
    }

    [Fact]
    public void Random_bytes_are_no_record_and_no_harm()
    {
        var random = new Random(1);
        for (var i = 0; i < 100_000; i++)
        {
            var bytes = new byte[random.Next(100)];
            random.NextBytes(bytes);
            if (bytes.Length > 4 && i % 2 == 0)
                BitConverter.TryWriteBytes(bytes, random.Next(-1, bytes.Length + 2));
            Assert.False(RecordCodec.TryReadHeader(bytes, out _));
        }
    }
}
