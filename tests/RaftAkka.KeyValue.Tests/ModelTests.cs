using Xunit;

namespace RaftAkka.KeyValue.Tests;

/// <summary>The machine against the plainest store that can be written, over random requests.</summary>
public sealed class ModelTests
{
    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 10)]
    [InlineData(3, 200)]
    [InlineData(4, 2_000)]
    public void The_machine_agrees_with_a_naive_model(int seed, int keys)
    {
        var random = new Random(seed);
        var store = new Store();
        var model = new Model();

        for (var step = 0; step < 6_000; step++)
        {
            var key = $"k{random.Next(keys)}";
            var value = $"{random.Next(4)}";
            var present = model.Find(key);
            switch (random.Next(8))
            {
                case 0 or 1:
                    Assert.Equal(model.Put(key, value), store.Put(key, value));
                    break;
                case 2:
                    Assert.Equal(model.Delete(key), store.Delete(key));
                    break;
                case 3 or 4:
                    // Half of the guesses are right.
                    var expected = random.Next(2) == 0 ? present?.Value : $"{random.Next(4)}";
                    var byValue = store.Swap(key, expected, value);
                    Assert.Equal(expected == present?.Value, byValue.Swapped);
                    if (byValue.Swapped) Assert.Equal(model.Put(key, value), byValue.Current);
                    else Assert.Equal(present?.Version, byValue.Current);
                    break;
                case 5:
                    var revision = random.Next(2) == 0 ? present?.Version.ModRevision ?? 0 : random.Next(step + 1);
                    var byRevision = store.SwapAt(key, revision, value);
                    Assert.Equal(revision == (present?.Version.ModRevision ?? 0), byRevision.Swapped);
                    if (byRevision.Swapped) Assert.Equal(model.Put(key, value), byRevision.Current);
                    else Assert.Equal(present?.Version, byRevision.Current);
                    break;
                case 6:
                    var entry = store.Get(key);
                    Assert.Equal(present?.Value, entry?.ValueText);
                    Assert.Equal(present?.Version, entry?.KeyVersion);
                    break;
                default:
                    var limit = 1 + random.Next(20);
                    var page = store.List(key, limit: limit);
                    var matches = model.List(key);
                    Assert.Equal(matches.Take(limit), page.Entries.Select(found => (found.KeyText, found.ValueText)));
                    Assert.Equal(matches.Count > limit, page.Next is not null);
                    break;
            }

            Assert.Equal(model.Revision, store.Machine.Revision);
        }

        Assert.Equal(model.List(""), store.List("", limit: keys).Entries.Select(e => (e.KeyText, e.ValueText)));
    }

    private sealed class Model
    {
        private readonly Dictionary<string, (string Value, KeyVersion Version)> _entries = [];

        public long Revision { get; private set; }

        public (string Value, KeyVersion Version)? Find(string key) =>
            _entries.TryGetValue(key, out var entry) ? entry : null;

        public KeyVersion Put(string key, string value)
        {
            Revision++;
            var version = Find(key) is { Version: var old }
                ? new KeyVersion(old.CreateRevision, Revision, old.Version + 1)
                : new KeyVersion(Revision, Revision, 1);
            _entries[key] = (value, version);
            return version;
        }

        public DeleteResult Delete(string key)
        {
            var deleted = _entries.Remove(key);
            if (deleted) Revision++;
            return new DeleteResult(deleted, Revision);
        }

        public List<(string Key, string Value)> List(string prefix) => _entries
            .Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal))
            .OrderBy(entry => entry.Key, StringComparer.Ordinal)
            .Select(entry => (entry.Key, entry.Value.Value))
            .ToList();
    }
}
