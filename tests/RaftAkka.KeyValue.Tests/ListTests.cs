using RaftAkka.KeyValue.Wire;
using Xunit;

namespace RaftAkka.KeyValue.Tests;

public sealed class ListTests
{
    private readonly Store _store = new();

    [Fact]
    public void A_list_has_the_keys_with_the_prefix_in_the_order_of_their_bytes()
    {
        foreach (var key in new[] { "b", "ab", "a", "aé", "a/2", "a/10", "B", "b/" }) _store.Put(key, key);

        Assert.Equal(["a", "a/10", "a/2", "ab", "aé"], Keys(_store.List("a")));
        Assert.Equal(["a/10", "a/2"], Keys(_store.List("a/")));
        Assert.Equal(["B", "a", "a/10", "a/2", "ab", "aé", "b", "b/"], Keys(_store.List("")));
        Assert.Empty(_store.List("c").Entries);
    }

    [Fact]
    public void A_list_brings_values_and_numbers()
    {
        _store.Put("a", "1");
        _store.Put("a", "2");

        var page = _store.List("a");

        var entry = Assert.Single(page.Entries);
        Assert.Equal("2", entry.ValueText);
        Assert.Equal(new KeyVersion(1, 2, 2), entry.KeyVersion);
        Assert.Equal(2, page.Revision);
    }

    [Fact]
    public void A_prefix_of_the_highest_bytes_has_an_end()
    {
        _store.Apply(Request.Put([0xFF, 0xFF, 0x01], "1"u8));
        _store.Apply(Request.Put([0xFF, 0xFE], "2"u8));

        var page = ReplyReader.List(_store.Machine.Query(Request.List([0xFF, 0xFF], [], 10)))!;

        Assert.Equal<byte>([0xFF, 0xFF, 0x01], Assert.Single(page.Entries).Key.ToArray());
        Assert.Null(page.Next);
    }

    [Fact]
    public void Pages_cover_every_key_once()
    {
        for (var i = 0; i < 25; i++) _store.Put($"p{i:D2}", "v");
        _store.Put("q", "not of this prefix");

        var first = _store.List("p", limit: 10);
        var second = _store.List("p", Text(first.Next), limit: 10);
        var third = _store.List("p", Text(second.Next), limit: 10);

        Assert.Equal("p10", Text(first.Next));
        Assert.Equal((10, 10, 5), (first.Entries.Count, second.Entries.Count, third.Entries.Count));
        Assert.Null(third.Next);
        Assert.Equal(
            Enumerable.Range(0, 25).Select(i => $"p{i:D2}"), Keys(first).Concat(Keys(second)).Concat(Keys(third)));
    }

    [Fact]
    public void A_page_that_ends_with_the_last_key_is_the_last_page()
    {
        for (var i = 0; i < 10; i++) _store.Put($"p{i}", "v");

        Assert.Null(_store.List("p", limit: 10).Next);
    }

    [Fact]
    public void A_page_goes_on_though_the_key_it_begins_with_was_deleted()
    {
        for (var i = 0; i < 4; i++) _store.Put($"p{i}", "v");
        var next = Text(_store.List("p", limit: 2).Next);

        _store.Delete(next);

        Assert.Equal(["p3"], Keys(_store.List("p", next)));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("b")]
    [InlineData("b0")]
    public void A_beginning_before_the_prefix_is_the_prefix(string from)
    {
        _store.Put("a1", "");
        _store.Put("b1", "");

        Assert.Equal(["b1"], Keys(_store.List("b", from)));
    }

    [Fact]
    public void A_beginning_behind_the_prefix_finds_nothing()
    {
        _store.Put("b1", "");
        _store.Put("c1", "");

        Assert.Empty(_store.List("b", "c").Entries);
    }

    [Fact]
    public void A_page_ends_before_it_gets_too_large()
    {
        for (var i = 0; i < 10; i++) _store.Put($"p{i}", new string('v', 200 * 1024));

        var page = _store.List("p");

        Assert.Equal(2, page.Entries.Count);
        Assert.Equal("p2", Text(page.Next));
    }

    [Fact]
    public void An_entry_larger_than_a_page_is_a_page()
    {
        _store.Put("p0", new string('v', KeyValueLimits.ValueBytesMax));
        _store.Put("p1", "v");

        var page = _store.List("p");

        Assert.Equal(["p0"], Keys(page));
        Assert.Equal(["p1"], Keys(_store.List("p", Text(page.Next))));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(int.MaxValue, KeyValueLimits.PageEntriesMax)]
    [InlineData(-1, KeyValueLimits.PageEntriesMax)]   // On the wire, that is the largest number.
    public void The_machine_has_a_limit_of_its_own(int asked, int given)
    {
        for (var i = 0; i <= KeyValueLimits.PageEntriesMax; i++) _store.Put($"{i:D6}", "");

        Assert.Equal(given, _store.List("", limit: asked).Entries.Count);
    }

    private static IEnumerable<string> Keys(KeyValuePage page) => page.Entries.Select(entry => entry.KeyText);

    private static string Text(ReadOnlyMemory<byte>? key) => System.Text.Encoding.UTF8.GetString(key!.Value.Span);
}
