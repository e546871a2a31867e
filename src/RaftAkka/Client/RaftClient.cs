using Akka.Actor;

namespace RaftAkka.Client;

/// <summary>
/// Sends commands and queries to a cluster and returns their results as tasks. Safe to use from many threads at
/// once; one instance serves a whole process. Commands in flight at the same time may be applied in any order.
/// </summary>
/// <remarks>
/// Every call ends in exactly one of three ways: its result; <see cref="CommandNotAppliedException"/>, surely
/// not applied; or <see cref="OutcomeUnknownException"/>.
/// </remarks>
public sealed class RaftClient
{
    private readonly IActorRef _actor;
    private readonly TimeSpan _timeout;

    /// <summary>Makes a client over an actor that takes <see cref="ClientCall"/>: in tests, a probe.</summary>
    /// <param name="actor">Who carries the calls out.</param>
    /// <param name="timeout">How long a call may take where the caller does not say.</param>
    public RaftClient(IActorRef actor, TimeSpan timeout) => (_actor, _timeout) = (actor, timeout);

    /// <summary>Has a command applied exactly once, however often it must be sent.</summary>
    /// <param name="command">What the state machine gets; not to be changed until the task ends.</param>
    /// <param name="timeout">How long to try; the client's default where it is null.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task<ReadOnlyMemory<byte>> ExecuteAsync(
        ReadOnlyMemory<byte> command, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        CallAsync(ClientCallKind.Command, command, timeout, cancellationToken);

    /// <summary>Asks the state machine; the answer reflects everything that was acknowledged before the call.</summary>
    /// <param name="query">What the state machine gets; not to be changed until the task ends.</param>
    /// <param name="timeout">How long to try; the client's default where it is null.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task<ReadOnlyMemory<byte>> QueryAsync(
        ReadOnlyMemory<byte> query, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        CallAsync(ClientCallKind.Query, query, timeout, cancellationToken);

    private Task<ReadOnlyMemory<byte>> CallAsync(
        ClientCallKind kind, ReadOnlyMemory<byte> body, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var call = new ClientCall(kind, body, timeout ?? _timeout);
        _actor.Tell(call);
        return call.Outcome;
    }
}
