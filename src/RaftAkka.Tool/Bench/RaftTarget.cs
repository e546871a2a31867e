using System.Diagnostics;
using Akka.Actor;
using RaftAkka.Client;
using RaftAkka.KeyValue;
using RaftAkka.Tool.Cluster;

namespace RaftAkka.Tool.Bench;

/// <summary>A cluster of ours, through as many clients as are wanted, each in an actor system of its own.</summary>
internal sealed class RaftTarget : IBenchTarget, IAsyncDisposable
{
    private static readonly TimeSpan ElectionPause = TimeSpan.FromMilliseconds(100);

    private readonly List<ActorSystem> _systems = [];
    private readonly List<RaftClient> _clients = [];
    private readonly KeyValueClient[] _stores;
    private readonly TimeSpan _timeout;

    private RaftTarget(ClientFile file, BenchSettings settings, TimeSpan? timeout)
    {
        _timeout = timeout ?? file.Settings.Timeout;
        var callsEach = (settings.InFlight + settings.Clients - 1) / settings.Clients;
        var each = file.Settings with
        {
            CallsInFlightMax = Math.Max(file.Settings.CallsInFlightMax, callsEach),
        };
        for (var client = 0; client < settings.Clients; client++)
        {
            _systems.Add(RaftCommands.StartSystem(file));
            _clients.Add(RaftClient.Start(_systems[^1], each));
        }
        _stores = [.. _clients.Select(client => new KeyValueClient(client))];
    }

    /// <summary>Starts the clients.</summary>
    /// <param name="file">The cluster and where it is.</param>
    /// <param name="settings">How many clients, and how much they have to carry.</param>
    /// <param name="timeout">How long a call may take; null for what the file says.</param>
    public static RaftTarget Start(ClientFile file, BenchSettings settings, TimeSpan? timeout = null) =>
        new(file, settings, timeout);

    /// <summary>
    /// How the cluster stands. Where a majority answers and nobody leads yet, as after a start, it waits for that.
    /// </summary>
    public async Task<ClusterStatus> StatusAsync()
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            var status = await _clients[0].StatusAsync();
            var mayElect = 2 * status.Servers.Count(server => server.IsReachable) > status.Servers.Count;
            if (status.HasQuorum || !mayElect || waited.Elapsed >= _timeout) return status;
            await Task.Delay(ElectionPause);
        }
    }

    public Task Put(int caller, ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value) =>
        _stores[caller % _stores.Length].PutAsync(key, value, _timeout);

    public Task Get(int caller, ReadOnlyMemory<byte> key) =>
        _stores[caller % _stores.Length].GetAsync(key, _timeout);

    public long RevisionOf(Task put) => ((Task<KeyVersion>)put).Result.ModRevision;

    public Reading ReadingOf(Task get) =>
        ((Task<KeyValueEntry?>)get).Result is { } entry ? new Reading(entry.ModRevision, entry.Value) : default;

    public BenchFailure? Classify(Exception failure) => failure switch
    {
        OutcomeUnknownException => BenchFailure.Unknown,
        QueryFailedException => BenchFailure.ReadFailed,
        // The client has no type for it: the reason names what stood in the way.
        CommandNotAppliedException refused when refused.Message.Contains("busy", StringComparison.OrdinalIgnoreCase) =>
            BenchFailure.Busy,
        CommandNotAppliedException => BenchFailure.NotApplied,
        _ => null,
    };

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_clients.Select(client => client.StopAsync()));
        await Task.WhenAll(_systems.Select(system => system.Terminate()));
    }
}
