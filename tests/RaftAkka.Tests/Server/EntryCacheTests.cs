using RaftAkka.Protocol;
using RaftAkka.Server;
using RaftAkka.Tests.Server.Cast;
using Xunit;
using static RaftAkka.Tests.Server.Cast.Logs;

namespace RaftAkka.Tests.Server;

public sealed class EntryCacheTests
{
    private const int RecordBytes = RecordCodec.HeaderBytes;   // The entries here have no payload.

    [Fact]
    public void An_empty_cache_has_nothing() =>
        Assert.Null(new EntryCache(1_000).Read(At(1), At(1), 1_000));

    [Fact]
    public void What_was_kept_is_read_from_any_place_on()
    {
        var cache = new EntryCache(1_000);
        cache.Append(Entries(5, 1, 1, 2));

        Assert.Equal([Id(6, 1), Id(7, 2)], Read(cache, from: 6, through: 9));
        Assert.Equal([Id(5, 1)], Read(cache, from: 5, through: 5));
        Assert.Null(cache.Read(At(4), At(7), 1_000));
        Assert.Null(cache.Read(At(8), At(9), 1_000));
    }

    [Fact]
    public void The_oldest_entries_make_room_and_the_newest_stays_however_large()
    {
        var cache = new EntryCache(2 * RecordBytes);
        cache.Append(Entries(1, 1, 1, 1));
        Assert.Null(cache.Read(At(1), At(3), 1_000));
        Assert.Equal([Id(2, 1), Id(3, 1)], Read(cache, from: 2, through: 3));

        cache.Append(LogSlice.Of(Entry(4, 1, new string('x', 1_000))));
        Assert.Null(cache.Read(At(3), At(4), 1_000));
        Assert.Equal([Id(4, 1)], Read(cache, from: 4, through: 4));
    }

    [Fact]
    public void Replaced_entries_are_gone_with_all_behind_them()
    {
        var cache = new EntryCache(1_000);
        cache.Append(Entries(5, 1, 1, 1));

        cache.Append(Entries(6, 2));
        Assert.Equal([Id(5, 1), Id(6, 2)], Read(cache, from: 5, through: 9));

        cache.Append(Entries(3, 3));   // Before everything that is here.
        Assert.Equal([Id(3, 3)], Read(cache, from: 3, through: 9));
    }

    [Fact]
    public void A_reading_stops_at_its_limits_but_brings_at_least_one_entry()
    {
        var cache = new EntryCache(1_000);
        cache.Append(Entries(1, 1, 1, 1, 1));

        Assert.Equal(2, cache.Read(At(1), At(4), 2 * RecordBytes)!.Count);
        Assert.Single(cache.Read(At(1), At(4), 2 * RecordBytes - 1)!);
        Assert.Single(cache.Read(At(1), At(4), 1)!);
        Assert.Equal(3, cache.Read(At(1), At(4), 1_000, countMax: 3)!.Count);
    }

    [Theory]
    [InlineData(51)]
    [InlineData(52)]
    [InlineData(53)]
    public void It_has_the_newest_of_what_a_list_would_have(int seed)
    {
        var random = new Random(seed);
        var bytesMax = random.Next(500, 3_000) * RecordBytes;   // Around the ring's first size, so that it grows, and wraps.
        var cache = new EntryCache(bytesMax);
        var log = new List<int>();
        var first = 1;   // The oldest index that must be there.

        for (var step = 0; step < 400; step++)
        {
            var from = random.Next(8) == 0 ? random.Next(Math.Max(0, log.Count - 600), log.Count + 1) : log.Count;
            log.RemoveRange(from, log.Count - from);
            var term = (log.Count == 0 ? 1 : log[^1]) + random.Next(2);
            int[] added = [.. Enumerable.Repeat(term, random.Next(1, 120))];
            log.AddRange(added);
            cache.Append(Entries(from + 1, added));

            first = Math.Max(Math.Min(first, from + 1), log.Count - bytesMax / RecordBytes + 1);
            Assert.Null(cache.Read(At(first - 1), At(log.Count), int.MaxValue));
            Assert.Equal(log.Skip(first - 1).Select((t, i) => Id(first + i, t)), Read(cache, first, log.Count));
        }
    }

    private static IEnumerable<EntryId> Read(EntryCache cache, int from, int through) =>
        cache.Read(At(from), At(through), int.MaxValue)!.Ids();
}
