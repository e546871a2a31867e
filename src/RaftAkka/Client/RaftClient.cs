using System.Buffers.Binary;
using System.Security.Cryptography;
using Akka.Actor;
using Akka.Event;
using RaftAkka.Log;
using RaftAkka.Operations;
using RaftAkka.Dispatch;
using RaftAkka.Protocol;
using RaftAkka.Settings;

namespace RaftAkka.Client;

/// <summary>
/// Sends commands and queries to a cluster and returns their results as tasks. Safe to use from many threads
/// at once; one instance serves a whole process. Commands in flight at the same time may be applied in any
/// order.
/// </summary>
/// <remarks>
/// A command ends in exactly one of these ways: its result; <see cref="CommandNotAppliedException"/>, surely
/// not applied, now or later; <see cref="OutcomeUnknownException"/>, nobody can say; or, where the caller's
/// token ended the waiting, <see cref="CallCanceledException"/>, which tells which of the last two holds. A
/// query ends with its result, <see cref="QueryFailedException"/> or <see cref="CallCanceledException"/>.
/// </remarks>
public sealed class RaftClient : IAsyncDisposable, IDisposable
{
    // Of a backup over an actor of the caller's, which may forget it.
    private static readonly TimeSpan BackupTimeMax = TimeSpan.FromDays(1);

    private readonly IActorRef _actor;
    private readonly TimeSpan _timeout;
    private readonly ICallDoor _door;
    private readonly Action<ClientCall> _withdraw;

    /// <summary>
    /// Makes a client over an actor that takes <see cref="ClientCall"/>: in tests, a probe. The actor stays
    /// the caller's own: stopping this client does not stop it. A call that it never answers ends one second
    /// after its time, as unknown.
    /// </summary>
    /// <param name="actor">Who carries the calls out, in this process.</param>
    /// <param name="timeout">How long a call may take where the caller does not say.</param>
    public RaftClient(IActorRef actor, TimeSpan timeout)
        : this(actor, timeout, new DoorToAnyActor(actor))
    {
    }

    private RaftClient(IActorRef actor, TimeSpan timeout, ICallDoor door)
    {
        ThrowIfNotPositive(timeout, nameof(timeout));
        (_actor, _timeout, _door, _withdraw) = (actor, timeout, door, door.Withdraw);
    }

    /// <summary>
    /// Starts a client in an actor system; it lives until it is stopped, or the system ends.
    /// </summary>
    /// <param name="system">The caller's actor system, with Akka.Remote and RaftAkka's serializer.</param>
    /// <param name="settings">The cluster and where to find it.</param>
    /// <param name="name">
    /// The name of the client's actor below <c>/user</c>; chosen by Akka where it is null.
    /// </param>
    /// <exception cref="RaftConfigurationException">
    /// The settings cannot work, or the actor system cannot: no remoting, or not RaftAkka's serializer. The message lists the
    /// mistakes.
    /// </exception>
    /// <exception cref="InvalidActorNameException">The name is not allowed, or in use.</exception>
    public static RaftClient Start(ActorSystem system, RaftClientSettings settings, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(settings);
        settings.Validate();
        ClientSystem.Check(system);
        var servers = new RemoteServers(system, settings.ServerSystem, settings.Group);
        return Start(system, settings, servers.At, name);
    }

    /// <summary>
    /// The same, with another way to the servers: in tests, a probe that plays a server's <c>sessions</c>
    /// actor.
    /// </summary>
    /// <param name="system">The caller's actor system.</param>
    /// <param name="settings">The cluster and where to find it.</param>
    /// <param name="servers">
    /// Leads from a server's address to its <c>sessions</c> actor. Called on any thread; must not throw or
    /// block. An address for which it throws counts as one that does not answer.
    /// </param>
    /// <param name="name">
    /// The name of the client's actor below <c>/user</c>; chosen by Akka where it is null.
    /// </param>
    /// <exception cref="RaftConfigurationException">
    /// The settings cannot work; the message lists the mistakes.
    /// </exception>
    /// <exception cref="InvalidActorNameException">The name is not allowed, or in use.</exception>
    public static RaftClient Start(
        ActorSystem system, RaftClientSettings settings, Func<string, ICanTell> servers, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(servers);
        settings.Validate();

        // No two clients of a cluster may share a name, on whatever machines and in whatever lives they are.
        var client = RandomNumberGenerator.GetHexString(24, lowercase: true);
        var random = new Random(RandomNumberGenerator.GetInt32(int.MaxValue));
        var door = new ClientDoor();
        var props = RaftClientActor.Props(
            settings, new ServersByAddress(servers, Logging.GetLogger(system, typeof(RaftClient))), client, random, DrawToken,
            door);

        // A test's actor system has no settings of ours: the client runs there like any other actor.
        if (system.Dispatchers.HasDispatcher(HandOnDispatcher.Name)) props = props.WithDispatcher(HandOnDispatcher.Name);
        var actor = system.ActorOf(props, name);
        return new RaftClient(actor, settings.Timeout, new DoorToOwnActor(actor, door));
    }

