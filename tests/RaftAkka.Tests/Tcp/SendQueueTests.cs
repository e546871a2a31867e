using System.Buffers.Binary;
using RaftAkka.Tcp;
using Xunit;

namespace RaftAkka.Tests.Tcp;

public sealed class SendQueueTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Frames_come_out_in_order_in_chunks_that_are_never_large(bool littleEndian)
    {
        var queue = new SendQueue();
        var expected = new List<byte>();
        var chance = new Random(1);
        foreach (var size in new[] { 1, 0, 4_000, 70_000, 5, 65_536, 65_532, 200_000, 3, 1_310_720, 10 })
        {
            var payload = new byte[size];
            chance.NextBytes(payload);
            queue.Add(payload, littleEndian);
            var length = new byte[sizeof(int)];
            if (littleEndian) BinaryPrimitives.WriteInt32LittleEndian(length, size);
            else BinaryPrimitives.WriteInt32BigEndian(length, size);
            expected.AddRange(length);
            expected.AddRange(payload);
        }

        Assert.Equal(expected.Count, queue.Count);
        var sent = new List<byte>();
        while (queue.TryTake(out var chunk))
        {
            Assert.InRange(chunk.Count, 1, SendQueue.ChunkBytes);
            sent.AddRange(chunk.Bytes.AsSpan(0, chunk.Count));
            SendQueue.Return(chunk);
        }

        Assert.Equal(expected, sent);
        Assert.Equal(0, queue.Count);
    }

    [Fact]
    public void A_small_frame_takes_a_small_chunk()
    {
        var queue = new SendQueue();
        queue.Add(new byte[100], littleEndian: true);

        Assert.True(queue.TryTake(out var chunk));

        Assert.Equal((104, 4_096), (chunk.Count, chunk.Bytes.Length));
    }

    [Fact]
    public void What_was_dropped_is_gone()
    {
        var queue = new SendQueue();
        queue.Add(new byte[300_000], littleEndian: true);

        queue.Clear();

        Assert.Equal(0, queue.Count);
        Assert.False(queue.TryTake(out _));
    }
}
