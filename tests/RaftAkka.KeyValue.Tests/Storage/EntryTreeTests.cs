using System.Text;
using RaftAkka.KeyValue.Storage;
using Xunit;

namespace RaftAkka.KeyValue.Tests.Storage;

public sealed class EntryTreeTests
{
    [Theory]
    [InlineData(1, 20)]
    [InlineData(2, 200)]
    [InlineData(3, 3_000)]
    [InlineData(4, 40_000)]
    public void It_agrees_with_a_sorted_dictionary_while_it_grows_and_shrinks(int seed, int keys)
    {
        var random = new Random(seed);
        var tree = new EntryTree();
        var model = new SortedDictionary<string, StoredEntry>(StringComparer.Ordinal);

        // Mostly growing, then mostly shrinking, down to nothing: every split, loan and merge happens.
        for (var step = 0; step < keys * 6; step++)
        {
            var key = Key(random.Next(keys));
            var puts = random.Next(10) < (step < keys * 3 ? 8 : 2);
            Change(tree, model, key, puts, step);
        }

        ShouldHold(tree, model);
        foreach (var key in model.Keys.OrderBy(_ => random.Next()).ToList())
            Change(tree, model, key, puts: false, revision: 0);
        ShouldHold(tree, model);
        Assert.Equal(0, tree.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void It_takes_keys_in_order_and_in_reverse(int direction)
    {
        var tree = new EntryTree();
        var model = new SortedDictionary<string, StoredEntry>(StringComparer.Ordinal);
        var numbers = Enumerable.Range(0, 5_000).Select(i => direction > 0 ? i : 4_999 - i).ToList();

        foreach (var number in numbers) Change(tree, model, Key(number), puts: true, number);
        ShouldHold(tree, model);

        foreach (var number in numbers.Take(4_000)) Change(tree, model, Key(number), puts: false, number);
        ShouldHold(tree, model);
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public void A_capture_keeps_its_state_whatever_happens_to_the_tree(int seed)
    {
        var random = new Random(seed);
        var tree = new EntryTree();
        var model = new SortedDictionary<string, StoredEntry>(StringComparer.Ordinal);
        var captures = new List<(EntryTree Tree, SortedDictionary<string, StoredEntry> Model)>();

        for (var step = 0; step < 20_000; step++)
        {
            Change(tree, model, Key(random.Next(2_000)), puts: random.Next(10) < 6, step);
            if (step % 2_500 == 0)
                captures.Add((tree.Capture(), new SortedDictionary<string, StoredEntry>(model, StringComparer.Ordinal)));
        }

        foreach (var capture in captures) ShouldHold(capture.Tree, capture.Model);
        ShouldHold(tree, model);
    }

    [Fact]
    public void A_capture_can_be_changed_without_touching_the_tree()
    {
        var tree = new EntryTree();
        for (var i = 0; i < 500; i++) tree.Put(Entry(Key(i), i));
        var capture = tree.Capture();

        for (var i = 0; i < 500; i += 2) capture.Remove(Encoding.UTF8.GetBytes(Key(i)));

        Assert.Equal(500, tree.From(default).Count());
        Assert.Equal(250, capture.From(default).Count());
    }

    [Fact]
    public void A_tree_of_any_size_is_built_from_its_entries_in_order()
    {
        // Around every size at which a node, or a level, is full.
        var sizes = Enumerable.Range(0, 300).Concat(Enumerable.Range(2_000, 300)).Concat(Enumerable.Range(4_050, 100))
            .Concat([47 * 48, 100_000, 64 * 64 * 64 - 1, 64 * 64 * 64]);
        foreach (var size in sizes)
        {
            var next = 0;
            var tree = EntryTree.FromSorted(size, () => Entry(Key(next), next++));

            Assert.Equal(size, tree.Count);
            Assert.Equal(size, next);
            ShouldBeFilled(tree);
            var expected = 0;
            foreach (var entry in tree.From(default)) Assert.Equal(Key(expected++), Text(entry));
            Assert.Equal(size, expected);
        }
    }

    [Fact]
    public void A_walk_begins_at_any_key_there_or_not()
    {
        var tree = new EntryTree();
        for (var i = 0; i < 10_000; i += 2) tree.Put(Entry(Key(i), i));

        for (var i = 0; i < 10_000; i += 7)
        {
            var expected = Enumerable.Range(i, 10).Where(n => n % 2 == 0 && n < 10_000).Take(3).Select(Key);
            Assert.Equal(expected, tree.From(Encoding.UTF8.GetBytes(Key(i))).Take(expected.Count()).Select(Text));
        }

        Assert.Empty(tree.From(Encoding.UTF8.GetBytes(Key(99_999))));
    }

    [Fact]
    public void Order_is_that_of_unsigned_bytes_and_a_prefix_comes_first()
    {
        var tree = new EntryTree();
        byte[][] keys = [[0xFF], [0x7F], [0x80], [0x61, 0x00], [0x61], [0x61, 0x62], [0x00]];
        foreach (var key in keys) tree.Put(new StoredEntry(key, [], default));

        byte[][] inOrder = [[0x00], [0x61], [0x61, 0x00], [0x61, 0x62], [0x7F], [0x80], [0xFF]];
        Assert.Equal(inOrder, tree.From(default).Select(entry => entry.Key));
    }

    [Theory]
    [InlineData(21, 2)]
    [InlineData(22, 4)]
    [InlineData(23, 256)]
    public void Keys_of_any_length_and_likeness_keep_their_order(int seed, int alphabet)
    {
        // Few different bytes make long common beginnings, keys that begin others, and zeros at the end of
        // keys.
        var random = new Random(seed);
        var tree = new EntryTree();
        var model = new SortedDictionary<string, StoredEntry>(StringComparer.Ordinal);
        for (var step = 0; step < 30_000; step++)
        {
            var key = new byte[1 + random.Next(20)];
            for (var i = 0; i < key.Length; i++) key[i] = (byte)random.Next(alphabet);
            var hex = Convert.ToHexString(key);   // Sorts as the bytes do.
            if (random.Next(3) > 0) tree.Put(model[hex] = new StoredEntry(key, [], new KeyVersion(step, step, 1)));
            else if (model.Remove(hex)) tree.Remove(key);
        }

        Assert.True(model.Values.SequenceEqual(tree.From(default)));
        foreach (var entry in model.Values) Assert.Same(entry, tree.Find(entry.Key));
        foreach (var hex in model.Keys.ToList())
        {
            var key = Convert.FromHexString(hex + "00");
            Assert.Equal(model.ContainsKey(hex + "00"), tree.Find(key) is not null);
        }

        foreach (var entry in model.Values) tree.Remove(entry.Key);
        Assert.Equal(0, tree.Count);
    }

    [Fact]
    public void Removing_what_is_not_there_is_a_mistake_of_the_caller()
    {
        var tree = new EntryTree();
        tree.Put(Entry("a", 1));

        Assert.Throws<InvalidOperationException>(() => tree.Remove("b"u8));
    }

    private static void Change(
        EntryTree tree, SortedDictionary<string, StoredEntry> model, string key, bool puts, long revision)
    {
        if (puts)
        {
            var entry = model[key] = Entry(key, revision);
            if (tree.Find(entry.Key, out var place) is null) tree.Put(entry);
            else tree.Replace(place, entry);
        }
        else if (model.Remove(key))
        {
            tree.Remove(Encoding.UTF8.GetBytes(key));
        }
        else
        {
            Assert.Null(tree.Find(Encoding.UTF8.GetBytes(key)));
        }
    }

    private static void ShouldHold(EntryTree tree, SortedDictionary<string, StoredEntry> model)
    {
        Assert.Equal(model.Count, tree.Count);
        Assert.True(model.Values.SequenceEqual(tree.From(default)));
        foreach (var (key, entry) in model) Assert.Same(entry, tree.Find(Encoding.UTF8.GetBytes(key)));
    }

    // Every node but the root is at least half full, or removing would find nothing to borrow.
    private static void ShouldBeFilled(EntryTree tree)
    {
        var nodes = new HashSet<EntryTree.Node>();
        foreach (var entry in tree.From(default))
        {
            Assert.Same(entry, tree.Find(entry.Key, out var place));
            nodes.Add(place.Node);
        }

        Assert.All(nodes, node => Assert.InRange(node.Count, 1, 63));
        Assert.InRange(nodes.Count(node => node.Count < 31), 0, 1);
    }

    private static StoredEntry Entry(string key, long revision) =>
        new(Encoding.UTF8.GetBytes(key), [], new KeyVersion(revision, revision, 1));

    private static string Key(int number) => $"key-{number:D6}";

    private static string Text(StoredEntry entry) => Encoding.UTF8.GetString(entry.Key);
}
