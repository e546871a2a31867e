namespace RaftAkka.Simulation.Judging;

/// <summary>
/// Looks for a single read, by a get or a cas, that is impossible by itself: of a value never written, or not
/// yet, or overwritten since. Most violations have such a witness, and then the window is small at once,
/// however long and busy the history is.
/// </summary>
internal sealed class Witness
{
    private readonly List<Kept> operations;   // In the order of their calls.
    private readonly List<Kept> unknown;
    private readonly long[] latestReturn;     // Of the known operations up to this one.

    public Witness(List<Kept> operations)
    {
        this.operations = operations;
        unknown = operations.FindAll(one => one.Counted.Outcome == Outcome.Unknown);
        latestReturn = new long[operations.Count];
        var latest = long.MinValue;
        for (var at = 0; at < operations.Count; at++)
            latestReturn[at] = latest = Math.Max(latest, operations[at].Counted.Return ?? long.MinValue);
    }

    /// <summary>The reads to try, each with all that bears on it alone, by the time they returned.</summary>
    public IEnumerable<List<Kept>> Windows() => Enumerable.Range(0, operations.Count)
        .Where(at => operations[at].Counted is { Outcome: Outcome.Known } one
            && (one.Kind == OperationKind.Get || (one.Kind == OperationKind.Cas && one.Swapped)))
        .OrderBy(at => operations[at].Counted.Return)
        .Select(WindowOf);

    // With the witness as the only reader, an operation may go that cannot be a source of what it found, and
    // so may one that was over before the last certain write before the witness began (see Omission). One of
    // those sources stays, so that the window shows where the value once came from.
    private List<Kept> WindowOf(int at)
    {
        var witness = operations[at].Counted;
        var found = witness.Kind == OperationKind.Get ? witness.Value : witness.Expect;
        var end = operations.FindIndex(at, one => one.Counted.Call > witness.Return);
        if (end < 0) end = operations.Count;

        var overwriter = end - 1;
        while (overwriter >= 0 && !Overwrites(operations[overwriter].Counted, witness)) overwriter--;
        var overwritten = overwriter < 0 ? long.MinValue : operations[overwriter].Counted.Call;

        var window = new HashSet<Kept> { operations[at] };
        if (overwriter >= 0) window.Add(operations[overwriter].AsWrite());
        window.UnionWith(unknown.Where(one => IsSource(one.Counted, found)).Select(one => one.AsWrite()));
        var shown = overwriter < 0;
        for (var before = end - 1; before >= 0; before--)
        {
            var one = operations[before];
            var over = one.Counted.Return < overwritten;
            if (shown && latestReturn[before] < overwritten) break;
            if (before == at || one.Counted.Outcome != Outcome.Known || (over && shown)) continue;
            if (!IsSource(one.Counted, found)) continue;
            window.Add(one.AsWrite());
            shown |= over && (found is null || one.Counted.Kind != OperationKind.Delete);
        }
        return window.OrderBy(one => one.Counted.Call).ToList();
    }

    private static bool Overwrites(Operation one, Operation witness) =>
        one.Outcome == Outcome.Known && one.Return < witness.Call
        && (one.Kind is OperationKind.Put or OperationKind.Delete
            || one is { Kind: OperationKind.Cas, Swapped: true });

    private static bool IsSource(Operation one, string? found) => one.Kind switch
    {
        OperationKind.Get => false,
        OperationKind.Delete => true,
        _ => !one.OnlyReads && found is not null && found.Contains(one.Value!, StringComparison.Ordinal),
    };
}