    /// <summary>Has a command applied exactly once, however often it must be sent.</summary>
    /// <param name="command">What the state machine gets; not to be changed until the task ends.</param>
    /// <param name="timeout">How long to try; the client's default where it is null.</param>
    /// <param name="cancellationToken">
    /// Ends the waiting. It cannot call back a command that is on its way.
    /// </param>
    /// <exception cref="CommandNotAppliedException">
    /// Surely not applied: refused, or never taken by a leader.
    /// </exception>
    /// <exception cref="OutcomeUnknownException">Sent, and its result did not come in time.</exception>
    /// <exception cref="CallCanceledException">The token ended the waiting.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The timeout is not more than zero.</exception>
    public Task<ReadOnlyMemory<byte>> ExecuteAsync(
        ReadOnlyMemory<byte> command, TimeSpan? timeout = null,
        CancellationToken cancellationToken = default) =>
        CallAsync(NewCall(ClientCallKind.Command, command, timeout, ReadConsistency.Linearizable), cancellationToken);

    /// <summary>
    /// Asks the state machine; the answer reflects everything that was acknowledged before the call.
    /// </summary>
    /// <param name="query">What the state machine gets; not to be changed until the task ends.</param>
    /// <param name="timeout">How long to try; the client's default where it is null.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="QueryFailedException">
    /// Not answered in time, or refused. Asking again is always safe.
    /// </exception>
    /// <exception cref="CallCanceledException">The token ended the waiting.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The timeout is not more than zero.</exception>
    public Task<ReadOnlyMemory<byte>> QueryAsync(
        ReadOnlyMemory<byte> query, TimeSpan? timeout = null,
        CancellationToken cancellationToken = default) =>
        QueryAsync(query, ReadConsistency.Linearizable, timeout, cancellationToken);

    /// <summary>Asks the state machine, with another promise than the usual one.</summary>
    /// <param name="query">What the state machine gets; not to be changed until the task ends.</param>
    /// <param name="consistency">What the answer is to promise.</param>
    /// <param name="timeout">How long to try; the client's default where it is null.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <inheritdoc cref="QueryAsync(ReadOnlyMemory{byte}, TimeSpan?, CancellationToken)" path="/exception"/>
    public Task<ReadOnlyMemory<byte>> QueryAsync(
        ReadOnlyMemory<byte> query, ReadConsistency consistency, TimeSpan? timeout = null,
        CancellationToken cancellationToken = default)
    {
        if (!Enum.IsDefined(consistency)) throw new ArgumentOutOfRangeException(nameof(consistency));
        return CallAsync(NewCall(ClientCallKind.Query, query, timeout, consistency), cancellationToken);
    }

    /// <summary>
    /// Asks every known server how it stands. Servers that do not answer are reported as such, and make the
    /// call take its whole time.
    /// </summary>
    /// <param name="timeout">How long to wait for the servers' answers. Default 2 s.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="QueryFailedException">The client is stopped.</exception>
    public Task<ClusterStatus> StatusAsync(
        TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        var call = new StatusCall(timeout ?? TimeSpan.FromSeconds(2));
        ThrowIfNotPositive(call.Timeout, nameof(timeout));
        _door.Submit(call, call.Timeout);
        return call.Outcome.WaitAsync(cancellationToken);
    }

    /// <summary>
    /// Has a server take a snapshot of its state now, and waits until that is durable; its log then lets go of what
    /// the snapshot stands for. Safe to repeat: a snapshot that is being taken serves all who ask, and where nothing
    /// was applied since the last one, that one is the answer.
    /// </summary>
    /// <param name="address">The server's address, <c>host:port</c>, as <see cref="StatusAsync"/> shows it.</param>
    /// <param name="timeout">How long to wait; a large state takes long to write. Default 1 minute.</param>
    /// <param name="cancellationToken">Ends the waiting, not the snapshot.</param>
    /// <returns>The last index that the snapshot holds.</returns>
    /// <exception cref="SnapshotFailedException">The server has not, or not in time, taken one; the message says why.</exception>
    public Task<LogIndex> TakeSnapshotAsync(
        string address, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(address);
        var call = new SnapshotCall(address, timeout ?? TimeSpan.FromMinutes(1));
        ThrowIfNotPositive(call.Timeout, nameof(timeout));
        _door.Submit(call, call.Timeout);
        return call.Outcome.WaitAsync(cancellationToken);
    }

