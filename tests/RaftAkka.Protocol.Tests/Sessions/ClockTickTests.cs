using Xunit;

namespace RaftAkka.Protocol.Tests.Sessions;

public sealed class ClockTickTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void A_tick_comes_back_as_it_was_with_its_sessions_in_order()
    {
        var bytes = ClockTick.Encode(7 * Second, 300 * Second, [new(9), new(2), new(5)]);

        Assert.True(ClockTick.TryDecode(bytes, out var tick));
        Assert.Equal((7 * Second, 300 * Second), (tick.Time, tick.SessionTimeout));
        Assert.Equal([new(2), new(5), new(9)], tick.Renewed);
    }

    [Fact]
    public void A_tick_has_these_bytes() => Assert.Equal(
        "01" + "0102000000000000" + "E093040000000000" + "02000000" + "0300000000000000" + "0400000000000000",
        Convert.ToHexString(ClockTick.Encode(TimeSpan.FromMilliseconds(513.9), 300 * Second, [new(4), new(3)])));

    [Fact]
    public void The_largest_tick_fits_an_entry()
    {
        LogIndex[] all = [.. Enumerable.Range(1, SessionTable.SessionsMax).Select(n => new LogIndex(n))];

        var bytes = ClockTick.Encode(Second, Second, all);

        Assert.True(bytes.Length < RecordCodec.PayloadBytesMax);
        Assert.True(ClockTick.TryDecode(bytes, out var tick));
        Assert.Equal(all, tick.Renewed);
        Assert.Throws<InvariantBrokenException>(() => ClockTick.Encode(Second, Second, [.. all, new(1_000_000)]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("01" + "0100000000000000" + "0100000000000000" + "000000")]
    [InlineData("02" + "0100000000000000" + "0100000000000000" + "00000000")]
    [InlineData("01" + "FFFFFFFFFFFFFFFF" + "0100000000000000" + "00000000")]
    [InlineData("01" + "0100000000000100" + "0000010000000000" + "01000000")]
    [InlineData("01" + "0100000000000100" + "0100000000000000" + "00000000")]
    [InlineData("01" + "0100000000000000" + "0000000000000000" + "00000000")]
    [InlineData("01" + "0100000000000000" + "0100000000000100" + "00000000")]
    [InlineData("01" + "0100000000000000" + "0100000000000000" + "00000000" + "00")]
    [InlineData("01" + "0100000000000000" + "0100000000000000" + "01000000" + "0000000000000000")]
    [InlineData("01" + "0100000000000000" + "0100000000000000" + "FFFFFFFF" + "0100000000000000")]
    [InlineData("01" + "0100000000000000" + "0100000000000000" + "02000000" + "0100000000000000" + "0100000000000000")]
    public void What_is_no_tick_is_not_read(string hex) =>
        Assert.False(ClockTick.TryDecode(Convert.FromHexString(hex), out _));

    [Fact]
    public void A_tick_that_renews_more_sessions_than_there_can_be_is_not_read()
    {
        var bytes = new byte[ClockTick.HeaderBytes + ((SessionTable.SessionsMax + 1) * sizeof(long))];
        ClockTick.Encode(Second, Second, []).CopyTo(bytes, 0);
        BitConverter.TryWriteBytes(bytes.AsSpan(17), SessionTable.SessionsMax + 1);
        for (var n = 0; n <= SessionTable.SessionsMax; n++)
            BitConverter.TryWriteBytes(bytes.AsSpan(ClockTick.HeaderBytes + (n * sizeof(long))), n + 1L);

        Assert.False(ClockTick.TryDecode(bytes, out _));
    }
}
