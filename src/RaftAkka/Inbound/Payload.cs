namespace RaftAkka.Inbound;

/// <summary>A message in Akka's envelope, not yet read: its bytes, and what says how to read them.</summary>
internal readonly ref struct Payload
{
    /// <summary>The message's own bytes.</summary>
    public ReadOnlySpan<byte> Message { get; private init; }

    /// <summary>The number of its serializer.</summary>
    public int Serializer { get; private init; }

    /// <summary>What the serializer needs to know of its type.</summary>
    public ReadOnlySpan<byte> Manifest { get; private init; }

    /// <summary>Reads the envelope's fields; false where it is malformed.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Payload payload)
    {
        ReadOnlySpan<byte> message = default, manifest = default;
        var serializer = 0UL;
        var fields = new ProtoFields(bytes);
        while (fields.Next())
        {
            switch (fields.Field)
            {
                case 1: message = fields.Bytes; break;
                case 2: serializer = fields.Number; break;
                case 3: manifest = fields.Bytes; break;
            }
        }

        payload = new Payload { Message = message, Serializer = unchecked((int)serializer), Manifest = manifest };
        return !fields.IsMalformed;
    }

    /// <summary>Whether an <c>ActorIdentity</c> answers a question that had nothing inside.</summary>
    public static bool IsIdentityOfNothing(ReadOnlySpan<byte> identity)
    {
        ReadOnlySpan<byte> question = default;
        var fields = new ProtoFields(identity);
        while (fields.Next())
            if (fields.Field == 1) question = fields.Bytes;
        return !fields.IsMalformed && TryRead(question, out var inside) && inside is { Serializer: 0, Message.IsEmpty: true };
    }
}
