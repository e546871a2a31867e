using System.Text;
using RaftAkka.Client;
using RaftAkka.Tool.Cluster;
using RaftAkka.Tool.Output;
using Xunit;

namespace RaftAkka.Tool.Tests;

/// <summary>Lists that are larger than this process should hold, and lists that break off.</summary>
public sealed class LargeListTests
{
    private static readonly string[] At = ["--seed", "127.0.0.1:4051"];

    private readonly Calling _call = new();

    [Theory]
    [InlineData(false), InlineData(true)]
    public async Task What_is_listed_is_written_out_before_much_more_is_read(bool asJson)
    {
        const int count = 20_000;
        using var output = new MemoryStream();
        var console = new ToolConsole(new MemoryStream(), output, new MemoryStream());
        Results results = asJson ? new JsonResults(console) : new TextResults(console, valueEndsLine: true);
        var behindMost = 0L;
        var cluster = new FakeCluster { Listing = Entries };

        await results.ListedAsync(ReadOnlyMemory<byte>.Empty, cluster.ListAsync(ReadOnlyMemory<byte>.Empty, default));

        Assert.InRange(behindMost, 1, 64 * 1024);
        Assert.True(output.Length > count * 100L);

        IEnumerable<StoredEntry> Entries()
        {
            for (var n = 0; n < count; n++)
            {
                behindMost = Math.Max(behindMost, (n * 100L) - output.Length);
                yield return Entry($"key{n:000000}", new string('v', 100));
            }
        }
    }

    [Fact]
    public void A_list_that_breaks_off_shows_what_came_and_fails()
    {
        _call.Cluster.Listing = BreaksOff;

        var called = _call.With(["list", .. At]);

        Assert.Equal("a\t1\nb\t2\n", called.Out);
        Assert.NotEqual(0, called.Status);
        Assert.Contains("no leader", called.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("keys", called.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_in_json_that_breaks_off_is_no_document()
    {
        _call.Cluster.Listing = BreaksOff;

        var called = _call.With(["list", "--json", .. At]);

        Assert.NotEqual(0, called.Status);
        Assert.ThrowsAny<System.Text.Json.JsonException>(() => System.Text.Json.JsonDocument.Parse(called.Out));
    }

    private static IEnumerable<StoredEntry> BreaksOff()
    {
        yield return Entry("a", "1");
        yield return Entry("b", "2");
        throw new QueryFailedException("no leader answered");
    }

    private static StoredEntry Entry(string key, string value) =>
        new(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(value), 1, 1, 1);
}
