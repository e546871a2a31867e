using System.Text;
using Xunit;

namespace RaftAkka.Protocol.Tests;

public sealed class Crc32CTests
{
    [Fact]
    public void The_standards_check_values_come_out()
    {
        // The usual check word, and the examples of RFC 3720, B.4.
        Assert.Equal(0xE3069283u, Crc32C.Compute("123456789"u8));
        Assert.Equal(0x8A9136AAu, Crc32C.Compute(new byte[32]));
        Assert.Equal(0x62A8AB43u, Crc32C.Compute([.. Enumerable.Repeat((byte)0xFF, 32)]));
        Assert.Equal(0x46DD794Eu, Crc32C.Compute([.. Enumerable.Range(0, 32).Select(i => (byte)i)]));
        Assert.Equal(0x113FDB5Cu, Crc32C.Compute([.. Enumerable.Range(0, 32).Select(i => (byte)(31 - i))]));
        Assert.Equal(0u, Crc32C.Compute([]));
    }

    [Fact]
    public void Two_pieces_count_as_one_wherever_the_cut_is()
    {
        var bytes = Encoding.ASCII.GetBytes("some bytes of a length that is no multiple of eight");
        for (var cut = 0; cut <= bytes.Length; cut++)
            Assert.Equal(Crc32C.Compute(bytes), Crc32C.Compute(bytes.AsSpan(0, cut), bytes.AsSpan(cut)));
    }

    [Fact]
    public void A_checksum_goes_on_where_the_one_before_ended()
    {
        var bytes = Encoding.ASCII.GetBytes("some bytes that come in pieces, each of another length");
        var checksum = 0u;
        for (int at = 0, length = 0; at < bytes.Length; at += length++)
            checksum = Crc32C.Continue(checksum, bytes.AsSpan(at, Math.Min(length, bytes.Length - at)));

        Assert.Equal(Crc32C.Compute(bytes), checksum);
    }

    [Fact]
    public void Bytes_of_any_length_have_the_checksum_of_the_definition()
    {
        var random = new Random(1);
        for (var length = 0; length < 200; length++)
        {
            var bytes = new byte[length];
            random.NextBytes(bytes);
            Assert.Equal(BitByBit(bytes), Crc32C.Compute(bytes));
        }
    }

    private static uint BitByBit(byte[] bytes)
    {
        var crc = ~0u;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82F63B78u : crc >> 1;
        }

        return ~crc;
    }
}
