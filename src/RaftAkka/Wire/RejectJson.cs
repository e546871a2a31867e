using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace RaftAkka.Wire;

/// <summary>
/// Stands in the place of Akka's default JSON serializer, whose bytes name the .NET types that the receiver
/// then makes: who reaches the port could run code of his choice. Deserializing happens before any other
/// check, so what has to go is the serializer itself.
/// </summary>
internal sealed class RejectJson : Serializer
{
    /// <summary>Akka makes it like the serializer that it replaces, with that one's settings.</summary>
    public RejectJson(ExtendedActorSystem system, Config settings) : base(system) => _ = settings;

    /// <summary>That of the serializer that it replaces.</summary>
    public override int Identifier => 1;

    public override bool IncludeManifest => false;

    public override byte[] ToBinary(object obj) =>
        throw new JsonRefusedException(
            $"{obj.GetType()} has no serializer, and was not sent. Bind one under akka.actor.serialization-bindings, "
            + "or mark the message INoSerializationVerificationNeeded if it is to stay in this system.");

    public override object FromBinary(byte[] bytes, Type type) =>
        throw new JsonRefusedException(
            "A message in Akka's default JSON format arrived, and was dropped unread: that format lets its sender run "
            + "code here. The sender has to bind a serializer to the message's type.");
}

/// <summary>A message without a serializer of its own was to be sent, or arrived.</summary>
internal sealed class JsonRefusedException(string message) : SerializationException(message)
{
    /// <summary>The message alone: a stack trace for each would let a stranger flood the log.</summary>
    public override string ToString() => Message;
}
