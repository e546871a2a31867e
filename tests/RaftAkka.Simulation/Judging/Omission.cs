namespace RaftAkka.Simulation.Judging;

/// <summary>
/// Which operations can be left out of a history without creating a violation: if what is kept has no legal
/// order, then neither had the whole.
/// </summary>
/// <remarks>
/// A read can always go: an order of all operations is also one of fewer reads. A write can go if nobody
/// kept noticed it. Writes that go together are judged together, each against the operations that are kept.
/// </remarks>
internal static class Omission
{
    /// <summary>The largest part of the wanted operations that can go together.</summary>
    public static HashSet<Operation> Of(IReadOnlyList<Operation> all, IEnumerable<Operation> wanted)
    {
        var gone = new HashSet<Operation>(wanted, ReferenceEqualityComparer.Instance);
        while (true)
        {
            var kept = all.Where(operation => !gone.Contains(operation)).ToList();
            var readers = new Readers(kept);
            if (gone.RemoveWhere(operation => !CanGo(operation, kept, readers)) == 0) return gone;
        }
    }

    private sealed class Readers
    {
        public Readers(List<Operation> kept)
        {
            var readers = kept.FindAll(one => one.Kind is OperationKind.Get or OperationKind.Cas);
            Seen = readers.Select(one => one.Kind == OperationKind.Get ? one.Value : one.Expect).ToHashSet();
            FirstCall = readers.Select(one => one.Call).DefaultIfEmpty(long.MaxValue).Min();
            SomeMissed = readers.Exists(one => one.Kind == OperationKind.Cas && one.OnlyReads);
        }

        public HashSet<string?> Seen { get; }

        public long FirstCall { get; }

        public bool SomeMissed { get; }
    }

    private static bool CanGo(Operation operation, List<Operation> kept, Readers readers) =>
        operation.OnlyReads
        || Unnoticed(operation, kept, readers)
        || OverwrittenUnseen(operation, kept, readers);

    // Suppose there is an order with such writes. From one of them until the next kept put or delete, or a
    // kept cas that swaps, the key holds something that contains a dropped value (or, after a dropped delete,
    // nothing, or nothing but kept appends). No kept read saw that and no kept cas swapped it, so without the
    // dropped writes this stretch is as legal as before, and so is all that follows. A cas that did not swap
    // could notice anything, so with one kept no write goes.
    private static bool Unnoticed(Operation write, List<Operation> kept, Readers readers)
    {
        if (readers.SomeMissed) return false;
        if (write.Kind == OperationKind.Delete)
            return !readers.Seen.Contains(null) && !kept.Exists(one => one.Kind == OperationKind.Append
                && readers.Seen.Any(seen => seen!.EndsWith(one.Value!, StringComparison.Ordinal)));
        return !readers.Seen.Any(
            seen => seen is not null && seen.Contains(write.Value!, StringComparison.Ordinal));
    }

    // Or the write is over before a put or delete begins, and all kept reads and cas begin after that one:
    // by then nothing is left of the write. One write of each value stays all the same, since a value that
    // seems to come from nowhere would lead the reader of the window astray.
    private static bool OverwrittenUnseen(Operation write, List<Operation> kept, Readers readers) =>
        write.Outcome == Outcome.Known
        && kept.Exists(one => one.Kind is OperationKind.Put or OperationKind.Delete
            && one.Outcome == Outcome.Known && write.Return < one.Call && one.Return < readers.FirstCall)
        && kept.Exists(one => !one.OnlyReads && one.Kind == write.Kind && one.Value == write.Value);
}
