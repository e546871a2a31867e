namespace RaftAkka.Simulation.Judging.Tests;

/// <summary>
/// The definition of linearizability and nothing else: every order of the operations, one after another.
/// Slow, for one key and a handful of operations; shares no code with the judge.
/// </summary>
internal static class Oracle
{
    public static bool IsLinearizable(IReadOnlyList<Operation> history) =>
        SomeOrderExplains(history.Where(operation => operation.Outcome != Outcome.Failed).ToList(), null);

    private static bool SomeOrderExplains(List<Operation> left, string? holds)
    {
        if (left.TrueForAll(operation => operation.Outcome == Outcome.Unknown)) return true;
        return left.Exists(operation => MayComeFirst(operation, left)
            && Explains(operation, holds, out var after)
            && SomeOrderExplains(left.FindAll(other => !ReferenceEquals(other, operation)), after));
    }

    private static bool MayComeFirst(Operation operation, List<Operation> left) =>
        left.TrueForAll(other => other.Outcome == Outcome.Unknown || other.Return >= operation.Call);

    private static bool Explains(Operation operation, string? holds, out string? after)
    {
        var equal = holds == operation.Expect;
        after = operation.Kind switch
        {
            OperationKind.Put => operation.Value,
            OperationKind.Append => holds + operation.Value,
            OperationKind.Delete => null,
            OperationKind.Cas when equal => operation.Value,
            _ => holds,
        };
        if (operation.Outcome == Outcome.Unknown) return true;
        return operation.Kind switch
        {
            OperationKind.Get => holds == operation.Value,
            OperationKind.Cas => equal == operation.Swapped,
            _ => true,
        };
    }
}
