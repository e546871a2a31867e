namespace RaftAkka.Simulation.Judging;

/// <summary>
/// Says whether a history of client operations is linearizable. Keys are independent objects, so a history
/// is linearizable exactly if its part on every key is (Herlihy and Wing's locality).
/// </summary>
internal static class Judge
{
    private const long FirstSliceSteps = 50_000;

    /// <summary>Judges a history, in any order of its operations. Every key starts absent.</summary>
    /// <exception cref="ArgumentException">An operation contradicts itself.</exception>
    public static Verdict Check(IReadOnlyList<Operation> history, Budget budget)
    {
        foreach (var operation in history) operation.Validate();
        var keys = history.GroupBy(operation => operation.Key)
            .OrderBy(key => key.Key, StringComparer.Ordinal)
            .ToDictionary(key => key.Key, key => key.ToList(), StringComparer.Ordinal);
        var clients = history.Select(operation => operation.Process).Distinct().Count();

        var (violated, undecided) = SearchAll(keys, budget);
        var answer = violated is not null ? Answer.NotLinearizable
            : undecided.Count > 0 ? Answer.Undecided
            : Answer.Linearizable;
        var violation = violated is null ? null : Explanation.Of(violated, keys[violated]);
        return new Verdict(
            answer, history.Count, keys.Count, clients, budget.StepsSpent, violation, undecided);
    }

    // First a little of every key, then a look for simple violations, then the rest in slices that double, so
    // that one hard key does not hide a violation on an easy one behind it.
    private static (string? Violated, List<string> Undecided) SearchAll(
        Dictionary<string, List<Operation>> keys, Budget budget)
    {
        var open = new List<(string Key, Search Search)>();
        foreach (var (key, operations) in keys)
        {
            var search = new Search(new KeyHistory(operations), budget);
            switch (search.Run(FirstSliceSteps))
            {
                case Answer.NotLinearizable: return (key, []);
                case Answer.Undecided: open.Add((key, search)); break;
                default: search.Release(); break;
            }
        }

        foreach (var (key, _) in open)
            if (Explanation.HasWitness(keys[key], budget)) return (key, []);

        for (var slice = 2 * FirstSliceSteps; open.Count > 0 && !budget.Exhausted; slice *= 2)
        {
            var stillOpen = new List<(string Key, Search Search)>();
            foreach (var (key, search) in open)
            {
                switch (search.Run(slice))
                {
                    case Answer.NotLinearizable: return (key, []);
                    case Answer.Undecided: stillOpen.Add((key, search)); break;
                    default: search.Release(); break;
                }
            }
            open = stillOpen;
        }
        return (null, open.ConvertAll(one => one.Key));
    }
}
