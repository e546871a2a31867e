namespace RaftAkka.Simulation.Judging;

internal enum EffectKind : byte
{
    /// <summary>Legal where the key holds Expect; changes nothing.</summary>
    Reads,

    /// <summary>
    /// Legal where the key does not hold Expect (a cas that did not swap); changes nothing.
    /// </summary>
    ReadsOtherThan,

    /// <summary>Always legal; the key then holds Value (a delete: absent).</summary>
    Sets,

    /// <summary>Always legal; Text is added to what the key holds.</summary>
    Appends,

    /// <summary>Legal where the key holds Expect; the key then holds Value.</summary>
    Swaps,
}

internal readonly record struct Effect(EffectKind Kind, int Expect, int Value, string? Text = null);

/// <summary>
/// The operations on one key, made ready for the search. Operations are numbers: first those with a known
/// outcome in the order of their calls, then the unknown ones in the order of theirs. Calls and returns
/// have positions on one line, from 1. At the same time calls come first: operations that touch in time
/// count as concurrent.
/// </summary>
internal sealed class KeyHistory
{
    private const int NoTwin = -1;

    public KeyHistory(IEnumerable<Operation> operations)
    {
        var relevant = WithoutEmptyMisses(operations.Where(operation => operation.Matters).ToList());
        var known = relevant.Where(operation => operation.Outcome == Outcome.Known)
            .OrderBy(operation => operation.Call).ToList();
        Values = new Values(SeenIn(relevant));
        HasMisses = known.Exists(IsMiss);
        var unknown = relevant.Where(operation => operation.Outcome == Outcome.Unknown)
            .Where(CanBeOfUse).OrderBy(operation => operation.Call).ToList();
        var all = known.Concat(unknown).ToList();

        KnownCount = known.Count;
        UnknownCount = unknown.Count;
        HasAppends = all.Exists(operation => operation.Kind == OperationKind.Append);
        Effects = all.ConvertAll(operation => EffectOf(operation)).ToArray();
        CallPosition = new int[all.Count];
        ReturnPosition = new int[known.Count];
        Line = LineUp(all);
        Twin = TwinsOf();
    }

    public Values Values { get; }

    public int KnownCount { get; }

    public int UnknownCount { get; }

    public bool HasAppends { get; }

    /// <summary>
    /// Whether some cas did not swap. Only that can need an unseen value: otherwise, from the operation that
    /// made it to the put or delete that ends it, nothing but appends fits, and an unknown operation that
    /// makes one can stay out.
    /// </summary>
    public bool HasMisses { get; }

    public Effect[] Effects { get; }

    public int[] CallPosition { get; }

    /// <summary>Of known operations only: an unknown one never returns.</summary>
    public int[] ReturnPosition { get; }

    /// <summary>By position: whose call or return it is. Position 0 is nobody's.</summary>
    public Point[] Line { get; }

    /// <summary>
    /// By unknown operation, counted from zero: the previous one with the same effect, or -1.
    /// </summary>
    public int[] Twin { get; }

    /// <summary>
    /// A call or a return, and how many known and unknown operations were called before it.
    /// </summary>
    internal readonly record struct Point(int Operation, bool IsReturn, int KnownCalls, int UnknownCalls);

    // A cas that did not swap says nothing if nobody could have written what it asked for.
    private static List<Operation> WithoutEmptyMisses(List<Operation> operations)
    {
        var writes = operations.FindAll(operation => !operation.OnlyReads && operation.Value is not null);
        var written = writes.Select(write => write.Value!).ToHashSet(StringComparer.Ordinal);
        var endings = new Endings(
            writes.Where(write => write.Kind == OperationKind.Append).Select(write => write.Value!));
        return operations.FindAll(operation => !IsMiss(operation) || operation.Expect is null
            || written.Contains(operation.Expect) || endings.Of(operation.Expect).Any());
    }

    private static bool IsMiss(Operation operation) =>
        operation.Kind == OperationKind.Cas && operation.OnlyReads;

    private static IEnumerable<string> SeenIn(List<Operation> operations) => operations
        .Select(operation => operation.Kind == OperationKind.Get ? operation.Value : operation.Expect)
        .OfType<string>();

    private bool CanBeOfUse(Operation unknown) => HasMisses
        || unknown.Kind is OperationKind.Delete or OperationKind.Append
        || Values.Of(unknown.Value) != Values.Unseen;

    private Effect EffectOf(Operation operation)
    {
        var value = Values.Of(operation.Value);
        var expect = Values.Of(operation.Expect);
        return operation.Kind switch
        {
            OperationKind.Get => new Effect(EffectKind.Reads, value, 0),
            OperationKind.Put => new Effect(EffectKind.Sets, 0, value),
            OperationKind.Delete => new Effect(EffectKind.Sets, 0, Values.Absent),
            OperationKind.Append => new Effect(EffectKind.Appends, 0, 0, operation.Value),
            OperationKind.Cas when operation.OnlyReads => new Effect(EffectKind.ReadsOtherThan, expect, 0),
            OperationKind.Cas when expect == value => new Effect(EffectKind.Reads, expect, 0),
            OperationKind.Cas => new Effect(EffectKind.Swaps, expect, value),
            _ => throw new ArgumentOutOfRangeException(nameof(operation), operation.Kind, "unknown kind"),
        };
    }

    private Point[] LineUp(List<Operation> all)
    {
        var events = new List<(long Time, bool IsReturn, int Operation)>();
        for (var number = 0; number < all.Count; number++)
        {
            events.Add((all[number].Call, false, number));
            if (number < KnownCount) events.Add((all[number].Return!.Value, true, number));
        }
        events.Sort();   // By time, then calls before returns, then by number.

        var line = new Point[events.Count + 1];
        line[0] = new Point(-1, false, 0, 0);
        var (knownCalls, unknownCalls) = (0, 0);
        for (var position = 1; position < line.Length; position++)
        {
            var (_, isReturn, operation) = events[position - 1];
            line[position] = new Point(operation, isReturn, knownCalls, unknownCalls);
            if (isReturn) ReturnPosition[operation] = position;
            else CallPosition[operation] = position;
            if (!isReturn && operation < KnownCount) knownCalls++;
            if (!isReturn && operation >= KnownCount) unknownCalls++;
        }
        return line;
    }

    private int[] TwinsOf()
    {
        var last = new Dictionary<Effect, int>();
        var twins = new int[UnknownCount];
        for (var number = 0; number < UnknownCount; number++)
        {
            var effect = Effects[KnownCount + number];
            twins[number] = last.GetValueOrDefault(effect, NoTwin);
            last[effect] = number;
        }
        return twins;
    }
}
