namespace RaftAkka.Simulation.Judging;

/// <summary>
/// Makes a violation small: the shortest beginning of the key's history that has no legal order, less the
/// operations that it has no legal order without.
/// </summary>
/// <remarks>
/// An operation goes only where its absence cannot create the violation. Reads can always go: an order of
/// all operations is also one of fewer reads. A write can go if nobody kept can have noticed it
/// (<see cref="Unnoticed"/>, <see cref="OverwrittenUnseen"/>). The work is bounded by steps, not by time, so that the same history always
/// gives the same window; when they are spent the window is right but may be larger than it must be.
/// </remarks>
internal sealed class Explanation
{
    private const long StepsMax = 5_000_000;
    private const long StepsPerAttemptMax = 500_000;

    private readonly Budget budget = Budget.Steps(StepsMax);

    public static Violation Of(string key, IReadOnlyList<Operation> operations)
    {
        var relevant = operations.Where(operation => operation.Matters)
            .OrderBy(operation => operation.Call).ToList();
        var window = new Explanation().Reduce(relevant);
        return new Violation(key, window, RefusedWritersOf(window, operations));
    }

    private List<Operation> Reduce(List<Operation> operations)
    {
        // Kept beside each other: the operation as it was, and as it counts within the shortest beginning.
        var beginning = ShortestBeginning(operations);
        var asItWas = operations.Take(beginning.Count).ToList();
        var kept = asItWas.Zip(beginning).Where(pair => pair.Second.Matters)
            .Select(pair => new Kept(pair.First, pair.Second)).ToList();

        for (var before = int.MaxValue; kept.Count < before && !budget.Exhausted;)
        {
            before = kept.Count;
            kept = Drop(kept, one => one.Counted.OnlyReads);
            kept = Drop(kept, one => !one.Counted.OnlyReads);
        }
        return kept.ConvertAll(one => one.AsItWas);
    }

    private readonly record struct Kept(Operation AsItWas, Operation Counted);

    // Beginnings of a linearizable history are linearizable, so the shortest one that is not is found by
    // halving.
    private List<Operation> ShortestBeginning(List<Operation> operations)
    {
        var returns = operations.Where(operation => operation.Outcome == Outcome.Known)
            .Select(operation => operation.Return!.Value).Distinct().Order().ToList();
        var (low, high) = (0, returns.Count - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (IsViolated(Until(returns[middle], operations))) high = middle;
            else low = middle + 1;
        }
        return Until(returns[high], operations);
    }

    // What is still under way at the end has no answer yet.
    private static List<Operation> Until(long end, List<Operation> operations) => operations
        .TakeWhile(operation => operation.Call <= end)
        .Select(operation => operation.Return > end ? operation.WithoutAnswer() : operation)
        .ToList();

    // Half of them at once, then a quarter, and at last one by one.
    private List<Kept> Drop(List<Kept> all, Predicate<Kept> droppable)
    {
        for (var size = Math.Max(1, all.Count / 2); ; size /= 2)
        {
            for (var end = all.Count; end > 0; end -= size)
            {
                var start = Math.Max(0, end - size);
                var part = all[start..end];
                var dropped = part.FindAll(droppable);
                if (dropped.Count == 0) continue;
                var rest = all[..start].Concat(part.FindAll(one => !droppable(one))).Concat(all[end..]).ToList();
                var left = rest.ConvertAll(one => one.Counted);
                if (dropped.TrueForAll(one => CanGo(one.Counted, left)) && IsViolated(left)) all = rest;
            }
            if (size == 1 || budget.Exhausted) return all;
        }
    }

    private static bool CanGo(Operation operation, List<Operation> kept) =>
        operation.OnlyReads || Unnoticed(operation, kept) || OverwrittenUnseen(operation, kept);

    // Why such writes can go, all at once: suppose there is an order with them. From one of them until the
    // next kept put or delete, or a kept cas that swaps, the key holds something that contains a dropped
    // value (or, after a dropped delete, nothing). No kept read saw that and no kept cas swapped it, so
    // without the dropped writes this stretch is as legal as before, and so is all that follows.
    // A cas that did not swap could notice anything, so with one left no write goes.
    private static bool Unnoticed(Operation write, List<Operation> kept)
    {
        if (kept.Exists(one => one.Kind == OperationKind.Cas && one.OnlyReads)) return false;

        var readers = kept.FindAll(one => one.Kind is OperationKind.Get or OperationKind.Cas)
            .ConvertAll(one => one.Kind == OperationKind.Get ? one.Value : one.Expect);
        if (write.Kind == OperationKind.Delete)
            return !readers.Contains(null) && !kept.Exists(one => one.Kind == OperationKind.Append);
        return !readers.Exists(seen => seen is not null && seen.Contains(write.Value!, StringComparison.Ordinal));
    }

    // Or the write is over before a put or delete begins, and all kept reads and cas begin after that one:
    // by then nothing is left of the write. One write of each value stays all the same, since a value that
    // seems to come from nowhere would lead the reader of the window astray.
    private static bool OverwrittenUnseen(Operation write, List<Operation> kept)
    {
        var firstLook = kept.Where(one => one.Kind is OperationKind.Get or OperationKind.Cas)
            .Select(one => one.Call).DefaultIfEmpty(long.MaxValue).Min();
        return write.Outcome == Outcome.Known
            && kept.Exists(one => one.Kind is OperationKind.Put or OperationKind.Delete
                && one.Outcome == Outcome.Known && write.Return < one.Call && one.Return < firstLook)
            && kept.Exists(one => !one.OnlyReads && one.Kind == write.Kind && one.Value == write.Value);
    }

    private bool IsViolated(List<Operation> operations)
    {
        if (!budget.Spend(operations.Count)) return false;
        var search = new Search(new KeyHistory(operations), budget);
        var answer = search.Run(StepsPerAttemptMax);
        search.Release();
        return answer == Answer.NotLinearizable;
    }

    private static List<Operation> RefusedWritersOf(
        List<Operation> window, IReadOnlyList<Operation> operations)
    {
        var read = window.FindAll(operation => operation.Kind == OperationKind.Get && operation.Value is not null)
            .ConvertAll(operation => operation.Value!);
        var written = window.FindAll(operation => operation.Kind is OperationKind.Put or OperationKind.Cas)
            .ConvertAll(operation => operation.Value!);
        return operations.Where(operation => operation is { Outcome: Outcome.Failed, OnlyReads: false })
            .Where(operation => operation.Value is { Length: > 0 } value && !written.Contains(value)
                && read.Exists(seen => seen.Contains(value, StringComparison.Ordinal)))
            .ToList();
    }
}
