using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace RaftAkka.KeyValue.Storage;

internal sealed partial class EntryTree
{
    // Entries 0..Count-1 in order; where there are children, child i holds what lies before entry i, and
    // child Count what lies behind the last. An entry and a child come and go by calls of their own, for
    // which child goes with an entry differs between a split, a loan and a merge. What comes: the entry, then
    // the child; what goes: the child, then the entry.
    internal sealed class Node(object owner, bool isLeaf)
    {
        public readonly object Owner = owner;
        public readonly Node[]? Children = isLeaf ? null : new Node[EntriesMax + 1];
        public int Count;

        // Reading a key means following two references into cold memory, and a search over a node would do
        // that six times. So a node keeps what tells its keys apart at hand: the bytes that all of them begin
        // with (the first _sharedBytes of _shared, some key), and the next eight of each as a number that
        // sorts alike. They lie within the node, so that reaching them takes no further step.
        private int _sharedBytes;
        private byte[] _shared = [];
        private HeadSlots _heads;
        private EntrySlots _entries;

        public bool IsFull => Count == EntriesMax;

        public Span<StoredEntry> Entries => _entries;

        private Span<long> Heads => _heads;

        // Whether the key is here, and where; or else where it would be, which is also the child to look in.
        public bool Search(ReadOnlySpan<byte> key, out int at)
        {
            var shared = _shared.AsSpan(0, _sharedBytes);
            if (!key.StartsWith(shared))
            {
                at = key.SequenceCompareTo(shared) < 0 ? 0 : Count;
                return false;
            }

            var head = HeadOf(key);
            var heads = ((ReadOnlySpan<long>)_heads)[..Count];
            at = CountBelow(heads, head);
            if (at == Count || heads[at] != head) return false;

            // Mostly one. Long keys may have more than eight bytes in common beyond what the whole node has.
            var (low, high) = (at, at + 1);
            while (high < Count && heads[high] == head) high++;
            while (low < high)
            {
                at = (low + high) >>> 1;
                var order = key.SequenceCompareTo(_entries[at].Key);
                if (order == 0) return true;

                if (order < 0) high = at;
                else low = at + 1;
            }

            at = low;
            return false;
        }

        public Node CopyFor(object newOwner)
        {
            var copy = new Node(newOwner, isLeaf: Children is null)
            {
                Count = Count, _shared = _shared, _sharedBytes = _sharedBytes, _heads = _heads, _entries = _entries,
            };
            if (Children is not null) Array.Copy(Children, copy.Children!, Count + 1);
            return copy;
        }

        // For entries, and children, that were put into their places by hand.
        public void Fill(int count)
        {
            Count = count;
            if (count > 0) TakeHeads();
        }

        public void Insert(int at, StoredEntry entry)
        {
            Entries[at..Count].CopyTo(Entries[(at + 1)..]);
            Heads[at..Count].CopyTo(Heads[(at + 1)..]);
            Entries[at] = entry;
            Count++;

            if (Count > 1 && entry.Key.AsSpan().StartsWith(_shared.AsSpan(0, _sharedBytes)))
                Heads[at] = HeadOf(entry.Key);
            else
                TakeHeads();
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

        // What the keys share they share without this one too.
        public void RemoveAt(int at)
        {
            Entries[(at + 1)..Count].CopyTo(Entries[at..]);
            Heads[(at + 1)..Count].CopyTo(Heads[at..]);
            Entries[--Count] = null!;
        }

        // For another entry with another key in the order's same place.
        public void SetAt(int at, StoredEntry entry)
        {
            RemoveAt(at);
            Insert(at, entry);
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
            Entries[from..Count].CopyTo(empty.Entries);
            Entries[from..Count].Clear();
            if (Children is not null)
            {
                Array.Copy(Children, from, empty.Children!, 0, empty.Count + 1);
                Array.Clear(Children, from, empty.Count + 1);
            }

            Count = from;
            TakeHeads();
            empty.TakeHeads();
        }

        public void Append(Node right)
        {
            right.Entries[..right.Count].CopyTo(Entries[Count..]);
            if (Children is not null) Array.Copy(right.Children!, 0, Children, Count, right.Count + 1);
            Count += right.Count;
            TakeHeads();
        }

        // In order, what the first and the last key share is what all share.
        private void TakeHeads()
        {
            _shared = Entries[0].Key;
            _sharedBytes = _shared.AsSpan().CommonPrefixLength(Entries[Count - 1].Key);
            for (var i = 0; i < Count; i++) _heads[i] = HeadOf(Entries[i].Key);
        }

        private long HeadOf(ReadOnlySpan<byte> key)
        {
            var rest = key[_sharedBytes..];
            if (rest.Length >= sizeof(ulong)) return Signed(BinaryPrimitives.ReadUInt64BigEndian(rest));

            // A short key and one that goes on with zeros have one head; Search then looks at the keys.
            Span<byte> padded = stackalloc byte[sizeof(ulong)];
            padded.Clear();
            rest.CopyTo(padded);
            return Signed(BinaryPrimitives.ReadUInt64BigEndian(padded));
        }

        // Sorts as the unsigned number did; what processors compare several of at once is signed.
        private static long Signed(ulong head) => (long)(head ^ (1UL << 63));

        // Looking at all of them takes less time than a binary search, whose every step is a guess that
        // the processor gets wrong half the time.
        private static int CountBelow(ReadOnlySpan<long> heads, long head)
        {
            ref var first = ref MemoryMarshal.GetReference(heads);
            var wanted = Vector256.Create(head);
            var below = Vector256<long>.Zero;
            var i = 0;
            for (; i <= heads.Length - Vector256<long>.Count; i += Vector256<long>.Count)
                below -= Vector256.LessThan(Vector256.LoadUnsafe(ref first, (nuint)i), wanted);

            var count = (int)Vector256.Sum(below);
            for (; i < heads.Length; i++) count += heads[i] < head ? 1 : 0;
            return count;
        }
    }

    [InlineArray(EntriesMax)]
    private struct HeadSlots
    {
        private long _first;
    }

    [InlineArray(EntriesMax)]
    private struct EntrySlots
    {
        private StoredEntry _first;
    }
}
