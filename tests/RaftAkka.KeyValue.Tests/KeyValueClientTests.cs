using Akka.TestKit.Xunit2;
using RaftAkka.Client;
using RaftAkka.Protocol;
using RaftAkka.KeyValue.Wire;
using Xunit;

namespace RaftAkka.KeyValue.Tests;

/// <summary>The typed client with a probe in its actor's place and a machine behind the probe.</summary>
public sealed class KeyValueClientTests : TestKit
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(7);

    private readonly Store _store = new();
    private readonly KeyValueClient _client;

    public KeyValueClientTests() => _client = new KeyValueClient(new RaftClient(TestActor, DefaultTimeout));

    [Fact]
    public async Task Put_and_get_bring_the_value_back()
    {
        var put = _client.PutAsync("key", "välue");
        Serve(ClientCallKind.Command);
        Assert.Equal(new KeyVersion(1, 1, 1), await put);

        var get = _client.GetAsync("key");
        Serve(ClientCallKind.Query);
        var entry = (await get)!;
        Assert.Equal(("key", "välue"), (entry.KeyText, entry.ValueText));
        Assert.Equal((1, 1, 1), (entry.CreateRevision, entry.ModRevision, entry.Version));
    }

    [Fact]
    public async Task Bytes_travel_as_they_are()
    {
        var put = _client.PutAsync(new byte[] { 0, 0xFF }, new byte[] { 0xC3, 0x28 });
        Serve(ClientCallKind.Command);
        await put;

        var get = _client.GetAsync(new byte[] { 0, 0xFF });
        Serve(ClientCallKind.Query);
        var entry = await get;
        Assert.Equal<byte>([0xC3, 0x28], entry!.Value.ToArray());
    }

    [Fact]
    public async Task A_get_of_an_absent_key_is_null()
    {
        var get = _client.GetAsync("key");
        Serve(ClientCallKind.Query);

        Assert.Null(await get);
    }

    [Fact]
    public async Task Reads_promise_what_they_were_asked_to_promise()
    {
        var stale = _client.WithReads(ReadConsistency.Stale);

        var reads = new Task[] { _client.GetAsync("key"), stale.GetAsync("key"), stale.ListPageAsync("k") };
        Assert.Equal(ReadConsistency.Linearizable, Serve(ClientCallKind.Query).Consistency);
        Assert.Equal(ReadConsistency.Stale, Serve(ClientCallKind.Query).Consistency);
        Assert.Equal(ReadConsistency.Stale, Serve(ClientCallKind.Query).Consistency);
        await Task.WhenAll(reads);
    }

    [Fact]
    public async Task A_delete_tells_whether_the_key_was_there()
    {
        _store.Put("key", "1");

        var first = _client.DeleteAsync("key");
        Serve(ClientCallKind.Command);
        Assert.Equal(new DeleteResult(true, 2), await first);

        var second = _client.DeleteAsync("key");
        Serve(ClientCallKind.Command);
        Assert.Equal(new DeleteResult(false, 2), await second);
    }

    [Fact]
    public async Task A_swap_expects_a_value_or_none()
    {
        var created = _client.CompareAndSwapAsync("key", expected: null, "1");
        Serve(ClientCallKind.Command);
        Assert.True((await created).Swapped);

        var failed = _client.CompareAndSwapAsync("key", expected: null, "2");
        Serve(ClientCallKind.Command);
        var current = (await failed).CurrentValue;
        Assert.Equal("1"u8, current!.Value.Span);

        var swapped = _client.CompareAndSwapAsync("key", "1", "2");
        Serve(ClientCallKind.Command);
        Assert.Equal(new KeyVersion(1, 2, 2), (await swapped).Current);
    }

    [Fact]
    public async Task An_empty_expected_value_is_not_an_absent_key()
    {
        var swap = _client.CompareAndSwapAsync(Store.Bytes("key"), expected: [], Store.Bytes("1"));
        Serve(ClientCallKind.Command);

        var result = await swap;
        Assert.False(result.Swapped);
        Assert.Null(result.Current);
    }

    [Fact]
    public async Task A_swap_expects_a_revision()
    {
        var created = _client.CompareAndSwapAsync("key", 0, "1");
        Serve(ClientCallKind.Command);
        Assert.True((await created).Swapped);

        var swapped = _client.CompareAndSwapAsync(Store.Bytes("key"), 1, Store.Bytes("2"));
        Serve(ClientCallKind.Command);
        Assert.True((await swapped).Swapped);

        var failed = _client.CompareAndSwapAsync("key", 1, "3");
        Serve(ClientCallKind.Command);
        Assert.False((await failed).Swapped);
    }

    [Fact]
    public async Task A_list_follows_the_pages()
    {
        for (var i = 0; i < 5; i++) _store.Put($"p{i}", new string('v', 200 * 1024));   // Two on a page.
        _store.Put("q", "v");

        var list = ReadToEnd(_client.ListAsync("p"));
        Serve(ClientCallKind.Query);
        Serve(ClientCallKind.Query);
        Serve(ClientCallKind.Query);

        Assert.Equal(["p0", "p1", "p2", "p3", "p4"], await list);
        ExpectNoMsg(TimeSpan.Zero);
    }

    [Theory]
    [InlineData(2, 1)]   // As many as the first page holds: the second is not asked for.
    [InlineData(3, 2)]
    public async Task A_list_ends_at_its_limit(int limit, int pages)
    {
        for (var i = 0; i < 5; i++) _store.Put($"p{i}", new string('v', 200 * 1024));

        var list = ReadToEnd(_client.ListAsync("p", limit));
        for (var i = 0; i < pages; i++) Serve(ClientCallKind.Query);

        Assert.Equal(limit, (await list).Count);
        ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public async Task A_page_goes_on_where_the_one_before_ended_and_tells_its_revision()
    {
        for (var i = 0; i < 3; i++) _store.Put($"p{i}", "v");

        var first = _client.ListPageAsync("p", limit: 2);
        Serve(ClientCallKind.Query);
        _store.Put("p9", "v");
        var second = _client.ListPageAsync("p", (await first).Next!.Value);
        Serve(ClientCallKind.Query);

        Assert.Equal(["p2", "p9"], (await second).Entries.Select(entry => entry.KeyText));
        Assert.Null((await second).Next);
        Assert.Equal((3, 4), ((await first).Revision, (await second).Revision));
    }

    [Fact]
    public async Task Every_call_passes_its_timeout_on()
    {
        var timeout = TimeSpan.FromMilliseconds(1234);
        Task[] calls =
        [
            _client.PutAsync("k", "v", timeout),
            _client.GetAsync("k", timeout),
            _client.DeleteAsync("k", timeout),
            _client.CompareAndSwapAsync("k", "e", "v", timeout),
            _client.CompareAndSwapAsync("k", 1, "v", timeout),
            _client.ListPageAsync("k", timeout: timeout),
            ReadToEnd(_client.ListAsync("k", timeout: timeout)),
        ];
        foreach (var _ in calls) Assert.Equal(timeout, Serve().Timeout);
        await Task.WhenAll(calls);

        var byDefault = _client.GetAsync("k");
        Assert.Equal(DefaultTimeout, Serve().Timeout);
        await byDefault;
    }

    [Fact]
    public async Task Every_call_passes_its_token_on()
    {
        var ended = new CancellationToken(canceled: true);
        Func<Task>[] calls =
        [
            () => _client.PutAsync("k", "v", cancellationToken: ended),
            () => _client.GetAsync("k", cancellationToken: ended),
            () => _client.DeleteAsync("k", cancellationToken: ended),
            () => _client.CompareAndSwapAsync("k", "e", "v", cancellationToken: ended),
            () => _client.CompareAndSwapAsync("k", 1, "v", cancellationToken: ended),
            () => _client.ListPageAsync("k", cancellationToken: ended),
            () => ReadToEnd(_client.ListAsync("k", cancellationToken: ended)),
            () => ReadToEnd(_client.ListAsync("k"), ended),
        ];

        foreach (var call in calls) await Assert.ThrowsAnyAsync<OperationCanceledException>(call);
        ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public async Task A_failure_of_the_call_reaches_the_caller()
    {
        var put = _client.PutAsync("k", "v");
        ExpectMsg<ClientCall>().LeaveUnknown("the leader died");
        await Assert.ThrowsAsync<OutcomeUnknownException>(() => put);

        var get = _client.GetAsync("k");
        ExpectMsg<ClientCall>().Refuse("nobody is there");
        await Assert.ThrowsAsync<QueryFailedException>(() => get);

        var delete = _client.DeleteAsync("k");
        ExpectMsg<ClientCall>().Refuse("no leader took it");
        await Assert.ThrowsAsync<CommandNotAppliedException>(() => delete);
    }

    [Theory]
    [InlineData("")]         // Another machine's answers:
    [InlineData("FF")]
    [InlineData("0200")]     // a later format version,
    [InlineData("0104")]     // a later status,
    [InlineData("0100AA")]   // a result cut short.
    public async Task An_answer_of_another_machine_is_named_so(string hex)
    {
        Func<Task>[] calls =
        [
            () => _client.PutAsync("k", "v"),
            () => _client.GetAsync("k"),
            () => _client.DeleteAsync("k"),
            () => _client.CompareAndSwapAsync("k", "e", "v"),
            () => _client.ListPageAsync("k"),
        ];
        foreach (var call in calls)
        {
            var outcome = call();
            ExpectMsg<ClientCall>().Complete(Convert.FromHexString(hex));
            var thrown = await Assert.ThrowsAsync<KeyValueException>(() => outcome);
            Assert.Contains("KeyValueMachine", thrown.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_refusal_by_the_machine_reaches_the_caller()
    {
        var put = _client.PutAsync("k", "v");
        ExpectMsg<ClientCall>().Complete(Reply.Refused(ReplyStatus.ValueOutOfLimits));

        var thrown = await Assert.ThrowsAsync<KeyValueException>(() => put);
        Assert.Contains("changed nothing", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_beyond_the_limits_is_not_sent()
    {
        var longKey = new string('k', KeyValueLimits.KeyBytesMax + 1);
        var longValue = new byte[KeyValueLimits.ValueBytesMax + 1];
        var key = Store.Bytes("k");
        Func<Task>[] calls =
        [
            () => _client.PutAsync("", "v"),
            () => _client.PutAsync(longKey, "v"),
            () => _client.PutAsync(key, longValue),
            () => _client.GetAsync(""),
            () => _client.GetAsync(longKey),
            () => _client.DeleteAsync(longKey),
            () => _client.CompareAndSwapAsync(longKey, "e", "v"),
            () => _client.CompareAndSwapAsync(key, longValue[..^1], key),   // Only together are they too long.
            () => _client.CompareAndSwapAsync(key, 1, longValue),
            () => _client.CompareAndSwapAsync("k", -1, "v"),
            () => _client.ListPageAsync(longKey),
            () => _client.ListPageAsync("k", Store.Bytes(longKey)),
            () => _client.ListPageAsync("k", limit: 0),
            () => Task.FromResult(_client.ListAsync(longKey)),
            () => Task.FromResult(_client.ListAsync("k", limit: 0)),
        ];

        foreach (var call in calls) await Assert.ThrowsAnyAsync<ArgumentException>(call);
        ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public async Task A_refused_argument_says_what_the_limit_is()
    {
        var thrown = await Assert.ThrowsAsync<ArgumentException>(
            () => _client.PutAsync(new byte[1025], new byte[1]));

        Assert.Contains("A key may have 1024 bytes; this one has 1025. Nothing was sent.", thrown.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_that_has_no_encoding_is_not_sent()
    {
        // A lenient encoder would send this key and "\udc00" as the same bytes.
        await Assert.ThrowsAnyAsync<ArgumentException>(() => _client.PutAsync("\ud800", "v"));
        ExpectNoMsg(TimeSpan.Zero);
    }

    private ClientCall Serve(ClientCallKind kind)
    {
        var call = Serve();
        Assert.Equal(kind, call.Kind);
        return call;
    }

    private ClientCall Serve()
    {
        var call = ExpectMsg<ClientCall>();
        call.Complete(call.Kind == ClientCallKind.Command
            ? _store.Apply(call.Body.ToArray())
            : _store.Machine.Query(call.Body));
        return call;
    }

    private static async Task<List<string>> ReadToEnd(
        IAsyncEnumerable<KeyValueEntry> list, CancellationToken cancellationToken = default)
    {
        var keys = new List<string>();
        await foreach (var entry in list.WithCancellation(cancellationToken)) keys.Add(entry.KeyText);
        return keys;
    }
}
