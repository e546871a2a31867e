using RaftAkka.KeyValue.Wire;
using Xunit;

namespace RaftAkka.KeyValue.Tests;

/// <summary>
/// The format, byte by byte. Commands stand in logs for ever and results are computed by every server, so a
/// test that fails here is a new format version, never a new expectation.
/// </summary>
public sealed class GoldenBytesTests
{
    private readonly Store _store = new();

    [Fact]
    public void Requests()
    {
        ShouldBe("0101" + "03006B6579" + "020000007631", Request.Put("key"u8, "v1"u8));
        ShouldBe("0102" + "03006B6579", Request.Delete("key"u8));
        ShouldBe(
            "0103" + "03006B6579" + "01" + "020000007631" + "020000007632", Request.SwapIfValue("key"u8, "v1"u8, "v2"u8));
        ShouldBe("0103" + "03006B6579" + "00" + "020000007632", Request.SwapIfAbsent("key"u8, "v2"u8));
        ShouldBe(
            "0104" + "03006B6579" + "0807060504030201" + "020000007632",
            Request.SwapIfRevision("key"u8, 0x0102030405060708, "v2"u8));
        ShouldBe("0110" + "03006B6579", Request.Get("key"u8));
        ShouldBe("0111" + "01006B" + "03006B6579" + "E8030000", Request.List("k"u8, "key"u8, 1_000));
    }

    [Fact]
    public void Results()
    {
        const string one = "0100000000000000";
        const string two = "0200000000000000";
        const string three = "0300000000000000";

        ShouldBe("0100" + one + one + one, _store.Apply(Request.Put("key"u8, "v1"u8)));
        ShouldBe("0100" + one + two + two, _store.Apply(Request.Put("key"u8, "v2"u8)));

        ShouldBe(
            "0100" + "00" + two + "01" + one + two + two + "01" + "020000007632",
            _store.Apply(Request.SwapIfValue("key"u8, "v1"u8, "v3"u8)));
        ShouldBe("0100" + "00" + two + "00" + "00", _store.Apply(Request.SwapIfValue("other"u8, "v1"u8, "v3"u8)));
        ShouldBe(
            "0100" + "01" + three + "01" + one + three + three + "00",
            _store.Apply(Request.SwapIfRevision("key"u8, 2, "v3"u8)));

        ShouldBe(
            "0100" + three + "01" + one + three + three + "020000007633", _store.Machine.Query(Request.Get("key"u8)));
        ShouldBe("0100" + three + "00", _store.Machine.Query(Request.Get("other"u8)));
        ShouldBe(
            "0100" + three + "01000000" + "03006B6579" + one + three + three + "020000007633" + "0000",
            _store.Machine.Query(Request.List([], [], 10)));

        ShouldBe("0100" + "00" + three, _store.Apply(Request.Delete("other"u8)));
        ShouldBe("0100" + "01" + "0400000000000000", _store.Apply(Request.Delete("key"u8)));
    }

    [Fact]
    public void A_page_names_the_next_key()
    {
        _store.Put("a", "");
        _store.Put("bc", "");

        ShouldBe(
            "0100" + "0200000000000000" + "01000000"
            + "010061" + "010000000000000001000000000000000100000000000000" + "00000000" + "02006263",
            _store.Machine.Query(Request.List([], [], 1)));
    }

    [Fact]
    public void Refusals()
    {
        ShouldBe("0101", _store.Apply([]));
        ShouldBe("0102", _store.Apply(Request.Delete([])));
        ShouldBe("0103", _store.Apply(Request.Put("k"u8, new byte[KeyValueLimits.ValueBytesMax + 1])));
    }

    [Fact]
    public void The_digest_of_a_known_state()
    {
        _store.Put("a", "1");
        _store.Put("b", "2");

        Assert.Equal("ce5811e1ba85a653385ab8877a721964a0f8fa78ab11bba3d836ef7af54f0114", _store.Machine.Digest());
    }

    private static void ShouldBe(string hex, ReadOnlyMemory<byte> bytes) =>
        Assert.Equal(hex, Convert.ToHexString(bytes.Span));
}
