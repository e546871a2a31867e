using RaftAkka.KeyValue.Wire;
using Xunit;

namespace RaftAkka.KeyValue.Tests;

public sealed class KeyValueMachineTests
{
    private readonly Store _store = new();

    [Fact]
    public void A_new_store_is_empty_at_revision_0()
    {
        Assert.Null(_store.Get("a"));
        var page = _store.List("");
        Assert.Empty(page.Entries);
        Assert.Equal(0, page.Revision);
    }

    [Fact]
    public void A_put_creates_a_key_and_later_puts_count_its_version_up()
    {
        Assert.Equal(new KeyVersion(1, 1, 1), _store.Put("a", "1"));
        Assert.Equal(new KeyVersion(2, 2, 1), _store.Put("b", "1"));
        Assert.Equal(new KeyVersion(1, 3, 2), _store.Put("a", "2"));
        Assert.Equal(new KeyVersion(1, 4, 3), _store.Put("a", "2"));   // The same value again is a change too.

        var entry = _store.Get("a")!;
        Assert.Equal("2", entry.ValueText);
        Assert.Equal((1, 4, 3), (entry.CreateRevision, entry.ModRevision, entry.Version));
    }

    [Fact]
    public void An_empty_value_is_a_value()
    {
        _store.Put("a", "");

        Assert.Equal("", _store.Get("a")!.ValueText);
        Assert.True(_store.Swap("a", expected: "", value: "1").Swapped);
    }

    [Fact]
    public void A_delete_is_a_change_only_where_the_key_is_there()
    {
        _store.Put("a", "1");

        Assert.Equal(new DeleteResult(false, 1), _store.Delete("b"));
        Assert.Equal(new DeleteResult(true, 2), _store.Delete("a"));
        Assert.Equal(new DeleteResult(false, 2), _store.Delete("a"));
        Assert.Null(_store.Get("a"));
    }

    [Fact]
    public void A_deleted_key_is_created_anew()
    {
        _store.Put("a", "1");
        _store.Put("a", "2");
        _store.Delete("a");

        Assert.Equal(new KeyVersion(4, 4, 1), _store.Put("a", "3"));
    }

    [Theory]
    [InlineData(null, null, true)]
    [InlineData(null, "x", false)]
    [InlineData(null, "", false)]
    [InlineData("x", "x", true)]
    [InlineData("x", "y", false)]
    [InlineData("x", "xx", false)]
    [InlineData("x", null, false)]
    [InlineData("", null, false)]
    [InlineData("", "", true)]
    public void A_swap_by_value_compares_all_of_it(string? present, string? expected, bool swaps)
    {
        if (present is not null) _store.Put("a", present);
        var before = _store.Machine.Digest();

        var result = _store.Swap("a", expected, "new");

        Assert.Equal(swaps, result.Swapped);
        Assert.Equal(swaps ? "new" : present, _store.Get("a")?.ValueText);
        Assert.Equal(swaps, before != _store.Machine.Digest());   // A failed swap changes nothing, no counter either.
        Assert.Equal(_store.Machine.Revision, result.Revision);
    }

    [Fact]
    public void A_swap_by_revision_fails_after_any_change_of_the_key()
    {
        Assert.True(_store.SwapAt("a", 0, "1").Swapped);
        Assert.False(_store.SwapAt("a", 0, "2").Swapped);

        _store.Put("a", "1");   // The same value: a swap by value would not notice.
        Assert.False(_store.SwapAt("a", 1, "2").Swapped);

        var result = _store.SwapAt("a", 2, "2");
        Assert.True(result.Swapped);
        Assert.Equal(new KeyVersion(1, 3, 3), result.Current);
        Assert.Null(result.CurrentValue);
    }

    [Fact]
    public void A_swap_by_revision_of_a_deleted_key_expects_0()
    {
        _store.Put("a", "1");
        _store.Delete("a");

        Assert.False(_store.SwapAt("a", 1, "2").Swapped);
        Assert.False(_store.SwapAt("a", -1, "2").Swapped);
        Assert.True(_store.SwapAt("a", 0, "2").Swapped);
    }

    [Fact]
    public void A_failed_swap_tells_what_is_there()
    {
        _store.Put("a", "1");

        var result = _store.Swap("a", "2", "3");
        Assert.Equal(new KeyVersion(1, 1, 1), result.Current);
        Assert.Equal("1"u8, result.CurrentValue!.Value.Span);

        var absent = _store.Swap("b", "2", "3");
        Assert.Null(absent.Current);
        Assert.Null(absent.CurrentValue);
    }

    [Fact]
    public void A_failed_swap_leaves_a_long_value_to_a_get()
    {
        // The session table keeps results on every server until the client has them.
        _store.Put("fits", new string('v', KeyValueLimits.ResultValueBytesMax));
        _store.Put("long", new string('v', KeyValueLimits.ResultValueBytesMax + 1));

        Assert.NotNull(_store.Swap("fits", "?", "new").CurrentValue);
        var result = _store.Swap("long", "?", "new");
        Assert.NotNull(result.Current);
        Assert.Null(result.CurrentValue);
    }

    [Fact]
    public void The_machine_keeps_copies_of_what_it_is_lent()
    {
        var command = Request.Put("key"u8, "value"u8);
        _store.Apply(command);

        Array.Fill(command, (byte)'!');

        Assert.Equal("value", _store.Get("key")!.ValueText);
    }

    [Fact]
    public void Replicas_have_one_digest_and_every_difference_another()
    {
        var replica = new Store();
        foreach (var store in new[] { _store, replica })
        {
            store.Put("a", "1");
            store.Put("b", "2");
        }

        Assert.Equal(replica.Machine.Digest(), _store.Machine.Digest());

        replica.Put("c", "3");
        replica.Delete("c");   // The same keys and values, but at a later revision.
        Assert.NotEqual(replica.Machine.Digest(), _store.Machine.Digest());
    }
}
