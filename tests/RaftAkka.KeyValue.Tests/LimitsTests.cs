using RaftAkka.KeyValue.Wire;
using RaftAkka.Protocol;
using Xunit;

namespace RaftAkka.KeyValue.Tests;

public sealed class LimitsTests
{
    private readonly Store _store = new();

    [Theory]
    [InlineData(0, ReplyStatus.KeyOutOfLimits)]
    [InlineData(1, ReplyStatus.Done)]
    [InlineData(KeyValueLimits.KeyBytesMax, ReplyStatus.Done)]
    [InlineData(KeyValueLimits.KeyBytesMax + 1, ReplyStatus.KeyOutOfLimits)]
    internal void A_key_has_1_to_1024_bytes(int keyBytes, ReplyStatus status)
    {
        var key = new byte[keyBytes];

        Assert.Equal(status, _store.StatusOf(Request.Put(key, "v"u8)));
        Assert.Equal(status, _store.StatusOf(Request.SwapIfValue(key, "v"u8, "w"u8)));
        Assert.Equal(status, _store.StatusOf(Request.SwapIfAbsent(key, "w"u8)));
        Assert.Equal(status, _store.StatusOf(Request.SwapIfRevision(key, 1, "w"u8)));
        Assert.Equal(status, _store.StatusOf(Request.Delete(key)));
        Assert.Equal(status, _store.StatusOfQuery(Request.Get(key)));
    }

    [Theory]
    [InlineData(0, ReplyStatus.Done)]
    [InlineData(KeyValueLimits.KeyBytesMax, ReplyStatus.Done)]
    [InlineData(KeyValueLimits.KeyBytesMax + 1, ReplyStatus.KeyOutOfLimits)]
    internal void A_prefix_has_up_to_1024_bytes(int prefixBytes, ReplyStatus status)
    {
        Assert.Equal(status, _store.StatusOfQuery(Request.List(new byte[prefixBytes], [], 1)));
        Assert.Equal(status, _store.StatusOfQuery(Request.List([], new byte[prefixBytes], 1)));
    }

    [Theory]
    [InlineData(KeyValueLimits.ValueBytesMax, ReplyStatus.Done)]
    [InlineData(KeyValueLimits.ValueBytesMax + 1, ReplyStatus.ValueOutOfLimits)]
    internal void A_value_has_up_to_1_MiB(int valueBytes, ReplyStatus status)
    {
        var value = new byte[valueBytes];

        Assert.Equal(status, _store.StatusOf(Request.Put("k"u8, value)));
        Assert.Equal(status, _store.StatusOf(Request.SwapIfAbsent("k"u8, value)));
        Assert.Equal(status, _store.StatusOf(Request.SwapIfRevision("k"u8, 1, value)));
        Assert.Equal(status, _store.StatusOf(Request.SwapIfValue("k"u8, value.AsSpan(1), "1"u8)));
    }

    [Fact]
    public void What_is_refused_changes_nothing()
    {
        _store.Put("a", "1");
        var before = _store.Machine.Digest();

        _store.Apply(Request.Put([], "v"u8));
        _store.Apply(Request.Put("a"u8, new byte[KeyValueLimits.ValueBytesMax + 1]));
        _store.Apply([]);

        Assert.Equal(before, _store.Machine.Digest());
    }

    [Fact]
    public void The_largest_commands_fit_into_a_log_entry()
    {
        var key = new byte[KeyValueLimits.KeyBytesMax];
        var value = new byte[KeyValueLimits.ValueBytesMax];
        byte[][] largest =
        [
            Request.Put(key, value),
            Request.SwapIfRevision(key, 1, value),
            Request.SwapIfValue(key, value.AsSpan(1), [1]),
        ];

        foreach (var command in largest)
        {
            var batch = CommandBatch.Encode(
                new SessionId(1), default, [new Command(new SequenceNumber(1), command)]);
            Assert.True(batch.Length <= RecordCodec.PayloadBytesMax);
        }
    }
}
