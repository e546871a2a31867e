using Xunit;

namespace RaftAkka.Simulation.Judging.Tests;

/// <summary>Effort is counted in steps, so these hold on every machine.</summary>
public sealed class EffortTests
{
    [Theory]
    [InlineData(0.0)]
    [InlineData(0.05)]
    public void A_hundred_thousand_operations_take_a_few_steps_each(double unknown)
    {
        var history = new Workload(seed: 7) { Clients = 16, Keys = 100, Unknown = unknown }.Run(100_000);

        var verdict = Judge.Check(history, Budget.Steps(1_000_000));

        Assert.Equal(Answer.Linearizable, verdict.Answer);
        Assert.Equal((100_000, 100, 16), (verdict.Operations, verdict.Keys, verdict.Clients));
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.05)]
    public void A_violation_among_a_hundred_thousand_operations_is_found_and_small(double unknown)
    {
        var history = new Workload(seed: 8) { Clients = 16, Keys = 100, Unknown = unknown }.Run(100_000);
        var spoiled = Sabotage.ReadsStale(history, new Random(8))!;

        var verdict = Judge.Check(spoiled, Budget.Steps(2_000_000));

        Assert.Equal(Answer.NotLinearizable, verdict.Answer);
        Assert.InRange(verdict.Violation!.Window.Count, 2, 10);
    }

    [Fact]
    public void One_key_under_eight_clients_with_unknown_writes_stays_affordable()
    {
        var workload = new Workload(seed: 9) { Clients = 8, Keys = 1, Unknown = 0.02 };

        Assert.Equal(Answer.Linearizable, Judge.Check(workload.Run(5_000), Budget.Steps(1_000_000)).Answer);
    }

    [Fact]
    public void Appends_alone_under_eight_clients_stay_affordable()
    {
        var workload = new Workload(seed: 10)
        {
            Clients = 8, Keys = 1, Mix = [OperationKind.Append, OperationKind.Append, OperationKind.Get],
        };

        Assert.Equal(Answer.Linearizable, Judge.Check(workload.Run(2_000), Budget.Steps(1_000_000)).Answer);
    }

    [Fact]
    public void The_same_history_takes_the_same_steps()
    {
        var history = new Workload(seed: 11) { Clients = 8, Keys = 3, Unknown = 0.05 }.Run(1_000);

        var first = Judge.Check(history, Budget.Steps(1_000_000));
        var second = Judge.Check(history, Budget.Steps(1_000_000));

        Assert.Equal(first.Answer, second.Answer);
        Assert.Equal(first.StepsSpent, second.StepsSpent);
    }

    [Fact]
    public void A_spent_budget_leaves_the_history_undecided_and_names_the_key()
    {
        var verdict = Judge.Check(HardHistory.WithoutAnOrder(writers: 12), Budget.Steps(1_000));

        Assert.Equal(Answer.Undecided, verdict.Answer);
        Assert.Equal(["k"], verdict.UndecidedKeys);
        Assert.Null(verdict.Violation);
    }

    [Fact]
    public void A_violation_is_found_behind_a_key_that_is_too_hard()
    {
        var history = HardHistory.WithoutAnOrder(writers: 12);
        history.Add(Operation.Get(1, "z", "x", 0, 1));

        var verdict = Judge.Check(history, Budget.Steps(200_000));

        Assert.Equal("z", verdict.Violation?.Key);
    }
}
