using Akka.Actor;

namespace RaftAkka.Client;

/// <summary>
/// What a <see cref="RaftClient"/> sends to its actor for every call. In a test, a probe in the actor's place
/// expects it and answers with <see cref="Complete"/>, <see cref="Refuse"/> or <see cref="LeaveUnknown"/>;
/// the first answer counts.
/// </summary>
public sealed class ClientCall : INoSerializationVerificationNeeded
{
    private readonly TaskCompletionSource<ReadOnlyMemory<byte>> _outcome =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Makes a call that waits for its answer.</summary>
    public ClientCall(ClientCallKind kind, ReadOnlyMemory<byte> body, TimeSpan timeout) =>
        (Kind, Body, Timeout) = (kind, body, timeout);

    /// <summary>Whether it changes the state machine or only asks it.</summary>
    public ClientCallKind Kind { get; }

    /// <summary>What the state machine gets.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>How long the caller waits.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>The outcome: the result, or one of the exceptions that <see cref="RaftClient"/> names.</summary>
    public Task<ReadOnlyMemory<byte>> Outcome => _outcome.Task;

    /// <summary>The command was applied, or the query answered.</summary>
    public void Complete(ReadOnlyMemory<byte> result) => _outcome.TrySetResult(result);

    /// <summary>The command was surely not applied, nor will be.</summary>
    public void Refuse(string reason) => _outcome.TrySetException(new CommandNotAppliedException(reason));

    /// <summary>Nobody can say whether the command was, or will be, applied.</summary>
    public void LeaveUnknown(string reason) => _outcome.TrySetException(new OutcomeUnknownException(reason));
}

/// <summary>What a call asks for.</summary>
public enum ClientCallKind
{
    /// <summary>A command, applied once on every server.</summary>
    Command,

    /// <summary>A linearizable query.</summary>
    Query,
}
