namespace RaftAkka.Simulation.Judging;

/// <summary>
/// The configurations that a search has been in (Lowe's cache): which known operations are ordered, what
/// the key then holds, and which unknown operations were used for it.
/// </summary>
/// <remarks>
/// A configuration is also known if one was here with the same known operations and value but only some of
/// the same unknown ones: an unknown operation never has to happen, so with more of them left, whatever can
/// follow here can follow there. Configurations lie in one array, as
/// [next in bucket | value] [first word of known | words of known] known… unknown….
/// Known operations are stored without their leading words of ones and trailing words of zeros.
/// </remarks>
internal sealed class Visited(Budget budget)
{
    private const int HeaderWords = 2;
    private const int BucketsFirst = 64;

    private ulong[] words = new ulong[256];
    private int used = 1;   // Offset 0 ends a bucket.
    private int count;
    private int[] buckets = new int[BucketsFirst];
    private long memoryWords;

    /// <summary>
    /// Adds a configuration; returns false if it, or one that can do more, was here already.
    /// </summary>
    public bool Add(int value, int firstWord, ReadOnlySpan<ulong> known, ReadOnlySpan<ulong> unknown)
    {
        var hash = HashOf(value, firstWord, known);
        for (var at = buckets[hash & (uint)(buckets.Length - 1)]; at != 0; at = NextOf(at))
            if (Covers(at, value, firstWord, known, unknown)) return false;

        Store(hash, value, firstWord, known, unknown);
        return true;
    }

    public void Release() => budget.ReturnMemory(memoryWords);

    private bool Covers(
        int at, int value, int firstWord, ReadOnlySpan<ulong> known, ReadOnlySpan<ulong> unknown)
    {
        if ((int)(words[at] & uint.MaxValue) != value) return false;
        if (words[at + 1] != Extent(firstWord, known.Length)) return false;
        if (!words.AsSpan(at + HeaderWords, known.Length).SequenceEqual(known)) return false;

        // The known operations decide which return comes next, and so how many unknown calls came before.
        var others = words.AsSpan(at + HeaderWords + known.Length, unknown.Length);
        for (var word = 0; word < others.Length; word++)
            if ((others[word] & ~unknown[word]) != 0) return false;
        return true;
    }

    private void Store(
        uint hash, int value, int firstWord, ReadOnlySpan<ulong> known, ReadOnlySpan<ulong> unknown)
    {
        var size = HeaderWords + known.Length + unknown.Length;
        // Out of memory the search stays right and only gets slower: it forgets where it has been.
        if (!budget.SpendMemory(size)) return;
        memoryWords += size;

        while (used + size > words.Length) Array.Resize(ref words, words.Length * 2);
        if (++count > buckets.Length) GrowBuckets();

        ref var bucket = ref buckets[hash & (uint)(buckets.Length - 1)];
        words[used] = ((ulong)(uint)bucket << 32) | (uint)value;
        words[used + 1] = Extent(firstWord, known.Length);
        known.CopyTo(words.AsSpan(used + HeaderWords));
        unknown.CopyTo(words.AsSpan(used + HeaderWords + known.Length));
        bucket = used;
        used += size;
    }

    private void GrowBuckets()
    {
        var old = buckets;
        buckets = new int[old.Length * 2];
        foreach (var first in old)
            for (int at = first, next; at != 0; at = next)
            {
                next = NextOf(at);
                var value = (int)(words[at] & uint.MaxValue);
                var extent = words[at + 1];
                var known = words.AsSpan(at + HeaderWords, (int)(extent & uint.MaxValue));
                var hash = HashOf(value, (int)(extent >> 32), known);
                ref var bucket = ref buckets[hash & (uint)(buckets.Length - 1)];
                words[at] = ((ulong)(uint)bucket << 32) | (uint)value;
                bucket = at;
            }
    }

    private int NextOf(int at) => (int)(words[at] >> 32);

    private static ulong Extent(int firstWord, int length) => ((ulong)(uint)firstWord << 32) | (uint)length;

    // Not System.HashCode: that one differs from process to process.
    private static uint HashOf(int value, int firstWord, ReadOnlySpan<ulong> known)
    {
        var hash = Mix(((ulong)(uint)firstWord << 32) | (uint)value);
        foreach (var word in known) hash = Mix(hash ^ word);
        return (uint)(hash >> 32);
    }

    private static ulong Mix(ulong value)
    {
        value = unchecked((value ^ (value >> 31)) * 0x7FB5D329728EA185);
        value = unchecked((value ^ (value >> 27)) * 0x81DADEF4BC2DD44D);
        return value ^ (value >> 33);
    }
}
