namespace RaftAkka.KeyValue.Storage;

// Building a tree from entries in order, as a snapshot has them, visits every node once and compares no keys.
internal sealed partial class EntryTree
{
    // How full nodes are made: full ones would all split under the first puts, half full ones waste memory.
    private const int EntriesBuilt = 47;

    /// <summary>Builds a tree.</summary>
    /// <param name="count">How many entries there are.</param>
    /// <param name="next">Hands out the entries in the order of their keys, no key twice.</param>
    public static EntryTree FromSorted(int count, Func<StoredEntry> next)
    {
        // An entry is counted together with the gap behind it: then a node's count is the sum of its children's, as
        // the last entry of each child but the last has its gap filled by the entry of the node itself.
        var gaps = count + 1L;
        var (height, most) = (0, EntriesMax + 1L);
        for (; gaps > most; most *= EntriesMax + 1) height++;

        var owner = new object();
        return new EntryTree(Build(owner, height, gaps, isRoot: true, next), count) { _owner = owner };
    }

    private static Node Build(object owner, int height, long gaps, bool isRoot, Func<StoredEntry> next)
    {
        var node = new Node(owner, isLeaf: height == 0);
        if (height == 0)
        {
            for (var i = 0; i < gaps - 1; i++) node.Entries[i] = next();
            node.Fill((int)gaps - 1);
            return node;
        }

        var children = ChildrenOf(height, gaps, isRoot);
        for (var i = 0; i < children; i++)
        {
            // Shared out evenly: what has gone so far is taken from the whole, so that nothing is lost in rounding.
            var share = gaps * (i + 1) / children - gaps * i / children;
            node.Children![i] = Build(owner, height - 1, share, isRoot: false, next);
            if (i < children - 1) node.Entries[i] = next();
        }

        node.Fill(children - 1);
        return node;
    }

    // As many as make them as full as wanted, within what a node may have, and its children may.
    private static int ChildrenOf(int height, long gaps, bool isRoot)
    {
        var (most, wanted, least) = (1L, 1L, 1L);
        for (var i = 0; i < height; i++)
            (most, wanted, least) = (most * (EntriesMax + 1), wanted * (EntriesBuilt + 1), least * (EntriesMin + 1));

        var fewest = Math.Max(isRoot ? 2 : EntriesMin + 1, (gaps + most - 1) / most);
        return (int)Math.Clamp((gaps + wanted - 1) / wanted, fewest, Math.Min(EntriesMax + 1, gaps / least));
    }
}
