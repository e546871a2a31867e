namespace RaftAkka.Simulation.Judging;

/// <summary>
/// Makes a violation small: the shortest beginning of the key's history that has no legal order, less the
/// operations that it has no legal order without.
/// </summary>
/// <remarks>
/// The work is bounded by steps, not by time, so that the same history always gives the same window; when
/// they are spent the window is right but may be larger than it must be.
/// </remarks>
internal sealed class Explanation
{
    private const long StepsMax = 5_000_000;
    private const long WitnessStepsMax = 1_000_000;
    private const int RoundsMax = 6;
    private const int CharactersPerStep = 64;

    private readonly Budget budget;
    private long stepsPerAttempt = 1_000;
    private int partsMax = 16;

    private Explanation(Budget budget) => this.budget = budget;

    public static Violation Of(string key, IReadOnlyList<Operation> operations)
    {
        var relevant = Relevant(operations);
        var window = new Explanation(Budget.Steps(StepsMax))
            .Reduce(WindowOfAWitness(relevant, Budget.Steps(StepsMax)) ?? relevant)
            .ConvertAll(one => one.AsItWas);
        return new Violation(key, window, RefusedWritersOf(window, operations));
    }

    /// <summary>
    /// Whether a single read is proof enough: often so where the whole key is hard to search.
    /// </summary>
    public static bool HasWitness(IReadOnlyList<Operation> operations, Budget budget) =>
        WindowOfAWitness(Relevant(operations), budget, WitnessStepsMax) is not null;

    private static List<Kept> Relevant(IReadOnlyList<Operation> operations) => operations
        .Where(operation => operation.Matters)
        .OrderBy(operation => operation.Call).Select(operation => new Kept(operation)).ToList();

    private static List<Kept>? WindowOfAWitness(
        List<Kept> operations, Budget budget, long stepsMax = StepsMax)
    {
        var attempts = new Explanation(budget);
        var end = budget.StepsSpent + stepsMax;
        return new Witness(operations).Windows()
            .TakeWhile(_ => !budget.Exhausted && budget.StepsSpent < end)
            .FirstOrDefault(attempts.IsViolated);
    }

    // Few and cheap attempts first: what they leave may be small enough for many and dear ones.
    private List<Kept> Reduce(List<Kept> kept)
    {
        for (var round = 0; round < RoundsMax; round++, stepsPerAttempt *= 4, partsMax *= 4)
        {
            if (!IsViolated(kept)) continue;   // Too dear for this round, and so is most of what follows.
            for (var before = int.MaxValue; kept.Count < before && !budget.Exhausted;)
            {
                before = kept.Count;
                kept = ShortestBeginning(kept);
                kept = KeepLastReads(kept);
                kept = Drop(kept, one => one.OnlyReads);
                kept = CountSwapsAsWrites(kept);
                kept = Drop(kept, one => !one.OnlyReads);
            }
        }
        return kept;
    }

    // Beginnings of a linearizable history are linearizable, so the shortest one that is not is found by
    // halving; an attempt without an answer only makes it longer.
    private List<Kept> ShortestBeginning(List<Kept> operations)
    {
        var returns = operations.Where(one => one.Counted.Outcome == Outcome.Known)
            .Select(one => one.Counted.Return!.Value).Distinct().Order().ToList();
        var (low, high) = (0, returns.Count - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (IsViolated(Until(returns[middle], operations))) high = middle;
            else low = middle + 1;
        }
        return Until(returns[high], operations);
    }

    /// <summary>The beginning of a history in order of calls; what is under way has no answer yet.</summary>
    public static List<Kept> Until(long end, List<Kept> operations) => operations
        .TakeWhile(one => one.Counted.Call <= end)
        .Select(one => one.Counted.Return > end ? one.WithoutAnswer() : one)
        .Where(one => one.Counted.Matters)
        .ToList();

    // A violation most often shows among the last reads. The first k that do are taken.
    private List<Kept> KeepLastReads(List<Kept> all)
    {
        var reads = all.FindAll(one => one.OnlyReads)
            .OrderByDescending(one => one.Counted.Return).ToList();
        for (var count = 1; count < reads.Count && !budget.Exhausted; count *= 2)
            if (TryWithout(reads[count..], all) is { } rest) return rest;
        return all;
    }

    // A cas that only matters for what it wrote would otherwise hold on to the source of what it found.
    private List<Kept> CountSwapsAsWrites(List<Kept> all)
    {
        var weaker = all.ConvertAll(one => one.AsWrite());
        if (weaker.SequenceEqual(all)) return all;
        if (IsViolated(weaker)) return weaker;
        for (var at = 0; at < all.Count && all.Count <= partsMax && !budget.Exhausted; at++)
        {
            weaker = [.. all[..at], all[at].AsWrite(), .. all[(at + 1)..]];
            if (weaker[at] != all[at] && IsViolated(weaker)) all = weaker;
        }
        return all;
    }

    // Half of them at once, then a quarter, and at last, if the round allows so many parts, one by one.
    private List<Kept> Drop(List<Kept> all, Predicate<Kept> droppable)
    {
        var sizeMin = Math.Max(1, all.Count / partsMax);
        for (var size = Math.Max(1, all.Count / 2); size >= sizeMin && !budget.Exhausted; size /= 2)
            for (var end = all.Count; end > 0; end = Math.Min(end - size, all.Count))
                all = TryWithout(all[Math.Max(0, end - size)..end].FindAll(droppable), all) ?? all;
        return all;
    }

    private List<Kept>? TryWithout(List<Kept> wanted, List<Kept> all)
    {
        var gone = Omission.Of(all.ConvertAll(one => one.Counted), wanted.Select(one => one.Counted));
        if (gone.Count == 0) return null;
        var rest = all.FindAll(one => !gone.Contains(one.Counted));
        return IsViolated(rest) ? rest : null;
    }

    private bool IsViolated(List<Kept> operations)
    {
        var characters = operations.Sum(one => (long)(one.Counted.Value?.Length ?? 0));
        if (!budget.Spend(operations.Count + (characters / CharactersPerStep))) return false;
        var search = new Search(new KeyHistory(operations.Select(one => one.Counted)), budget);
        var answer = search.Run((4 * operations.Count) + stepsPerAttempt);
        search.Release();
        return answer == Answer.NotLinearizable;
    }

    private static List<Operation> RefusedWritersOf(
        List<Operation> window, IReadOnlyList<Operation> operations)
    {
        var read = window.Where(operation => operation.Kind == OperationKind.Get)
            .Select(operation => operation.Value).OfType<string>().ToList();
        var written = window.FindAll(operation => operation.Kind is OperationKind.Put or OperationKind.Cas)
            .ConvertAll(operation => operation.Value!);
        return operations.Where(operation => operation is { Outcome: Outcome.Failed, OnlyReads: false })
            .Where(operation => operation.Value is { Length: > 0 } value && !written.Contains(value)
                && read.Exists(seen => seen.Contains(value, StringComparison.Ordinal)))
            .ToList();
    }
}
