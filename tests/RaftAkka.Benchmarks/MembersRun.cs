using System.Globalization;
using RaftAkka.Benchmarks.State;
using RaftAkka.Protocol;

namespace RaftAkka.Benchmarks;

/// <summary>What clients notice of changes of membership: the longest gap between two acknowledged writes.</summary>
internal static class MembersRun
{
    private const int Servers = 5;
    private const int Runs = 20;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);

    public static async Task ShowAsync()
    {
        await using var fleet = await StateFleet.StartAsync(settings: "", Servers);
        await fleet.LeaderAsync();

        Show("all five servers replaced, one at a time", [await GapAsync(fleet, async () =>
        {
            for (var old = 0; old < Servers; old++)
            {
                await JoinAsync(fleet);
                await fleet.Admin.RemoveAsync(Id(old));
                fleet.Nodes.Kill(old);
            }
        })]);
        Show("hand-over to a named server", await RepeatAsync(fleet, async () =>
        {
            var target = Servers + (await fleet.LeaderAsync() + 1) % Servers;
            await fleet.Admin.TransferAsync(Id(target));
        }));
        Show("the leader stopped by SIGTERM", await RepeatAsync(
            fleet,
            async () => await fleet.Nodes.StopAsync(await fleet.LeaderAsync()),
            async leader => await fleet.Nodes.StartNodeAsync(leader)));
    }

    private static ServerId Id(int node) => new(NodeFleet.IdOf(node));

    private static async Task JoinAsync(StateFleet fleet)
    {
        var node = fleet.Nodes.Join();
        await fleet.Nodes.StartNodeAsync(node);
        await fleet.Admin.AddAsync(Id(node), fleet.Nodes.Addresses[node]);
        await fleet.Admin.CaughtUpAsync(Id(node));
    }

    private static async Task<List<double>> RepeatAsync(StateFleet fleet, Func<Task> act, Func<int, Task>? after = null)
    {
        var gaps = new List<double>();
        for (var run = 0; run < Runs; run++)
        {
            var leader = await fleet.LeaderAsync();
            gaps.Add(await GapAsync(fleet, act));
            if (after is not null) await after(leader);
            Console.Error.WriteLine($"run {run + 1} of {Runs}: {gaps[^1]:F0} ms without an acknowledged write");
        }

        return gaps;
    }

    private static async Task<double> GapAsync(StateFleet fleet, Func<Task> act)
    {
        using var writers = new Writers(fleet.Keys);
        await Task.Delay(Settling);
        await act();
        await Task.Delay(Settling);
        return await writers.LongestGapAsync();
    }

    private static void Show(string what, IEnumerable<double> gaps)
    {
        var sorted = gaps.Order().ToArray();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what}: longest gap {sorted[sorted.Length / 2]:F0} ms in the median of {sorted.Length}, worst {sorted[^1]:F0} ms"));
    }
}
