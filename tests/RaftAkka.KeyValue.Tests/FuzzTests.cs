using RaftAkka.KeyValue.Wire;
using Xunit;

namespace RaftAkka.KeyValue.Tests;

/// <summary>
/// Bytes that nobody meant. A machine that throws on them would take the whole cluster down.
/// </summary>
public sealed class FuzzTests
{
    private static readonly byte[][] Requests =
    [
        Request.Put("key"u8, "value"u8),
        Request.Delete("key"u8),
        Request.SwapIfValue("key"u8, "old"u8, "new"u8),
        Request.SwapIfAbsent("key"u8, "new"u8),
        Request.SwapIfRevision("key"u8, 7, "new"u8),
        Request.Get("key"u8),
        Request.List("k"u8, "key"u8, 10),
    ];

    private static readonly byte[] NoBytes = [];

    public static TheoryData<string> MalformedRequests => new()
    {
        "",
        "01",
        "0001",                         // No such format version
        "0201016B00000000",             // a later one
        "0100016B0000",                 // no operation
        "0105016B0000",                 // one that does not exist
        "010101006B",                   // a put without a value
        "010101006B02000000AA",         // a value shorter than its length
        "010101006BFFFFFFFF",           // the longest length
        "0101FFFF",                     // a key shorter than its length
        "010201006B00",                 // a byte too many
        "010301006B0200000000",         // a flag that is neither 0 nor 1
    };

    [Theory]
    [MemberData(nameof(MalformedRequests))]
    public void A_malformed_request_gets_a_result_and_changes_nothing(string hex)
    {
        var store = new Store();

        Assert.Equal(ReplyStatus.Malformed, store.StatusOf(Convert.FromHexString(hex)));
        Assert.Equal(ReplyStatus.Malformed, store.StatusOfQuery(Convert.FromHexString(hex)));
        Assert.Equal(0, store.Machine.Revision);
    }

    [Fact]
    public void A_query_is_no_command_and_a_command_no_query()
    {
        var store = new Store();

        Assert.Equal(ReplyStatus.Malformed, store.StatusOf(Request.Get("k"u8)));
        Assert.Equal(ReplyStatus.Malformed, store.StatusOf(Request.List("k"u8, [], 1)));
        Assert.Equal(ReplyStatus.Malformed, store.StatusOfQuery(Request.Put("k"u8, "v"u8)));
        Assert.Equal(ReplyStatus.Malformed, store.StatusOfQuery(Request.Delete("k"u8)));
    }

    [Fact]
    public void Every_part_of_a_request_is_malformed()
    {
        var store = new Store();
        foreach (var request in Requests)
        {
            for (var length = 0; length < request.Length; length++)
            {
                Assert.Equal(ReplyStatus.Malformed, store.StatusOf(request[..length]));
                Assert.Equal(ReplyStatus.Malformed, store.StatusOfQuery(request[..length]));
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Damaged_requests_and_noise_always_get_a_result_and_the_same_on_every_replica(int seed)
    {
        var random = new Random(seed);
        var (store, replica) = (new Store(), new Store());
        for (var i = 0; i < 50_000; i++)
        {
            var bytes = Damaged(random, Requests[random.Next(Requests.Length)]);

            var result = store.Apply(bytes);
            Assert.NotNull(ReplyReader.Status(result));
            Assert.Equal(result.Span, replica.Apply(bytes).Span);
            Assert.NotNull(ReplyReader.Status(store.Machine.Query(bytes)));
        }

        Assert.Equal(store.Machine.Digest(), replica.Machine.Digest());
    }

    [Theory]
    [InlineData(3)]
    public void A_client_survives_damaged_results(int seed)
    {
        var random = new Random(seed);
        var store = new Store();
        store.Put("key", "value");
        byte[][] replies =
        [
            .. Requests.Take(5).Select(request => store.Apply(request).ToArray()),
            .. Requests.Skip(5).Select(request => store.Machine.Query(request).ToArray()),
        ];

        for (var i = 0; i < 50_000; i++)
        {
            var bytes = Damaged(random, replies[random.Next(replies.Length)]);

            _ = ReplyReader.Status(bytes);
            _ = ReplyReader.Put(bytes);
            _ = ReplyReader.Delete(bytes);
            _ = ReplyReader.Swap(bytes);
            _ = ReplyReader.TryGet(NoBytes, bytes, out _);
            _ = ReplyReader.List(bytes);
        }
    }

    private static byte[] Damaged(Random random, byte[] bytes)
    {
        var damaged = bytes.ToArray();
        switch (random.Next(4))
        {
            case 0:
                random.NextBytes(damaged);
                return damaged;
            case 1:
                return damaged[..random.Next(damaged.Length)];
            default:
                for (var flips = 1 + random.Next(3); flips > 0; flips--)
                    damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
                return damaged;
        }
    }
}
