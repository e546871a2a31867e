using Xunit;

namespace RaftAkka.Simulation.Judging.Tests;

public sealed class OmissionTests
{
    private static readonly string?[] FewValues = [null, "a", "b", "aa"];

    [Fact]
    public void What_can_go_never_leaves_a_violation_behind()
    {
        var random = new Random(1);
        var gone = LegalHistories(seed: 21, count: 20_000).Sum(history =>
        {
            var omitted = Omission.Of(history, history.Where(_ => random.Next(3) > 0));
            var kept = history.FindAll(operation => !omitted.Contains(operation));
            Assert.True(Oracle.IsLinearizable(kept), Story(history, kept));
            return omitted.Count;
        });
        Assert.InRange(gone, 20_000, int.MaxValue);   // Else it omits too little to show anything.
    }

    [Fact]
    public void No_read_of_a_legal_history_is_a_witness()
    {
        var windows = LegalHistories(seed: 22, count: 20_000).Sum(history =>
        {
            var inOrder = history.OrderBy(operation => operation.Call).Select(one => new Kept(one));
            var windows = new Witness(inOrder.ToList()).Windows().ToList();
            foreach (var window in windows.Select(window => window.ConvertAll(one => one.Counted)))
                Assert.True(Oracle.IsLinearizable(window), Story(history, window));
            return windows.Count;
        });
        Assert.InRange(windows, 10_000, int.MaxValue);
    }

    [Fact]
    public void Every_beginning_of_a_legal_history_is_legal()
    {
        foreach (var history in LegalHistories(seed: 23, count: 5_000))
        {
            var inOrder = history.OrderBy(operation => operation.Call).Select(one => new Kept(one));
            for (var end = 0; end < 20; end++)
            {
                var beginning = Explanation.Until(end, inOrder.ToList()).ConvertAll(one => one.Counted);
                Assert.True(Oracle.IsLinearizable(beginning), Story(history, beginning));
            }
        }
    }

    [Fact]
    public void A_write_that_a_read_beside_its_overwriter_may_have_seen_stays()
    {
        var write = Operation.Put(1, "k", "a", 4, 5);
        List<Operation> history =
        [
            Operation.Put(1, "k", "a", 0, 1), Operation.Put(1, "k", "b", 2, 3), write,
            Operation.Put(1, "k", "b", 6, 9), Operation.Get(2, "k", "a", 7, 8),
        ];

        Assert.Empty(Omission.Of(history, [write]));
    }

    private static IEnumerable<List<Operation>> LegalHistories(int seed, int count)
    {
        var source = new RandomHistories(seed, FewValues);
        return Enumerable.Range(0, count * 20).Select(_ => source.Next(operations: 6, time: 14))
            .Select(history => history.FindAll(operation => operation.Matters))
            .Where(Oracle.IsLinearizable).Take(count);
    }

    private static string Story(List<Operation> history, List<Operation> kept) =>
        $"{string.Join('\n', history.Select(Report.Of))}\nkept:\n{string.Join('\n', kept.Select(Report.Of))}";
}
