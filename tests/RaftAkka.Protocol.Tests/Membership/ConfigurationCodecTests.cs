using Xunit;
using static RaftAkka.Protocol.Tests.Membership.Clusters;

namespace RaftAkka.Protocol.Tests.Membership;

public sealed class ConfigurationCodecTests
{
    private static readonly Configuration Everything = Configuration.Of(
        [new Member(Id("n2"), "h:2", MemberRole.Replica), new Member(Id("n1"), "h:1", Priority: -2, Disk: new DiskId(0x0102030405060708))],
        [new Member(Id("n3"), "h:3")],
        Ids("n0"));

    // Changing these bytes means that old logs cannot be read: bump the version, and read both.
    [Fact]
    public void The_bytes_are_these() => Assert.Equal(
        "01"
        + "0200"
        + "026E31" + "0300683A31" + "01" + "FEFFFFFF" + "0807060504030201"
        + "026E32" + "0300683A32" + "03" + "00000000" + "0000000000000000"
        + "0100"
        + "026E33" + "0300683A33" + "01" + "00000000" + "0000000000000000"
        + "01000000" + "026E30",
        Convert.ToHexString(ConfigurationCodec.Encode(Everything)));

    [Fact]
    public void What_was_written_is_read()
    {
        foreach (var written in new[] { Everything, Configuration.Empty, Of("a b c+ d~", retired: "x y") })
        {
            Assert.True(ConfigurationCodec.TryDecode(ConfigurationCodec.Encode(written), out var read));
            Assert.True(written.IsSameAs(read));
        }
    }

    [Fact]
    public void Bytes_that_are_cut_off_or_too_many_are_no_configuration()
    {
        var bytes = ConfigurationCodec.Encode(Everything);

        for (var length = 0; length < bytes.Length; length++)
            Assert.False(ConfigurationCodec.TryDecode(bytes.AsSpan(0, length), out _));
        Assert.False(ConfigurationCodec.TryDecode([.. bytes, 0], out _));
    }

    [Fact]
    public void Another_version_is_not_guessed_at()
    {
        var bytes = ConfigurationCodec.Encode(Everything);
        bytes[0]++;

        Assert.False(ConfigurationCodec.TryDecode(bytes, out _));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Damaged_bytes_are_refused_or_are_some_configuration_and_never_throw(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = ConfigurationCodec.Encode(Everything);
            for (var flips = random.Next(1, 4); flips > 0; flips--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);

            if (ConfigurationCodec.TryDecode(bytes, out var read))
                Assert.True(ConfigurationCodec.TryDecode(ConfigurationCodec.Encode(read), out _));
        }
    }

    [Theory]
    [InlineData("01FFFF")]                       // 65,535 members, it says.
    [InlineData("0100000000FFFFFFFF")]           // Four billion ids.
    [InlineData("01010002206E")]                 // An id of 32 letters, of which there is one.
    public void Counts_and_lengths_are_checked_before_use(string hex) =>
        Assert.False(ConfigurationCodec.TryDecode(Convert.FromHexString(hex), out _));
}
