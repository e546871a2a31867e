using System.Runtime.CompilerServices;
using Akka.Actor;
using Akka.Configuration;
using RaftAkka.Client;
using RaftAkka.KeyValue;
using RaftAkka.Protocol;
using RaftAkka.Tool.Cli;

namespace RaftAkka.Tool.Cluster;

/// <summary>The commands, carried out by a Raft client in an actor system of its own.</summary>
internal sealed class RaftCommands : IClusterCommands
{
    // Longer than a leader needs to be elected, shorter than somebody likes to wait for an unreachable server.
    private static readonly TimeSpan StatusPatience = TimeSpan.FromSeconds(2);

    // A large state takes a while to write.
    private static readonly TimeSpan SnapshotPatience = TimeSpan.FromMinutes(1);

    // Nothing is logged: what a call comes to is in its result, and standard error is for that.
    private const string Own = """
        akka {
          actor.provider = remote
          remote.dot-netty.tcp.port = 0
          loggers = []
          stdout-loglevel = OFF
          loglevel = OFF
          coordinated-shutdown.run-by-clr-shutdown-hook = off
        }
        """;

    private readonly ActorSystem _system;
    private readonly RaftClient _raft;
    private readonly RaftAdminClient _admin;
    private readonly KeyValueClient _store;
    private readonly TimeSpan _timeout;
    private readonly TimeSpan _statusTimeout;
    private readonly TimeSpan _snapshotTimeout;

    private RaftCommands(ClientFile file, TimeSpan? timeout, ReadConsistency consistency)
    {
        _system = StartSystem(file);
        _raft = RaftClient.Start(_system, file.Settings);
        _admin = new RaftAdminClient(_raft);
        _store = new KeyValueClient(_raft).WithReads(consistency);
        _timeout = timeout ?? file.Settings.Timeout;
        _statusTimeout = timeout ?? StatusPatience;
        _snapshotTimeout = timeout ?? SnapshotPatience;
    }

    public static Task<IClusterCommands> ConnectAsync(ClientTarget target) =>
        Task.FromResult<IClusterCommands>(new RaftCommands(
            ClientFile.Load(target), target.Timeout, target.Consistency));

    /// <summary>An actor system for clients of a cluster, with a port of its own for the servers' answers.</summary>
    public static ActorSystem StartSystem(ClientFile file) => ActorSystem.Create("raftakka-client", file.Config
        .WithFallback(ConfigurationFactory.ParseString(Own))
        .WithFallback($"akka.remote.dot-netty.tcp.hostname = \"{file.OwnHost()}\"")
        .WithFallback(ReferenceConfig.Default));

    public Task<long> PutAsync(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value, CancellationToken stop) =>
        InTimeAsync(async () => (await _store.PutAsync(key, value, _timeout, stop)).ModRevision);

    public Task<StoredEntry?> GetAsync(ReadOnlyMemory<byte> key, CancellationToken stop) =>
        InTimeAsync(async () => await _store.GetAsync(key, _timeout, stop) is { } entry ? Stored(entry) : null);

    public Task<long?> DeleteAsync(ReadOnlyMemory<byte> key, CancellationToken stop) =>
        InTimeAsync(async () =>
            await _store.DeleteAsync(key, _timeout, stop) is { Deleted: true } deleted ? deleted.Revision : (long?)null);

    public Task<long?> CompareAndSwapAsync(
        ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> expected, ReadOnlyMemory<byte> wanted, CancellationToken stop) =>
        InTimeAsync(async () =>
            await _store.CompareAndSwapAsync(key, expected.ToArray(), wanted, _timeout, stop) is { Swapped: true } swapped
                ? swapped.Revision
                : (long?)null);

    // Page by page: all of a large store would fit neither into one answer nor into this process.
    public async IAsyncEnumerable<StoredEntry> ListAsync(
        ReadOnlyMemory<byte> prefix, [EnumeratorCancellation] CancellationToken stop)
    {
        ReadOnlyMemory<byte>? next = ReadOnlyMemory<byte>.Empty;
        while (next is { } from)
        {
            var page = await InTimeAsync(
                () => _store.ListPageAsync(prefix, from, timeout: _timeout, cancellationToken: stop));
            foreach (var entry in page.Entries) yield return Stored(entry);
            next = page.Next;
        }
    }

    public Task<ClusterReport> StatusAsync(CancellationToken stop) =>
        InTimeAsync(async () => Report(await _raft.StatusAsync(_statusTimeout, stop)));

