using System.Runtime.Serialization;

namespace RaftAkka.Wire;

/// <summary>
/// Bytes are not the message that their manifest says, or a message cannot become bytes. Akka's remoting logs
/// it, drops the message and keeps the connection. The only exception that the serializer lets out.
/// </summary>
internal sealed class WireFormatException : SerializationException
{
    /// <summary>A message with this manifest is wrong.</summary>
    /// <param name="manifest">The message's manifest.</param>
    /// <param name="facts">What is wrong with it, in words that hold nothing of its content.</param>
    public WireFormatException(string manifest, string facts)
        : base($"raft message '{manifest}': {facts}. The message was dropped.") => Manifest = manifest;

    /// <summary>
    /// The message alone. Remoting logs this for every bad message, and who sends one sends many: a stack
    /// trace each time would bury the log, and says nothing that the message does not.
    /// </summary>
    public override string ToString() => Message;

    /// <summary>The manifest that came with the bytes.</summary>
    public string Manifest { get; }
}
