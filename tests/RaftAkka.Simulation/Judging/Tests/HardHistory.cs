namespace RaftAkka.Simulation.Judging.Tests;

/// <summary>
/// A history whose every order must be tried: cas and puts at once, and two reads that no order explains.
/// </summary>
internal static class HardHistory
{
    public static List<Operation> WithoutAnOrder(int writers)
    {
        var history = new List<Operation>();
        for (var process = 0; process < writers; process++)
        {
            var next = (process + 1) % writers;
            history.Add(Operation.Cas(process, "k", $"{process}", $"{next}", true, 0, 100));
        }
        for (var process = 0; process < writers; process++)
            history.Add(Operation.Put(writers + process, "k", $"{process}", 0, 100));
        history.Add(Operation.Get(0, "k", "0", 101, 102));
        history.Add(Operation.Get(0, "k", "1", 103, 104));
        return history;
    }
}
