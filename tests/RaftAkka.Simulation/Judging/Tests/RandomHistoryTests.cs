using Xunit;

namespace RaftAkka.Simulation.Judging.Tests;

public sealed class RandomHistoryTests
{
    private static readonly Func<List<Operation>, Random, List<Operation>?>[] Violations =
    [
        Sabotage.ReadsStale, Sabotage.ReadsWhatNobodyWrote, Sabotage.AppendsTwice,
        Sabotage.ReadsWhatWasRefused, Sabotage.SwapsTwice,
    ];

    // "aa" is also "a" and "a": appends that lead to one value by two ways.
    private static readonly string?[] FewValues = [null, "a", "b", "aa"];

    [Theory]
    [InlineData(1, 4, 6, 20_000)]
    [InlineData(2, 5, 12, 20_000)]
    [InlineData(3, 6, 10, 20_000)]
    [InlineData(4, 8, 16, 3_000)]
    public void The_judge_agrees_with_trying_every_order(int seed, int operations, int time, int histories)
    {
        AgreesWithTheOracle(new RandomHistories(seed, FewValues), operations, time, histories);
    }

    [Theory]
    [InlineData(5, 6, 12, 20_000)]
    [InlineData(6, 8, 20, 3_000)]
    public void The_judge_agrees_with_trying_every_order_where_empty_is_not_absent(
        int seed, int operations, int time, int histories)
    {
        AgreesWithTheOracle(new RandomHistories(seed, [null, "", "a"]), operations, time, histories);
    }

    private static void AgreesWithTheOracle(RandomHistories source, int operations, int time, int histories)
    {
        var legal = 0;
        for (var count = 0; count < histories; count++)
        {
            var history = source.Next(operations, time);
            var expected = Oracle.IsLinearizable(history);
            if (expected) legal++;

            var verdict = Judge.Check(history, Budget.Steps(1_000_000));

            var story = string.Join('\n', history.Select(Report.Of));
            Assert.True(verdict.Answer == (expected ? Answer.Linearizable : Answer.NotLinearizable), story);
            // The window alone must be proof enough.
            if (!expected) Assert.False(Oracle.IsLinearizable(verdict.Violation!.Window), story);
        }
        Assert.InRange(legal, histories / 20, histories - (histories / 20));   // Else it compares little.
    }

    [Fact]
    public void Histories_of_a_perfect_store_are_linearizable()
    {
        for (var seed = 1; seed <= 200; seed++)
        {
            var history = SmallWorkload(seed).Run(400);

            Assert.Equal(Answer.Linearizable, Judge.Check(history, Budget.Steps(5_000_000)).Answer);
        }
    }

    [Fact]
    public void Every_planted_violation_is_found_and_shown_in_few_operations()
    {
        var planted = new int[Violations.Length];
        for (var seed = 1; seed <= 100; seed++)
        {
            var history = SmallWorkload(seed).Run(400);
            for (var kind = 0; kind < Violations.Length; kind++)
            {
                if (Violations[kind](history, new Random(seed)) is not { } spoiled) continue;
                planted[kind]++;

                var verdict = Judge.Check(spoiled, Budget.Steps(5_000_000));

                Assert.Equal(Answer.NotLinearizable, verdict.Answer);
                Assert.InRange(verdict.Violation!.Window.Count, 1, 40);
                var again = Judge.Check(verdict.Violation.Window, Budget.Steps(5_000_000));
                Assert.Equal(Answer.NotLinearizable, again.Answer);
            }
        }
        Assert.All(planted, times => Assert.InRange(times, 50, 100));   // Else some kind is hardly tried.
    }

    private static Workload SmallWorkload(int seed) =>
        new(seed) { Clients = 8, Keys = 4, Unknown = 0.05, Failed = 0.05 };
}
