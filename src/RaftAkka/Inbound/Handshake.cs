using System.Text;
using Akka.Actor;
using Google.Protobuf;

namespace RaftAkka.Inbound;

/// <summary>Parts of Akka.Remote's wire format that the gate reads or writes.</summary>
internal static class Handshake
{
    private const int NameLengthMax = 255;

    /// <summary>
    /// Reads the address that the other side says it has; null where there is none, or where a part has letters that no
    /// address has. Akka makes the name of an actor of it. The wire has the transport's protocol, without Akka's.
    /// </summary>
    public static Address? ReadAddress(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> system = default, host = default, protocol = default;
        var port = 0UL;
        var fields = new ProtoFields(bytes);
        while (fields.Next())
        {
            switch (fields.Field)
            {
                case 1: system = fields.Bytes; break;
                case 2: host = fields.Bytes; break;
                case 3: port = fields.Number; break;
                case 4: protocol = fields.Bytes; break;
            }
        }

        return !fields.IsMalformed && IsName(system) && IsName(host) && IsName(protocol) && port is > 0 and <= ushort.MaxValue
            ? new Address($"akka.{Text(protocol)}", Text(system), Text(host), (int)port)
            : null;
    }

    /// <summary>A message's frame, with its envelope alone.</summary>
    public static byte[] WithoutAck(ReadOnlySpan<byte> envelope)
    {
        using var container = new MemoryStream();
        WriteField(container, 2, envelope);
        using var frame = new MemoryStream();
        WriteField(frame, 1, container.GetBuffer().AsSpan(0, (int)container.Length));
        return frame.ToArray();
    }

    private static void WriteField(MemoryStream to, int field, ReadOnlySpan<byte> bytes)
    {
        using var output = new CodedOutputStream(to, leaveOpen: true);
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(bytes));
    }

    private static bool IsName(ReadOnlySpan<byte> name)
    {
        foreach (var letter in name)
            if (!char.IsAsciiLetterOrDigit((char)letter) && !".-_:[]%"u8.Contains(letter)) return false;
        return name.Length is > 0 and <= NameLengthMax;
    }

    private static string Text(ReadOnlySpan<byte> name) => Encoding.ASCII.GetString(name);
}
