namespace RaftAkka.KeyValue.Storage;

internal sealed partial class EntryTree
{
    // Entries 0..Count-1 in order; where there are children, child i holds what lies before entry i, and child
    // Count what lies behind the last. An entry and a child come and go by calls of their own, for which child
    // goes with an entry differs between a split, a loan and a merge. What comes: the entry, then the child;
    // what goes: the child, then the entry.
    private sealed class Node(object owner, bool isLeaf)
    {
        public readonly object Owner = owner;
        public readonly StoredEntry[] Entries = new StoredEntry[EntriesMax];
        public readonly Node[]? Children = isLeaf ? null : new Node[EntriesMax + 1];
        public int Count;

        public bool IsFull => Count == EntriesMax;

        // Whether the key is here, and where; or else where it would be, which is also the child to look in.
        public bool Search(ReadOnlySpan<byte> key, out int at)
        {
            var (low, high) = (0, Count);
            while (low < high)
            {
                var middle = (low + high) >>> 1;
                var order = key.SequenceCompareTo(Entries[middle].Key);
                if (order == 0)
                {
                    at = middle;
                    return true;
                }

                if (order < 0) high = middle;
                else low = middle + 1;
            }

            at = low;
            return false;
        }

        public Node CopyFor(object newOwner)
        {
            var copy = new Node(newOwner, isLeaf: Children is null) { Count = Count };
            Array.Copy(Entries, copy.Entries, Count);
            if (Children is not null) Array.Copy(Children, copy.Children!, Count + 1);
            return copy;
        }

        public void Insert(int at, StoredEntry entry)
        {
            Array.Copy(Entries, at, Entries, at + 1, Count - at);
            Entries[at] = entry;
            Count++;
        }

        // Called after Insert: Count is already that of the node to be.
        public void InsertChild(int at, Node child)
        {
            Array.Copy(Children!, at, Children!, at + 1, Count - at);
            Children![at] = child;
        }

        public StoredEntry TakeAt(int at)
        {
            var entry = Entries[at];
            RemoveAt(at);
            return entry;
        }

        public void RemoveAt(int at)
        {
            Count--;
            Array.Copy(Entries, at + 1, Entries, at, Count - at);
            Entries[Count] = null!;
        }

        // Called before RemoveAt: Count is still that of the node with this child.
        public Node TakeChildAt(int at)
        {
            var child = Children![at];
            Array.Copy(Children, at + 1, Children, at, Count - at);
            Children[Count] = null!;
            return child;
        }

        public void ForgetChildAfterLast()
        {
            if (Children is not null) Children[Count + 1] = null!;
        }

        // Everything from an entry on goes into an empty node, and the children around those entries with it.
        public void MoveTail(int from, Node empty)
        {
            empty.Count = Count - from;
            Array.Copy(Entries, from, empty.Entries, 0, empty.Count);
            Array.Clear(Entries, from, empty.Count);
            if (Children is not null)
            {
                Array.Copy(Children, from, empty.Children!, 0, empty.Count + 1);
                Array.Clear(Children, from, empty.Count + 1);
            }

            Count = from;
        }

        public void Append(Node right)
        {
            Array.Copy(right.Entries, 0, Entries, Count, right.Count);
            if (Children is not null) Array.Copy(right.Children!, 0, Children, Count, right.Count + 1);
            Count += right.Count;
        }
    }
}
