namespace RaftAkka.Simulation.Judging.Tests;

/// <summary>Plants one violation in a history of a <see cref="Workload"/>, whose values are unique.</summary>
internal static class Sabotage
{
    public const string NeverWritten = "never written";

    /// <summary>
    /// A get returns what two acknowledged puts, one after the other, have made impossible.
    /// </summary>
    public static List<Operation>? ReadsStale(List<Operation> history, Random random)
    {
        var gets = KnownOf(history, OperationKind.Get);
        var puts = KnownOf(history, OperationKind.Put);
        return WithOne(history, gets, random, get =>
        {
            var newer = puts.FindLast(put => put.Key == get.Key && put.Return < get.Call);
            var older = puts.FindLast(put => put.Key == get.Key && put.Return < newer?.Call);
            return older is null ? null : get with { Value = older.Value };
        });
    }

    public static List<Operation>? ReadsWhatNobodyWrote(List<Operation> history, Random random) =>
        WithOne(history, KnownOf(history, OperationKind.Get), random,
            get => get with { Value = NeverWritten });

    /// <summary>A get finds the last append of its value twice.</summary>
    public static List<Operation>? AppendsTwice(List<Operation> history, Random random)
    {
        var appends = KnownOf(history, OperationKind.Append);
        return WithOne(history, KnownOf(history, OperationKind.Get), random, get =>
        {
            var append = appends.Find(one => get.Value is { } value
                && value.EndsWith(one.Value!, StringComparison.Ordinal));
            return append is null ? null : get with { Value = get.Value + append.Value };
        });
    }

    /// <summary>A get finds what only a refused put would have written.</summary>
    public static List<Operation>? ReadsWhatWasRefused(List<Operation> history, Random random)
    {
        var refused = history.FindAll(one => one is { Kind: OperationKind.Put, Outcome: Outcome.Failed });
        return WithOne(history, KnownOf(history, OperationKind.Get), random, get =>
            refused.Find(put => put.Key == get.Key) is { } put ? get with { Value = put.Value } : null);
    }

    /// <summary>Two cas find the same value, which was written once, and both replace it.</summary>
    public static List<Operation>? SwapsTwice(List<Operation> history, Random random)
    {
        var swaps = KnownOf(history, OperationKind.Cas).FindAll(cas => cas.Swapped && cas.Expect is not null);
        return WithOne(history, KnownOf(history, OperationKind.Cas), random, cas =>
        {
            var other = swaps.Find(one => one.Key == cas.Key && one != cas);
            return other is null ? null : cas with { Expect = other.Expect, Swapped = true };
        });
    }

    private static List<Operation> KnownOf(List<Operation> history, OperationKind kind) =>
        history.FindAll(operation => operation.Kind == kind && operation.Outcome == Outcome.Known);

    private static List<Operation>? WithOne(
        List<Operation> history, List<Operation> victims, Random random, Func<Operation, Operation?> spoil)
    {
        var first = random.Next(Math.Max(1, victims.Count));
        foreach (var victim in victims.Skip(first).Concat(victims.Take(first)))
            if (spoil(victim) is { } spoiled && spoiled != victim)
                return history.ConvertAll(one => ReferenceEquals(one, victim) ? spoiled : one);
        return null;
    }
}
