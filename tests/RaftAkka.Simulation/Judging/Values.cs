namespace RaftAkka.Simulation.Judging;

/// <summary>
/// The values one key can hold, as numbers: equal values have equal numbers. A value made by an append
/// is kept as its parent and a suffix, so that a thousand appends do not cost a thousand copies.
/// </summary>
internal sealed class Values
{
    public const int Absent = 0;

    private const int NoParent = -1;
    private const ulong HashBase = 0x9E3779B97F4A7C15;

    private readonly List<Node> nodes = [];
    private readonly Dictionary<(ulong Hash, int Length), List<int>> byHash = [];
    private readonly Dictionary<(int Value, int Suffix), int> appended = [];

    public Values() => nodes.Add(new Node(NoParent, "", 0, 0, 1));   // Absent: in no hash bucket, equal to none.

    // Text is the whole value or, with a parent, what follows the parent's value. Length, Hash and Power
    // (HashBase to the power of Length) are of the whole value.
    private readonly record struct Node(int Parent, string Text, int Length, ulong Hash, ulong Power);

    public int Of(string? text)
    {
        if (text is null) return Absent;
        var (hash, power) = (0UL, 1UL);
        foreach (var character in text)
        {
            hash = unchecked((hash * HashBase) + character + 1);
            power = unchecked(power * HashBase);
        }
        return NumberOf(new Node(NoParent, text, text.Length, hash, power));
    }

    /// <summary>The value after an append; an absent key counts as the empty string.</summary>
    public int Append(int value, int suffix)
    {
        if (value == Absent) return suffix;
        if (appended.TryGetValue((value, suffix), out var known)) return known;

        var (left, right) = (nodes[value], nodes[suffix]);
        var number = NumberOf(new Node(
            value, right.Text, left.Length + right.Length,
            unchecked((left.Hash * right.Power) + right.Hash), unchecked(left.Power * right.Power)));
        appended.Add((value, suffix), number);
        return number;
    }

    /// <summary>
    /// Whether zero or more appends can lead from one value to the other, which must be one that came from
    /// <see cref="Of"/> and not from an append.
    /// </summary>
    public bool CanGrowInto(int value, int whole)
    {
        if (value == whole) return true;
        if (whole == Absent) return false;
        return value == Absent || IsPrefix(nodes[value], nodes[whole].Text);
    }

    private int NumberOf(Node node)
    {
        if (!byHash.TryGetValue((node.Hash, node.Length), out var alike))
            byHash.Add((node.Hash, node.Length), alike = []);
        foreach (var candidate in alike)
            if (AreEqual(nodes[candidate], node)) return candidate;

        nodes.Add(node);
        alike.Add(nodes.Count - 1);
        return nodes.Count - 1;
    }

    // Hashes only choose whom to compare with: values are equal if their characters are.
    private bool AreEqual(Node left, Node right) => left.Parent == NoParent
        ? IsPrefix(right, left.Text)
        : IsPrefix(left, Materialize(right));

    // From the last suffix to the first: a wrong value most often differs in what was appended last.
    private bool IsPrefix(Node node, ReadOnlySpan<char> whole)
    {
        if (node.Length > whole.Length) return false;
        for (var end = node.Length; ; node = nodes[node.Parent])
        {
            var start = end - node.Text.Length;
            if (!whole[start..end].SequenceEqual(node.Text)) return false;
            if (node.Parent == NoParent) return true;
            end = start;
        }
    }

    private string Materialize(Node node)
    {
        var whole = new char[node.Length];
        for (var end = node.Length; ; node = nodes[node.Parent])
        {
            end -= node.Text.Length;
            node.Text.CopyTo(whole.AsSpan(end));
            if (node.Parent == NoParent) return new string(whole);
        }
    }
}
