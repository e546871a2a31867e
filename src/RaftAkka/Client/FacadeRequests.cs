using Akka.Actor;

namespace RaftAkka.Client;

/// <summary>
/// What the facade hands to its actor, and what somebody must answer even where the actor is gone.
/// </summary>
internal interface IFacadeRequest : INoSerializationVerificationNeeded
{
    /// <summary>Answers a request that the actor did not take, and so surely sent to nobody.</summary>
    void Refuse(string reason);
}

/// <summary>The caller of a call has canceled it, so that its place is free.</summary>
internal sealed class CanceledCall(ClientCall call) : IFacadeRequest
{
    public ClientCall Call { get; } = call;

    public void Refuse(string reason)
    {
        // The call has its outcome.
    }
}

/// <summary>There are requests at the door.</summary>
internal sealed class Knock : INoSerializationVerificationNeeded
{
    public static readonly Knock Instance = new();
}

/// <summary>The client is to say goodbye and stop.</summary>
internal sealed class StopClient : INoSerializationVerificationNeeded
{
    public static readonly StopClient Instance = new();
}
