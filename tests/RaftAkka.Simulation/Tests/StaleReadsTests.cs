using RaftAkka.Simulation.Checks;
using RaftAkka.Simulation.Engine;
using RaftAkka.Simulation.Judging;
using Xunit;

namespace RaftAkka.Simulation.Tests;

public sealed class StaleReadsTests
{
    private static readonly Operation[] History =
    [
        Operation.Put(1, "k", "old", 10, 20),
        Operation.Put(1, "k", "new", 30, 40),
        Operation.Cas(2, "k", "new", "swapped", true, 50, 60),
        Operation.Cas(2, "k", "old", "not swapped", false, 50, 60),
        Operation.Put(3, "k", "unknown", 50, 60).WithoutAnswer(),
        Operation.Put(3, "k", "refused", 50, 60).Refused(),
    ];

    [Theory]
    [InlineData("k", null, 5)]
    [InlineData("k", "old", 1000)]
    [InlineData("k", "new", 31)]
    [InlineData("k", "swapped", 55)]
    [InlineData("k", "unknown", 70)]
    public void A_state_that_there_was_may_be_of_any_age(string key, string? value, long at) =>
        Assert.False(IsViolation(key, value, at));

    [Theory]
    [InlineData("k", "new", 29)]
    [InlineData("other", "new", 1000)]
    [InlineData("k", "never written", 1000)]
    [InlineData("k", "not swapped", 1000)]
    [InlineData("k", "refused", 1000)]
    public void A_state_that_there_never_was_is_a_violation(string key, string value, long at) =>
        Assert.True(IsViolation(key, value, at));

    private static bool IsViolation(string key, string? value, long at)
    {
        var violations = new Violations(new EventLog(new Loop(1), message => $"{message}"));
        var reads = new StaleReads();
        reads.Add(key, value, at);
        reads.Check(History, violations);
        return violations.Any;
    }
}
