namespace RaftAkka.Simulation.Judging;

/// <summary>
/// The values one key can hold, as numbers: equal values have equal numbers, and all values that nobody can
/// tell apart have one.
/// </summary>
/// <remarks>
/// What clients saw (gets) or asked for (cas) is "seen". A value that neither is nor can grow by appends into
/// a seen one is <see cref="Unseen"/>, whatever it is: no get and no cas can find it, and every append to it
/// is unseen again. All others are a beginning of some seen text, and known by its place in their order.
/// </remarks>
internal sealed class Values
{
    public const int Absent = 0;
    public const int Unseen = 1;

    private readonly string[] seen;
    private readonly List<Beginning> beginnings = [default, default];   // Absent and Unseen are none.
    private readonly Dictionary<(int First, int Length), int> numbers = [];
    private readonly Dictionary<(int Value, string Suffix), int> appended = [];

    public Values(IEnumerable<string> texts)
    {
        seen = texts.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        foreach (var text in seen) Of(text);
        SeenNumbersEnd = beginnings.Count;
    }

    // The seen texts First … End − 1, and only they, begin with the same Length characters as First does.
    private readonly record struct Beginning(int First, int End, int Length);

    public IReadOnlyList<string> Seen => seen;

    /// <summary>The numbers of seen texts are below this one, and so are absent and unseen.</summary>
    public int SeenNumbersEnd { get; }

    public int Of(string? text) =>
        text is null ? Absent : NumberOf(new Beginning(0, seen.Length, 0), text);

    /// <summary>The value after an append; an absent key counts as the empty string.</summary>
    public int Append(int value, string suffix)
    {
        if (value == Unseen) return Unseen;
        if (value == Absent) return Of(suffix);
        if (appended.TryGetValue((value, suffix), out var known)) return known;

        var number = NumberOf(beginnings[value], suffix);
        appended.Add((value, suffix), number);
        return number;
    }

    /// <summary>
    /// Whether zero or more appends can lead from one value to the other, which is a seen one.
    /// </summary>
    public bool CanGrowInto(int value, int whole)
    {
        if (value == whole) return true;
        if (value == Unseen || whole == Absent) return false;
        if (value == Absent) return true;
        var (beginning, first) = (beginnings[value], beginnings[whole].First);
        return beginning.First <= first && first < beginning.End;
    }

    private int NumberOf(Beginning beginning, string more)
    {
        var first = Find(beginning, more, orAfter: false);
        var end = Find(beginning, more, orAfter: true);
        if (first == end) return Unseen;

        var length = beginning.Length + more.Length;
        if (numbers.TryGetValue((first, length), out var number)) return number;
        numbers.Add((first, length), beginnings.Count);
        beginnings.Add(new Beginning(first, end, length));
        return beginnings.Count - 1;
    }

    // The first of the seen texts with this beginning that goes on with more, or the first one after those.
    private int Find(Beginning beginning, string more, bool orAfter)
    {
        var (low, high) = (beginning.First, beginning.End);
        while (low < high)
        {
            var middle = (low + high) / 2;
            var rest = seen[middle].AsSpan(beginning.Length);
            var order = rest[..Math.Min(rest.Length, more.Length)].SequenceCompareTo(more);
            if (order < 0 || (orAfter && order == 0)) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
