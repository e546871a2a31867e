namespace RaftAkka.KeyValue.Storage;

// Removing is the half of a B-tree that has the cases, so it has its own file.
internal sealed partial class EntryTree
{
    /// <summary>Removes a key that is there.</summary>
    /// <exception cref="InvalidOperationException">The key is not there.</exception>
    public void Remove(ReadOnlySpan<byte> key)
    {
        _root = Own(_root);
        Remove(_root, key);
        Count--;

        // A merge of the root's last two children leaves it without an entry, and the tree a level lower.
        if (_root is { Count: 0, Children: { } children }) _root = children[0];
    }

    // The node is owned and, unless it is the root, has more than the fewest entries: one can go, or come
    // down.
    private void Remove(Node node, ReadOnlySpan<byte> key)
    {
        var found = node.Search(key, out var at);
        if (node.Children is null)
        {
            if (!found) throw new InvalidOperationException("The key to remove is not in the tree.");
            node.RemoveAt(at);
        }
        else if (!found)
        {
            Remove(ChildWithSpare(node, at), key);
        }
        else if (node.Children[at].Count > EntriesMin)
        {
            node.SetAt(at, RemoveLast(OwnChild(node, at)));
        }
        else if (node.Children[at + 1].Count > EntriesMin)
        {
            node.SetAt(at, RemoveFirst(OwnChild(node, at + 1)));
        }
        else
        {
            Remove(MergeChildren(node, at), key);
        }
    }

    private StoredEntry RemoveLast(Node node) =>
        node.Children is null ? node.TakeAt(node.Count - 1) : RemoveLast(ChildWithSpare(node, node.Count));

    private StoredEntry RemoveFirst(Node node) =>
        node.Children is null ? node.TakeAt(0) : RemoveFirst(ChildWithSpare(node, 0));

    // The child that covers what the child at this place covered, with an entry to spare: by borrowing one
    // from a neighbour, through the parent, or by merging with a neighbour that has none to lend.
    private Node ChildWithSpare(Node parent, int at)
    {
        var children = parent.Children!;
        if (children[at].Count > EntriesMin) return OwnChild(parent, at);

        if (at > 0 && children[at - 1].Count > EntriesMin)
        {
            var left = OwnChild(parent, at - 1);
            var child = OwnChild(parent, at);
            var below = left.Children?[left.Count];
            child.Insert(0, parent.Entries[at - 1]);
            if (below is not null) child.InsertChild(0, below);
            parent.SetAt(at - 1, left.TakeAt(left.Count - 1));
            left.ForgetChildAfterLast();
            return child;
        }

        if (at < parent.Count && children[at + 1].Count > EntriesMin)
        {
            var right = OwnChild(parent, at + 1);
            var child = OwnChild(parent, at);
            child.Insert(child.Count, parent.Entries[at]);
            if (right.Children is not null) child.InsertChild(child.Count, right.TakeChildAt(0));
            parent.SetAt(at, right.TakeAt(0));
            return child;
        }

        return MergeChildren(parent, at < parent.Count ? at : at - 1);
    }

    // Two neighbours with the fewest entries and the entry between them become one full node.
    private Node MergeChildren(Node parent, int at)
    {
        var left = OwnChild(parent, at);
        var right = parent.Children![at + 1];
        left.Insert(left.Count, parent.Entries[at]);
        left.Append(right);
        parent.TakeChildAt(at + 1);
        parent.RemoveAt(at);
        return left;
    }
}
