using System.Buffers.Binary;
using RaftAkka.Tcp;
using Xunit;

namespace RaftAkka.Tests.Tcp;

public sealed class FrameReaderTests
{
    private const int FrameBytesMax = 1_310_720;

    private static readonly byte[][] Payloads = [[1], [], [2, 3, 4, 5, 6], [7, 8]];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Frames_come_out_whole_however_the_bytes_are_split(bool littleEndian)
    {
        var bytes = Payloads.SelectMany(payload => Frame(payload, littleEndian)).ToArray();
        for (var first = 0; first <= bytes.Length; first++)
        for (var second = first; second <= bytes.Length; second++)
        {
            var reader = new FrameReader(FrameBytesMax, littleEndian);

            var found = Take(reader, bytes[..first]);
            found.AddRange(Take(reader, bytes[first..second]));
            found.AddRange(Take(reader, bytes[second..]));

            Assert.Equal(Payloads, found);
        }
    }

    [Fact]
    public void A_large_frame_has_room_and_gives_it_back()
    {
        var reader = new FrameReader(FrameBytesMax, littleEndian: true);
        var large = new byte[FrameBytesMax];
        new Random(1).NextBytes(large);
        var bytes = Frame(large, littleEndian: true).Concat(Frame([9], littleEndian: true)).ToArray();

        var found = new List<byte[]>();
        for (var at = 0; at < bytes.Length;)
        {
            var some = Math.Min(Math.Min(50_000, reader.Free.Count), bytes.Length - at);
            found.AddRange(Take(reader, bytes[at..(at + some)]));
            at += some;
        }

        Assert.Equal(2, found.Count);
        Assert.True(large.AsSpan().SequenceEqual(found[0]));
        Assert.Equal([9], found[1]);
        Assert.Equal(FrameReader.UsualBytes, reader.Held);
    }

    [Fact]
    public void Its_buffer_is_small_before_and_after_much_has_arrived()
    {
        var reader = new FrameReader(FrameBytesMax, littleEndian: true);
        Assert.Equal(0, reader.Held);
        Assert.Equal(FrameReader.IdleBytes, reader.Free.Count);

        Take(reader, Frame(new byte[10_000], littleEndian: true)[..FrameReader.IdleBytes]);
        Assert.Equal(FrameReader.UsualBytes, reader.Held);

        Take(reader, Frame(new byte[10_000], littleEndian: true)[FrameReader.IdleBytes..]);
        for (var heartbeat = 0; heartbeat < 4; heartbeat++) Take(reader, Frame([1], littleEndian: true));
        Assert.Equal(FrameReader.IdleBytes, reader.Held);

        reader.Release();
        Assert.Equal(0, reader.Held);
    }

    [Fact]
    public void A_large_frame_that_is_only_announced_takes_no_room()
    {
        var reader = new FrameReader(FrameBytesMax, littleEndian: true);

        Take(reader, Frame(new byte[FrameBytesMax], littleEndian: true)[..10]);

        Assert.Equal(FrameReader.IdleBytes - 10, reader.Free.Count);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    [InlineData(FrameBytesMax + 1)]
    [InlineData(int.MaxValue)]
    public void A_length_that_no_frame_has_is_told_before_any_of_it_is_kept(int length)
    {
        var reader = new FrameReader(FrameBytesMax, littleEndian: true);
        var bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, length);
        bytes.CopyTo(reader.Free.AsSpan());
        reader.Add(bytes.Length);

        Assert.Equal(FrameReader.Found.WrongLength, reader.Next(out var announced, out _));
        Assert.Equal(length, announced);
        Assert.True(reader.Free.Count < FrameReader.UsualBytes);
    }

    private static byte[] Frame(byte[] payload, bool littleEndian)
    {
        var bytes = new byte[sizeof(int) + payload.Length];
        if (littleEndian) BinaryPrimitives.WriteInt32LittleEndian(bytes, payload.Length);
        else BinaryPrimitives.WriteInt32BigEndian(bytes, payload.Length);
        payload.CopyTo(bytes, sizeof(int));
        return bytes;
    }

    private static List<byte[]> Take(FrameReader reader, byte[] bytes)
    {
        bytes.CopyTo(reader.Free.AsSpan());
        reader.Add(bytes.Length);
        var found = new List<byte[]>();
        while (reader.Next(out _, out var payload) == FrameReader.Found.Whole) found.Add(payload.ToArray());
        return found;
    }
}
