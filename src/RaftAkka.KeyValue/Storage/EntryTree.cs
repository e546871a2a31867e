namespace RaftAkka.KeyValue.Storage;

/// <summary>
/// The store's keys in the order of their bytes: a B-tree that copies on write. Finding, putting and removing
/// cost O(log n), walking from a key O(log n) and a step per entry. <see cref="Capture"/> costs nothing: the
/// two trees share their nodes, and each copies a node when it first changes it.
/// </summary>
internal sealed partial class EntryTree
{
    // A wide node makes the tree flat, a narrow one makes shifting and copying cheap.
    private const int EntriesMax = 63;
    private const int EntriesMin = EntriesMax / 2;

    // Whose nodes may be changed in place: those that carry this very object. A capture replaces it, which
    // disowns all nodes of a tree at once.
    private object _owner = new();
    private Node _root;

    public EntryTree() => _root = new Node(_owner, isLeaf: true);

    private EntryTree(Node root, int count) => (_root, Count) = (root, count);

    /// <summary>How many keys there are.</summary>
    public int Count { get; private set; }

    /// <summary>A tree that keeps what this one holds now, whatever is put into either of them.</summary>
    public EntryTree Capture()
    {
        _owner = new object();
        return new EntryTree(_root, Count);
    }

    /// <summary>The entry of a key, or null.</summary>
    public StoredEntry? Find(ReadOnlySpan<byte> key) => Find(key, out _);

    /// <summary>The entry of a key, or null, and where it stands until the tree is changed.</summary>
    public StoredEntry? Find(ReadOnlySpan<byte> key, out Place place)
    {
        var node = _root;
        while (true)
        {
            if (node.Search(key, out var at))
            {
                place = new Place(node, at);
                return node.Entries[at];
            }

            if (node.Children is null)
            {
                place = default;
                return null;
            }

            node = node.Children[at];
        }
    }

    /// <summary>
    /// Puts another entry with the same key where one was just found, without looking for it again.
    /// </summary>
    public void Replace(Place place, StoredEntry entry)
    {
        // Nodes are owned from the root down, so nobody else reaches an owned node by way of a shared one.
        if (ReferenceEquals(place.Node.Owner, _owner)) place.Node.Entries[place.At] = entry;
        else Put(entry);
    }

    /// <summary>Adds an entry, or replaces the one with the same key.</summary>
    public void Put(StoredEntry entry)
    {
        if (_root.IsFull)
        {
            var root = new Node(_owner, isLeaf: false);
            root.Children![0] = _root;
            SplitChild(root, 0);
            _root = root;
        }

        var node = _root = Own(_root);
        while (true)
        {
            if (node.Search(entry.Key, out var at))
            {
                node.Entries[at] = entry;
                return;
            }

            if (node.Children is null)
            {
                node.Insert(at, entry);
                Count++;
                return;
            }

            // A full child is split on the way down, so that there is always room for what a split lifts up.
            if (node.Children[at].IsFull)
            {
                SplitChild(node, at);
                var order = entry.Key.AsSpan().SequenceCompareTo(node.Entries[at].Key);
                if (order == 0)
                {
                    node.Entries[at] = entry;
                    return;
                }

                if (order > 0) at++;
            }

            node = OwnChild(node, at);
        }
    }

    /// <summary>The entries from a key on, that key included, in the order of their bytes.</summary>
    public IEnumerable<StoredEntry> From(ReadOnlyMemory<byte> key)
    {
        // The way down: at each node, the entry that comes next once all below it has been walked.
        var path = new Stack<(Node Node, int Next)>();
        for (var node = _root; ;)
        {
            var found = node.Search(key.Span, out var at);
            path.Push((node, at));
            if (found || node.Children is null) break;
            node = node.Children[at];
        }

        while (path.TryPop(out var place))
        {
            if (place.Next == place.Node.Count) continue;
            yield return place.Node.Entries[place.Next];

            var next = place.Next + 1;
            path.Push((place.Node, next));
            for (var below = place.Node.Children?[next]; below is not null; below = below.Children?[0])
                path.Push((below, 0));
        }
    }

    /// <summary>Where an entry stands.</summary>
    internal readonly record struct Place(Node Node, int At);

    private Node Own(Node node) => ReferenceEquals(node.Owner, _owner) ? node : node.CopyFor(_owner);

    private Node OwnChild(Node parent, int at) => parent.Children![at] = Own(parent.Children[at]);

    // The parent is owned and has room. The child's middle entry moves up, what follows it into a new node.
    private void SplitChild(Node parent, int at)
    {
        var left = OwnChild(parent, at);
        var right = new Node(_owner, isLeaf: left.Children is null);
        var middle = left.Entries[EntriesMin];

        left.MoveTail(EntriesMin + 1, right);
        left.RemoveAt(EntriesMin);
        parent.Insert(at, middle);
        parent.InsertChild(at + 1, right);
    }
}
