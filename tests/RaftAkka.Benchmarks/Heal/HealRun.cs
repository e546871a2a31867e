using System.Globalization;
using RaftAkka.Benchmarks.Compare;
using RaftAkka.Benchmarks.Long;
using RaftAkka.Tool.Cli;

namespace RaftAkka.Benchmarks.Heal;

/// <summary>A server is cut off for a while, and comes back: how long until there is service, and until all agree.</summary>
internal static class HealRun
{
    private const int ServiceMsMax = 1000;

    public static async Task<int> ShowAsync(Arguments arguments)
    {
        if (NodeNetwork.Obstacle() is { } obstacle)
        {
            Console.Error.WriteLine(obstacle);
            return 2;
        }

        var (runs, seconds) = (arguments.At(1, 5), arguments.Number("--seconds", 10));
        var only = arguments.Option("--only")?.Split(',');
        using var signals = new StopSignals();
        try
        {
            var checks = new Checks();
            var measured = new List<(HealCase Case, IReadOnlyList<HealTimes> Times)>();
            foreach (var one in HealCase.All.Where(one => only?.Contains(one.Name) ?? true))
                measured.Add((one, await RunAsync(one, runs, TimeSpan.FromSeconds(seconds), signals.Token)));
            Write(measured, runs, seconds);
            foreach (var (one, times) in measured)
                checks.Expect(
                    times.All(time => time.FirstWriteMs <= ServiceMsMax && time.GapAfterMs <= ServiceMsMax),
                    $"{one.About}: service within {ServiceMsMax} ms of healing, in each of {times.Count} runs");
            return checks.AllHold ? 0 : 1;
        }
        catch (OperationCanceledException) when (signals.Token.IsCancellationRequested)
        {
            return signals.ExitStatus;
        }
    }

    private static async Task<IReadOnlyList<HealTimes>> RunAsync(
        HealCase one, int runs, TimeSpan length, CancellationToken stop)
    {
        using var network = new NodeNetwork(nodes: 3);
        using var nodes = await NodeFleet.StartAsync(count: 3, places: network.Places);
        await using var partition = new Partition(network, nodes);
        var times = new List<HealTimes>();
        for (var run = 1; run <= runs; run++)
        {
            times.Add(await partition.RunAsync(one, length, stop));
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{one.About}, {run} of {runs}: {times[^1].GapDuringMs:F0} ms without writes when cut off; healed: first write "
                + $"after {times[^1].FirstWriteMs:F0} ms, all agree after {times[^1].AgreeMs:F0} ms, longest gap "
                + $"{times[^1].GapAfterMs:F0} ms"));
        }
        return times;
    }

    private static void Write(
        IReadOnlyList<(HealCase Case, IReadOnlyList<HealTimes> Times)> measured, int runs, int seconds)
    {
        Console.WriteLine(
            $"A partition of {seconds} s between three servers, each in a network namespace; medians of {runs} runs (worst), in "
            + "ms. The first write is that of a new client which knows only the server that was cut off.");
        Console.WriteLine();
        Console.WriteLine(
            "| cut off | no writes acknowledged, when cut off | after healing: first write | all servers agree "
            + "| longest gap between writes | leader changes |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|");
        foreach (var (one, times) in measured)
            Console.WriteLine(
                $"| {one.About} | {Text(times, time => time.GapDuringMs)} | {Text(times, time => time.FirstWriteMs)} "
                + $"| {Text(times, time => time.AgreeMs)} | {Text(times, time => time.GapAfterMs)} "
                + $"| {times.Sum(time => time.LeaderChanges)} |");
        Console.WriteLine();
    }

    private static string Text(IReadOnlyList<HealTimes> times, Func<HealTimes, double> number)
    {
        var spread = Spread.Of(times.Select(number));
        return string.Create(CultureInfo.InvariantCulture, $"{spread.Median:F0} ({spread.Most:F0})");
    }
}

/// <summary>Who is cut off from whom.</summary>
internal sealed record HealCase(string Name, string About, bool Leader, bool FromClients)
{
    public static readonly IReadOnlyList<HealCase> All =
    [
        new("all", "the leader, from servers and clients", Leader: true, FromClients: true),
        new("servers", "the leader, from servers only", Leader: true, FromClients: false),
        new("follower", "a follower, from servers and clients", Leader: false, FromClients: true),
    ];
}

/// <summary>What one partition cost.</summary>
/// <param name="GapDuringMs">The longest time without an acknowledged write from the cut until it healed.</param>
/// <param name="FirstWriteMs">From healing to the first write through the server that was cut off.</param>
/// <param name="AgreeMs">From healing until all servers follow one leader and have applied what was committed.</param>
/// <param name="GapAfterMs">The longest time without an acknowledged write after healing.</param>
/// <param name="LeaderChanges">How often healing made another one lead: it should not.</param>
internal readonly record struct HealTimes(
    double GapDuringMs, double FirstWriteMs, double AgreeMs, double GapAfterMs, int LeaderChanges);
