using RaftAkka.Simulation.Judging;
using Xunit;

namespace RaftAkka.Processes.Support;

/// <summary>What the clients saw has an explanation in which every acknowledged write is kept.</summary>
internal static class Kept
{
    public static void All(IReadOnlyList<Operation> history)
    {
        var verdict = Judge.Check(history, Budget.Steps(50_000_000));
        if (verdict.IsLinearizable) return;

        var file = Path.Combine(Path.GetTempPath(), $"raftakka-history-{Guid.NewGuid():N}.jsonl");
        HistoryFile.Write(file, history);
        Assert.Fail(
            $"{verdict.Answer} on key {verdict.Violation?.Key ?? string.Join(", ", verdict.UndecidedKeys)}:\n"
            + $"{string.Join('\n', verdict.Violation?.Window ?? [])}\nThe whole history is in {file}.");
    }
}
