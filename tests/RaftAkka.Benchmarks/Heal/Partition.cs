using System.Diagnostics;
using Akka.Actor;
using RaftAkka.Client;
using RaftAkka.KeyValue;
using RaftAkka.Protocol;
using RaftAkka.Tool.Cluster;

namespace RaftAkka.Benchmarks.Heal;

/// <summary>Cuts a server off under writes, heals, and watches.</summary>
internal sealed class Partition : IAsyncDisposable
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan AgreeMax = TimeSpan.FromSeconds(30);

    private readonly NodeNetwork _network;
    private readonly NodeFleet _nodes;
    private readonly ActorSystem _system;
    private readonly RaftClient _raft;

    public Partition(NodeNetwork network, NodeFleet nodes)
    {
        (_network, _nodes) = (network, nodes);
        _system = RaftCommands.StartSystem(new ClientFile(nodes.ClientSettings, Akka.Configuration.Config.Empty));
        _raft = RaftClient.Start(_system, nodes.ClientSettings);
    }

    public async Task<HealTimes> RunAsync(HealCase one, TimeSpan length, CancellationToken stop)
    {
        using var writers = new Writers(new KeyValueClient(_raft));
        await Task.Delay(Settling, stop);
        var leader = NodeFleet.NodeOf((await LeaderAsync(_raft, stop)).Leader!.Value);
        var cutOff = one.Leader ? leader : (leader + 1) % _nodes.Count;

        // A system of its own, made before: its first connections are those of a program that starts when all is well.
        var settings = _nodes.ClientSettings with { Seeds = [_nodes.Addresses[cutOff]] };
        using var fresh = RaftCommands.StartSystem(new ClientFile(settings, Akka.Configuration.Config.Empty));

        var cut = Stopwatch.GetTimestamp();
        if (one.FromClients) _network.Cut(cutOff);
        else _network.CutFromNodes(cutOff);
        await Task.Delay(length, stop);
        var before = await LeaderAsync(_raft, stop);

        _network.Heal(cutOff);
        var healed = Stopwatch.GetTimestamp();
        await using var raft = RaftClient.Start(fresh, settings);
        var writing = FirstWriteAsync(raft, healed, stop);
        var after = await AgreedAsync(raft, before, stop);
        var agreeMs = Stopwatch.GetElapsedTime(healed).TotalMilliseconds;
        var firstWriteMs = await writing;
        await Task.Delay(Watched, stop);

        var times = await writers.TimesAsync();
        return new HealTimes(
            LongestGapMs(times, cut, healed), firstWriteMs, agreeMs, LongestGapMs(times, healed, Stopwatch.GetTimestamp()),
            after.Leader == before.Leader ? 0 : 1);
    }

    public async ValueTask DisposeAsync()
    {
        await _raft.StopAsync();
        await _system.Terminate();
    }

    private static async Task<ClusterStatus> LeaderAsync(RaftClient raft, CancellationToken stop)
    {
        while (true)
        {
            if (await raft.StatusAsync(cancellationToken: stop) is { Leader: not null } status) return status;
        }
    }

    private static async Task<double> FirstWriteAsync(RaftClient raft, long healed, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                await new KeyValueClient(raft).PutAsync("healed", "yes", cancellationToken: stop);
                return Stopwatch.GetElapsedTime(healed).TotalMilliseconds;
            }
            catch (RaftClientException failed) when (!stop.IsCancellationRequested)
            {
                Console.Error.WriteLine($"after healing: {failed.Message}");
            }
        }
    }

    private async Task<ClusterStatus> AgreedAsync(RaftClient raft, ClusterStatus before, CancellationToken stop)
    {
        var watch = Stopwatch.StartNew();
        var committed = before.Servers.Max(server => server.Status?.CommitIndex ?? default);
        while (watch.Elapsed < AgreeMax)
        {
            var status = await raft.StatusAsync(TimeSpan.FromMilliseconds(200), stop);
            var servers = status.Servers.Select(server => server.Status).OfType<ServerStatus>().ToArray();
            if (servers.Length == _nodes.Count
                && servers.All(server => server.AppliedIndex >= committed && server.View.Leader == status.Leader)
                && status.Leader is not null)
                return status;
            await Task.Delay(5, stop);
        }
        throw new InvalidOperationException($"The servers do not agree {AgreeMax.TotalSeconds} s after the network healed.");
    }

    // Writes go on before and after, so a gap that reaches over an end counts from or to there.
    private static double LongestGapMs(long[] times, long from, long to)
    {
        long[] within = [from, .. times.Where(time => time > from && time < to), to];
        return within.Zip(within.Skip(1), Stopwatch.GetElapsedTime).Max().TotalMilliseconds;
    }
}
