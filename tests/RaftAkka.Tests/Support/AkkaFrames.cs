using System.Buffers.Binary;
using Google.Protobuf;

namespace RaftAkka.Tests.Support;

/// <summary>Frames of Akka.Remote, made by hand: what a stranger can send who has read its source.</summary>
internal static class AkkaFrames
{
    public const int Associate = 1;
    public const int Disassociate = 2;
    public const int Heartbeat = 3;
    public const int ShuttingDown = 4;

    /// <summary>The serializers of Raft, of Akka's miscellaneous messages, of its selections and system messages.</summary>
    public const int Raft = 4711;
    public const int Miscellaneous = 16;
    public const int Selections = 6;
    public const int System = 22;

    /// <summary>The handshake of a system at an address.</summary>
    public static byte[] HandshakeOf(string system, string host, int port, ulong uid = 7, string protocol = "tcp") =>
        Command(Associate, Message(output =>
        {
            Bytes(output, 1, Message(address =>
            {
                Text(address, 1, system);
                Text(address, 2, host);
                Number(address, 3, (ulong)port);
                Text(address, 4, protocol);
            }));
            Fixed(output, 2, uid);
        }));

    /// <summary>A command of Akka.Remote itself.</summary>
    public static byte[] Command(int command, byte[]? handshake = null) => Message(frame => Bytes(frame, 2, Message(output =>
    {
        Number(output, 1, (ulong)command);
        if (handshake is not null) Bytes(output, 2, handshake);
    })));

    /// <summary>A message to an actor.</summary>
    public static byte[] To(
        string recipient, byte[] payload, string? sender = null, ulong sequence = ulong.MaxValue, bool withAck = false) =>
        Message(frame => Bytes(frame, 1, Message(container =>
        {
            if (withAck) Bytes(container, 1, Message(ack => Fixed(ack, 1, 5)));
            Bytes(container, 2, Message(envelope =>
            {
                Bytes(envelope, 1, Message(path => Text(path, 1, recipient)));
                Bytes(envelope, 2, payload);
                if (sender is not null) Bytes(envelope, 4, Message(path => Text(path, 1, sender)));
                Fixed(envelope, 5, sequence);
            }));
        })));

    /// <summary>An acknowledgement of system messages, and no message.</summary>
    public static byte[] Ack(ulong sequence) => Message(frame => Bytes(frame, 1, Message(container =>
        Bytes(container, 1, Message(ack => Fixed(ack, 1, sequence))))));

    /// <summary>A message's bytes with what says how to read them.</summary>
    public static byte[] Payload(int serializer, string manifest, byte[]? message = null) => Message(output =>
    {
        Bytes(output, 1, message ?? []);
        Number(output, 2, (ulong)serializer);
        if (manifest.Length > 0) Text(output, 3, manifest);
    });

    /// <summary>A selection of the actor with such names, from the root on.</summary>
    public static byte[] Selection(byte[] payload, params string[] names) => Payload(Selections, "", Message(output =>
    {
        Bytes(output, 1, payload);
        foreach (var name in names) Bytes(output, 2, Message(element =>
        {
            Number(element, 1, name == ".." ? 1UL : 2UL);
            Text(element, 2, name);
        }));
    }));

    /// <summary>A frame as it goes over the wire: behind its length.</summary>
    public static byte[] OnTheWire(byte[] frame)
    {
        var bytes = new byte[sizeof(int) + frame.Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, frame.Length);
        frame.CopyTo(bytes, sizeof(int));
        return bytes;
    }

    public static byte[] Message(Action<CodedOutputStream> write)
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true)) write(output);
        return stream.ToArray();
    }

    public static void Bytes(CodedOutputStream output, int field, byte[] bytes)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(bytes));
    }

    public static void Text(CodedOutputStream output, int field, string text)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteString(text);
    }

    public static void Number(CodedOutputStream output, int field, ulong number)
    {
        output.WriteTag(field, WireFormat.WireType.Varint);
        output.WriteUInt64(number);
    }

    public static void Fixed(CodedOutputStream output, int field, ulong number)
    {
        output.WriteTag(field, WireFormat.WireType.Fixed64);
        output.WriteFixed64(number);
    }
}
