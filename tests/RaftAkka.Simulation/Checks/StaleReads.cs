using RaftAkka.Simulation.Judging;

namespace RaftAkka.Simulation.Checks;

/// <summary>
/// What stale reads saw. They promise a state that the cluster once had: so a value that somebody had begun to write
/// by then, and that was not refused. Every value is written once.
/// </summary>
internal sealed class StaleReads
{
    private readonly List<(string Key, string? Value, long At)> _seen = [];

    public int Count => _seen.Count;

    /// <param name="key">The key that was read.</param>
    /// <param name="value">What was read, or null where the key was absent; any key once was.</param>
    /// <param name="at">When the answer came.</param>
    public void Add(string key, string? value, long at) => _seen.Add((key, value, at));

    /// <summary>Holds them against everything that was written.</summary>
    public void Check(IEnumerable<Operation> history, Violations violations)
    {
        var writes = history
            .Where(operation => operation.Kind is OperationKind.Put or OperationKind.Cas && MayHaveWritten(operation))
            .ToDictionary(operation => (operation.Key, operation.Value!), operation => operation.Call);
        foreach (var (key, value, at) in _seen)
        {
            if (value is null) continue;
            violations.Require(
                writes.TryGetValue((key, value), out var call) && call < at,
                "a stale read shows a state that there was",
                $"{key} was read as {value}, which nobody had written");
        }
    }

    private static bool MayHaveWritten(Operation operation) =>
        operation.Outcome switch
        {
            Outcome.Failed => false,
            Outcome.Unknown => true,
            _ => operation.Kind != OperationKind.Cas || operation.Swapped,
        };
}
