using System.Diagnostics;
using RaftAkka.Benchmarks.Watch;
using RaftAkka.Protocol;
using RaftAkka.Tool.Bench;
using RaftAkka.Tool.Cli;

namespace RaftAkka.Benchmarks.Long;

/// <summary>
/// Full load for ten minutes: load alone must not cause an election, and a follower that does not take what the leader
/// has for it must not make the leader grow.
/// </summary>
internal static class SteadyRun
{
    private static readonly TimeSpan CatchUpMax = TimeSpan.FromMinutes(5);

    public static async Task<int> ShowAsync(Arguments arguments)
    {
        var settings = new BenchSettings
        {
            InFlight = 1000, WarmUp = TimeSpan.FromSeconds(5),
            Duration = TimeSpan.FromMinutes(arguments.Fraction("--minutes") ?? 10),
        };
        var each = TimeSpan.FromSeconds(arguments.Fraction("--row") ?? 10);
        var (isStopped, isKilled) = (arguments.Has("--stopped-follower"), arguments.Has("--killed-follower"));

        using var signals = new StopSignals();
        using var nodes = await NodeFleet.StartAsync(count: 3);
        await using var target = nodes.StartClients(settings);
        await using var leader = await LeaderWatch.StartAsync(target);
        var leads = NodeFleet.NodeOf(leader.Leader);
        var follower = (leads + 1) % nodes.Count;

        // Only after some load, so that its connections and queues are those of a follower at work.
        await RunAsync(target, settings with { Duration = TimeSpan.FromSeconds(3), Verify = false }, NoProgress.Instance, signals);
        if (isStopped) await nodes.SignalAsync(follower, "STOP");
        else if (isKilled) nodes.Kill(follower);
        Console.WriteLine($"three servers, {settings.InFlight} writes of {settings.ValueBytes} bytes in flight, "
            + $"{NodeFleet.IdOf(leads)} leads"
            + (isStopped || isKilled ? $", {NodeFleet.IdOf(follower)} is {(isStopped ? "stopped (SIGSTOP)" : "killed")}" : ""));
        Console.WriteLine();

        var report = new LongReport(nodes, leader, collections: [], each);
        var result = await RunAsync(target, settings, report, signals);
        report.Close();
        await leader.LookAsync();

        var checks = new Checks();
        Console.WriteLine();
        checks.Expect(leader.Elections == 0 && leader.LeaderChanges == 0,
            $"no elections: {leader.Elections}, {leader.LeaderChanges} changes of leader");
        if (report.Rows.Count > 0)
            checks.ExpectFlat(
                "the leader's memory MB", Thirds.Of(report.Rows, row => row.ResidentMb[leads]), share: 0.15, atLeast: 20);
        checks.ExpectNothingLost(result);
        if (isStopped || isKilled) await ReturnAsync(nodes, target, follower, isStopped, checks, signals.Token);
        return checks.AllHold ? 0 : 1;
    }

    private static async Task<BenchResult> RunAsync(
        RaftTarget target, BenchSettings settings, IBenchProgress progress, StopSignals signals)
    {
        using var cpu = new CpuMeter();
        return await LoadGenerator.RunAsync(target, settings, MachineClock.Instance, progress, cpu, signals.Token);
    }

    private static async Task ReturnAsync(
        NodeFleet nodes, RaftTarget target, int follower, bool isStopped, Checks checks, CancellationToken stop)
    {
        var watch = Stopwatch.StartNew();
        if (isStopped) await nodes.SignalAsync(follower, "CONT");
        else await nodes.StartNodeAsync(follower);
        while (!await IsCaughtUpAsync(target, follower) && watch.Elapsed < CatchUpMax && !stop.IsCancellationRequested)
            await Task.Delay(50, CancellationToken.None);
        checks.Expect(
            watch.Elapsed < CatchUpMax && !stop.IsCancellationRequested,
            $"{NodeFleet.IdOf(follower)} has caught up {watch.Elapsed.TotalSeconds:F1} s after it came back");
    }

    private static async Task<bool> IsCaughtUpAsync(RaftTarget target, int follower)
    {
        var servers = (await target.StatusAsync()).Servers;
        var applied = servers.FirstOrDefault(one => one.Server == new ServerId(NodeFleet.IdOf(follower)))?.Status?.AppliedIndex;
        return applied is { } index && servers.All(one => one.Status is null || one.Status.CommitIndex <= index);
    }
}