    public Task<(long Index, bool WasThere)> SnapshotAsync(string server, CancellationToken stop) =>
        InTimeAsync(async () =>
        {
            var found = Named(server, await _raft.StatusAsync(_statusTimeout, stop));
            var index = await _raft.TakeSnapshotAsync(found.Address, _snapshotTimeout, stop);
            return (index.Value, WasThere: found.Status?.SnapshotIndex == index);
        });

    public Task<BackupTaken> BackupAsync(string file, string? server, bool overwrite, CancellationToken stop) =>
        InTimeAsync(async () =>
        {
            var status = await _raft.StatusAsync(_statusTimeout, stop);
            var found = server is null ? Sparest(status) : Named(server, status);
            return await _raft.BackupAsync(found.Address, file, overwrite, _snapshotTimeout, stop);
        });

    public Task<ClusterMembers> MembersAsync(CancellationToken stop) =>
        InTimeAsync(() => _admin.MembersAsync(_timeout, stop));

    public Task<ClusterMembers> ChangeMembersAsync(IReadOnlyList<MemberChange> changes, CancellationToken stop) =>
        InTimeAsync(() => _admin.ChangeAsync(changes, _timeout, stop));

    public Task<ClusterMembers> TransferAsync(ServerId? target, CancellationToken stop) =>
        InTimeAsync(() => _admin.TransferAsync(target, _timeout, stop));

    public async ValueTask DisposeAsync()
    {
        await _raft.StopAsync();
        await _system.Terminate();
    }

    private static MemberStatus Named(string server, ClusterStatus status) =>
        status.Servers.FirstOrDefault(member => member.Server?.Value == server)
            ?? throw ToolException.Usage(
                $"No server is called {server}. There are: "
                + string.Join(", ", status.Servers.Select(member => member.Server?.Value ?? member.Address)) + ".");

    // A follower, so that the leader has nothing to do with it.
    private static MemberStatus Sparest(ClusterStatus status) =>
        status.Servers.Where(member => member.Status is not null)
            .OrderBy(member => member.Status!.Role switch { ServerRole.Follower => 0, ServerRole.Leader => 1, _ => 2 })
            .FirstOrDefault()
            ?? throw ToolException.Unknown("No server answers, so none can be asked for a backup. Nothing was written.");

    private static StoredEntry Stored(KeyValueEntry entry) =>
        new(entry.Key, entry.Value, entry.CreateRevision, entry.ModRevision, entry.Version);

    private static ClusterReport Report(ClusterStatus status) => new(
        status.Leader?.Value, status.Term.Value, status.HasQuorum,
        [.. status.Servers.Select(server => new ServerReport(
            server.Server?.Value, server.Address, server.Status is { } state ? State(state) : null,
            server.Problem))]);

    private static ServerState State(ServerStatus status) => new(
        Role(status.Role), status.View.Term.Value, status.View.Leader?.Value,
        status.LastIndex.Value, status.CommitIndex.Value, status.AppliedIndex.Value,
        status.SnapshotIndex.Value, status.FirstIndex.Value)
    {
        Disk = Disk(status.Disk),
        Problems = status.Problems,
    };

    private static string? Disk(DiskState disk) => disk switch
    {
        DiskState.Healthy => "healthy",
        DiskState.Full => "full",
        DiskState.Slow => "slow",
        _ => null,
    };

    private static string Role(ServerRole role) => role switch
    {
        ServerRole.Recovering => "recovering",
        ServerRole.Follower => "follower",
        ServerRole.PreCandidate => "pre-candidate",
        ServerRole.Candidate => "candidate",
        ServerRole.Leader => "leader",
        _ => "unknown",
    };

    // A client that finds no leader in all its time reports what it knows: the command was not applied. To who called
    // this tool, that is a cluster without a quorum.
    private async Task<T> InTimeAsync<T>(Func<Task<T>> call)
    {
        var started = TimeProvider.System.GetTimestamp();
        try
        {
            return await call();
        }
        catch (RaftClientException failed) when (
            failed is not (OutcomeUnknownException or BackupFailedException)
                && TimeProvider.System.GetElapsedTime(started) >= _timeout)
        {
            throw new ToolException(ExitCode.Unknown, failed.Message, failed);
        }
        catch (ArgumentException refused)
        {
            throw new ToolException(ExitCode.Usage, refused.Message.Split(" (Parameter ")[0], refused);
        }
    }
}