    /// <summary>
    /// Saves a consistent copy of the cluster's state in a file: everything that was acknowledged before the call, and
    /// perhaps what came meanwhile. A server takes a snapshot once a majority has confirmed what was acknowledged, and
    /// sends it; so the cluster needs a majority to begin with. The file gets its name when it is whole, verified and
    /// durable; until then a file beside it grows, which goes if the backup fails.
    /// </summary>
    /// <param name="address">
    /// The server's address, <c>host:port</c>, as <see cref="StatusAsync"/> shows it; a follower spares the leader.
    /// </param>
    /// <param name="file">Where to; its directory has to exist.</param>
    /// <param name="overwrite">Whether it may take the place of a file; otherwise such a file is an error.</param>
    /// <param name="patience">How long to wait without progress; a large state takes long to write. Default 1 minute.</param>
    /// <param name="cancellationToken">Ends it within a second, and leaves nothing.</param>
    /// <exception cref="BackupFailedException">There is no backup; the message says why.</exception>
    /// <exception cref="CallCanceledException">The token ended it.</exception>
    public Task<BackupTaken> BackupAsync(
        string address, string file, bool overwrite = false, TimeSpan? patience = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(address);
        ArgumentException.ThrowIfNullOrEmpty(file);
        var full = Path.GetFullPath(file);
        var tag = RandomNumberGenerator.GetHexString(8, lowercase: true);
        var call = new BackupCall(
            address,
            () => new BackupFile(FileDisk.Beside(full), Path.GetFileName(full), tag, overwrite),
            patience ?? TimeSpan.FromMinutes(1), cancellationToken);
        ThrowIfNotPositive(call.Patience, nameof(patience));
        _door.Submit(call, BackupTimeMax);
        return call.Outcome;
    }

    /// <summary>
    /// Says goodbye to the servers and stops the client's actor; the task ends when it has stopped. Calls
    /// that still wait end at once, as not applied or unknown; so do later ones, as not applied. Safe to
    /// repeat.
    /// </summary>
    public Task StopAsync() => _door.StopAsync();

    /// <summary>The same as <see cref="StopAsync"/>.</summary>
    public ValueTask DisposeAsync() => new(StopAsync());

    /// <summary>The same as <see cref="StopAsync"/>, without waiting until the client's actor has stopped.</summary>
    public void Dispose() => _ = StopAsync();

    /// <inheritdoc/>
    public override string ToString() => $"raft client {_actor.Path}";

    internal Task<ClusterMembers> AskMembersAsync(MembersCall call, CancellationToken cancellationToken)
    {
        ThrowIfNotPositive(call.Timeout, "timeout");
        call.CancelWith(cancellationToken);
        if (!call.Outcome.IsCompleted) _door.Submit(call, call.Timeout);
        return call.Outcome;
    }

    private static SessionToken DrawToken()
    {
        Span<byte> bits = stackalloc byte[2 * sizeof(ulong)];
        RandomNumberGenerator.Fill(bits);
        return new SessionToken(
            BinaryPrimitives.ReadUInt64LittleEndian(bits), BinaryPrimitives.ReadUInt64LittleEndian(bits[sizeof(ulong)..]));
    }

    private Task<ReadOnlyMemory<byte>> CallAsync(ClientCall call, CancellationToken cancellationToken)
    {
        ThrowIfNotPositive(call.Timeout, "timeout");
        call.CancelWith(cancellationToken, _withdraw);
        if (!call.HasEnded) _door.Submit(call, call.Timeout);
        return call.Outcome;
    }

    private ClientCall NewCall(
        ClientCallKind kind, ReadOnlyMemory<byte> body, TimeSpan? timeout, ReadConsistency consistency) =>
        new(kind, body, timeout ?? _timeout, _door.EndsCallsTogether) { Consistency = consistency };

    private static void ThrowIfNotPositive(TimeSpan timeout, string name) =>
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero, name);
}
