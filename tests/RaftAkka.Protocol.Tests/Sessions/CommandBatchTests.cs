using System.Text;
using Xunit;

namespace RaftAkka.Protocol.Tests.Sessions;

public sealed class CommandBatchTests
{
    [Fact]
    public void The_format_is_this_one() =>
        Assert.Equal(
            "01" + "0700000000000000" + "0200000000000000" + "02000000"
                + "0300000000000000" + "02000000" + "6162"
                + "0401000000000000" + "00000000",
            Convert.ToHexStringLower(Encode(7, 2, (3, "ab"), (260, ""))));

    [Fact]
    public void A_batch_comes_back_as_it_was()
    {
        Assert.True(CommandBatch.TryDecode(Encode(7, 2, (3, "put"), (4, ""), (9, "get")), out var batch));

        Assert.Equal(new SessionId(7), batch.Session);
        Assert.Equal(new SequenceNumber(2), batch.Acknowledged);
        Assert.Equal(3, batch.Count);
        Assert.Equal([(3, "put"), (4, ""), (9, "get")], batch.Commands.Select(
            command => ((int)command.Sequence.Value, Encoding.ASCII.GetString(command.Body.Span))));
    }

    [Fact]
    public void A_batch_of_nothing_is_a_batch()
    {
        Assert.True(CommandBatch.TryDecode(Encode(0, 0), out var batch));

        Assert.Empty(batch.Commands);
    }

    [Fact]
    public void The_bodies_are_views_of_the_bytes_and_not_copies()
    {
        var bytes = Encode(7, 2, (3, "ab"));
        Assert.True(CommandBatch.TryDecode(bytes, out var batch));

        bytes[^1] = (byte)'z';

        Assert.Equal("az", Encoding.ASCII.GetString(batch.Commands[0].Body.Span));
    }

    [Fact]
    public void Every_shorter_piece_and_every_longer_one_is_refused()
    {
        var bytes = Encode(7, 2, (3, "ab"), (4, "c"));

        Assert.All(Enumerable.Range(0, bytes.Length),
            length => Assert.False(CommandBatch.TryDecode(bytes.AsMemory(0, length), out _)));
        Assert.False(CommandBatch.TryDecode((byte[])[.. bytes, 0], out _));
    }

    [Theory]
    [InlineData(0, "03")]                       // Another version.
    [InlineData(1, "FFFFFFFFFFFFFFFF")]         // A session below zero.
    [InlineData(9, "FFFFFFFFFFFFFFFF")]         // Acknowledged below zero.
    [InlineData(17, "FFFFFFFF")]                // More commands than there is room for: nothing is allocated for them.
    [InlineData(17, "02000000")]                // One more than there are.
    [InlineData(17, "00000000")]                // One fewer: bytes are left over.
    [InlineData(21, "0000000000000000")]        // A command numbered zero.
    [InlineData(21, "FFFFFFFFFFFFFFFF")]
    [InlineData(29, "FFFFFFFF")]                // A body longer than the rest, and than an int.
    [InlineData(29, "03000000")]
    [InlineData(29, "01000000")]                // A body shorter than the rest.
    public void Numbers_that_cannot_be_right_are_refused(int at, string hex)
    {
        var bytes = Encode(7, 2, (3, "ab"));
        Convert.FromHexString(hex).CopyTo(bytes, at);

        Assert.False(CommandBatch.TryDecode(bytes, out _));
    }

    [Theory]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(33)]
    public void Whatever_the_bytes_they_are_refused_or_are_the_one_encoding_of_a_batch(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 5_000; round++)
        {
            var bytes = Damaged(random);

            if (CommandBatch.TryDecode(bytes, out var batch))
                Assert.Equal(bytes, CommandBatch.Encode(batch.Session, batch.Acknowledged, batch.Commands));
        }
    }

    private static byte[] Damaged(Random random)
    {
        if (random.Next(4) == 0)
        {
            var noise = new byte[random.Next(200)];
            random.NextBytes(noise);
            return noise;
        }

        var commands = Enumerable.Range(1, random.Next(4)).Select(n => (n, new string('x', random.Next(20))));
        var session = new SessionId(random.Next(5), new SessionToken((ulong)random.Next(2), 0));
        var bytes = Encode(session, random.Next(5), [.. commands]);
        for (var flips = random.Next(4); flips > 0; flips--) bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
        return random.Next(3) == 0 ? bytes[..random.Next(bytes.Length)] : bytes;
    }

    private static byte[] Encode(long session, long acknowledged, params (int Sequence, string Body)[] commands) =>
        Encode(new SessionId(session), acknowledged, commands);

    private static byte[] Encode(SessionId session, long acknowledged, params (int Sequence, string Body)[] commands) =>
        CommandBatch.Encode(session, new SequenceNumber(acknowledged), [.. commands.Select(
            command => new Command(new SequenceNumber(command.Sequence), Encoding.ASCII.GetBytes(command.Body)))]);
}
