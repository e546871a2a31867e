using System.Collections.Frozen;
using System.Net;
using System.Text;
using Akka.Actor;

namespace RaftAkka.Inbound;

/// <summary>
/// Looks at every frame of one connection before Akka.Remote does, which reads a message, and makes the types that it
/// names, before it asks anything else. The first frame has to be the handshake. With <see cref="InboundRules.OnlyRaft"/>
/// only Raft's messages pass, from the address of the handshake to the group's actors: no system messages, no other
/// serializers, no remote deployment.
/// </summary>
/// <param name="rules">The rules of the transport.</param>
/// <param name="caller">Where an incoming connection comes from; null for one that this system made.</param>
internal sealed class InboundGate(InboundRules rules, IPAddress? caller)
{
    // Numbers of Akka's serializers and commands: part of its wire format.
    private const int Miscellaneous = 16;
    private const int Selections = 6;
    private const int RaftMessages = 4711;
    private const int Associate = 1;
    private const int Disassociate = 2;
    private const int Heartbeat = 3;
    private const int DisassociateShuttingDown = 4;
    private const int DisassociateQuarantined = 5;
    private const int ChildName = 2;

    private static readonly FrozenSet<ulong> Manifests = Wire.Manifests.All.Select(KeyOf).ToFrozenSet();
    private static readonly byte[] ShuttingDown = [0x12, 2, 8, DisassociateShuttingDown];

    private byte[]? _origin;

    /// <summary>The address that the other side has, as its handshake says; null before.</summary>
    public Address? Origin { get; private set; }

    /// <summary>The number of the other side's incarnation, as its handshake says.</summary>
    public ulong Uid { get; private set; }

    /// <summary>What Akka gets in place of a frame.</summary>
    public byte[] Replacement { get; private set; } = [];

    /// <summary>What was wrong with the last frame that was dropped.</summary>
    public string Reason { get; private set; } = "";

    /// <summary>What is to become of a frame.</summary>
    public Verdict Judge(ReadOnlySpan<byte> frame)
    {
        ReadOnlySpan<byte> payload = default, instruction = default;
        var fields = new ProtoFields(frame);
        while (fields.Next())
        {
            if (fields.Field == 1) payload = fields.Bytes;
            else if (fields.Field == 2) instruction = fields.Bytes;
        }

        if (fields.IsMalformed || payload.IsEmpty == instruction.IsEmpty) return Close("sent bytes that are no Akka.Remote frame");
        if (!instruction.IsEmpty) return OnInstruction(instruction);
        if (Origin is null) return Close("sent a message before the handshake");
        return rules.OnlyRaft ? OnContainer(payload) : Verdict.Pass;
    }

    private Verdict OnInstruction(ReadOnlySpan<byte> instruction)
    {
        var command = 0UL;
        ReadOnlySpan<byte> handshake = default;
        var fields = new ProtoFields(instruction);
        while (fields.Next())
        {
            if (fields.Field == 1) command = fields.Number;
            else if (fields.Field == 2) handshake = fields.Bytes;
        }

        if (fields.IsMalformed) return Close("sent bytes that are no Akka.Remote frame");
        switch (command)
        {
            case Associate:
                return Origin is null ? OnHandshake(handshake) : Close("sent a second handshake");

            // Of one that only leaves, Akka keeps an actor for days: system messages could be owed to it. Nobody owes
            // any here, so this one is gone for good.
            case Disassociate when rules.OnlyRaft:
                Replacement = ShuttingDown;
                return Verdict.Replace;

            case Heartbeat or Disassociate or DisassociateShuttingDown or DisassociateQuarantined:
                return Origin is null && caller is not null ? Close("did not begin with the handshake") : Verdict.Pass;

            default:
                return Close("sent an unknown command of Akka.Remote");
        }
    }

    private Verdict OnHandshake(ReadOnlySpan<byte> handshake)
    {
        ReadOnlySpan<byte> address = default;
        var fields = new ProtoFields(handshake);
        while (fields.Next())
        {
            if (fields.Field == 1) address = fields.Bytes;
            else if (fields.Field == 2) Uid = fields.Number;
        }

        if (fields.IsMalformed || Handshake.ReadAddress(address) is not { } origin
            || (rules.OnlyRaft && origin.Protocol != rules.Own.Protocol))
            return Close("sent a handshake without a valid address");
        if (caller is not null && rules.RefusalOf(origin, caller) is { } refusal) return Close(refusal);

        (Origin, _origin) = (origin, InboundRules.PrefixOf(origin));
        return Verdict.Pass;
    }

    private Verdict OnContainer(ReadOnlySpan<byte> container)
    {
        ReadOnlySpan<byte> envelope = default;
        var hasAck = false;
        var fields = new ProtoFields(container);
        while (fields.Next())
        {
            if (fields.Field == 1) hasAck = true;
            else if (fields.Field == 2) envelope = fields.Bytes;
        }

        if (fields.IsMalformed) return Close("sent bytes that are no Akka.Remote message");
        if (envelope.IsEmpty) return Verdict.Ignore;   // Acknowledges system messages, and none were sent.

        var verdict = OnEnvelope(envelope);
        if (verdict != Verdict.Pass || !hasAck) return verdict;

        // A wrong acknowledgement ends the association for days. The message does not need it.
        Replacement = Handshake.WithoutAck(envelope);
        return Verdict.Replace;
    }

    private Verdict OnEnvelope(ReadOnlySpan<byte> envelope)
    {
        ReadOnlySpan<byte> recipient = default, message = default, sender = default;
        var sequence = 0UL;
        var fields = new ProtoFields(envelope);
        while (fields.Next())
        {
            switch (fields.Field)
            {
                case 1: recipient = fields.Bytes; break;
                case 2: message = fields.Bytes; break;
                case 4: sender = fields.Bytes; break;
                case 5: sequence = fields.Number; break;
            }
        }

        if (fields.IsMalformed || !TryPath(recipient, out recipient) || !TryPath(sender, out sender))
            return Close("sent bytes that are no Akka.Remote message");
        if (sequence != ulong.MaxValue) return Drop("a system message");
        if (!sender.IsEmpty && !IsBelow(sender, _origin)) return Drop($"a message in the name of {Shown(sender)}");
        if (!recipient.StartsWith(rules.OwnPrefix)) return Drop($"a message for {Shown(recipient)}, which is another system");
        return OnMessage(message, recipient[rules.OwnPrefix.Length..]);
    }

    private Verdict OnMessage(ReadOnlySpan<byte> message, ReadOnlySpan<byte> path)
    {
        if (!Payload.TryRead(message, out var payload)) return Close("sent bytes that are no Akka.Remote message");
        if (payload.Serializer == Selections)
            return path is [] or [(byte)'/'] ? OnSelection(payload.Message) : Drop($"a selection for {Shown(path)}");
        if (!IsAllowed(payload)) return Drop(payload);

        return path.SequenceEqual(rules.GroupPath) || IsBelow(path, rules.GroupPath)
            ? Verdict.Pass
            : Drop($"a message for {Shown(path)}");
    }

    private Verdict OnSelection(ReadOnlySpan<byte> selection)
    {
        ReadOnlySpan<byte> message = default;
        var names = 0;
        var fields = new ProtoFields(selection) { Repeated = 2 };
        while (fields.Next())
        {
            if (fields.Field == 1) message = fields.Bytes;
            else if (fields.Field != 2) continue;
            else if (!IsName(fields.Bytes, names++)) return Drop("a selection of other actors");
        }

        if (fields.IsMalformed || !Payload.TryRead(message, out var payload)) return Close("sent bytes that are no Akka.Remote message");
        if (names < 2) return Drop("a selection of other actors");
        return IsAllowed(payload) ? Verdict.Pass : Drop(payload);
    }

    // A name of one actor, and the first two lead to the group.
    private bool IsName(ReadOnlySpan<byte> element, int place)
    {
        var kind = 0UL;
        ReadOnlySpan<byte> name = default;
        var fields = new ProtoFields(element);
        while (fields.Next())
        {
            if (fields.Field == 1) kind = fields.Number;
            else if (fields.Field == 2) name = fields.Bytes;
        }

        if (fields.IsMalformed || kind != ChildName || name.SequenceEqual(".."u8)) return false;
        return place switch
        {
            0 => name.SequenceEqual("user"u8),
            1 => name.SequenceEqual(rules.GroupName),
            _ => true,
        };
    }

    private static bool IsAllowed(in Payload payload) => payload.Serializer switch
    {
        RaftMessages => payload.Manifest.Length <= sizeof(ulong) && Manifests.Contains(KeyOf(payload.Manifest)),

        // Servers keep connections to each other by asking who is there. With nothing inside, which Akka would read.
        Miscellaneous => (payload.Manifest.SequenceEqual("ID"u8) && payload.Message.IsEmpty)
            || (payload.Manifest.SequenceEqual("AID"u8) && Payload.IsIdentityOfNothing(payload.Message)),
        _ => false,
    };

    // A reference to an actor: its path.
    private static bool TryPath(ReadOnlySpan<byte> reference, out ReadOnlySpan<byte> path)
    {
        path = default;
        var fields = new ProtoFields(reference);
        while (fields.Next())
            if (fields.Field == 1) path = fields.Bytes;
        return !fields.IsMalformed;
    }

    private static bool IsBelow(ReadOnlySpan<byte> path, ReadOnlySpan<byte> above) =>
        path.Length > above.Length && path[above.Length] == '/' && path.StartsWith(above);

    private Verdict Drop(in Payload payload) => Drop(
        $"a message that is none of Raft's: serializer {payload.Serializer}, manifest '{Shown(payload.Manifest)}'");

    private Verdict Drop(string what)
    {
        Reason = what;
        return Verdict.Drop;
    }

    private Verdict Close(string what)
    {
        Reason = what;
        return Verdict.Close;
    }

    // It comes from a stranger, and goes into the log.
    private static string Shown(ReadOnlySpan<byte> text)
    {
        const int LengthMax = 80;
        var shown = new StringBuilder();
        foreach (var one in text[..Math.Min(text.Length, LengthMax)]) shown.Append(one is >= 32 and < 127 ? (char)one : '?');
        return text.Length > LengthMax ? $"{shown}..." : shown.ToString();
    }

    private static ulong KeyOf(string manifest) => KeyOf(Encoding.ASCII.GetBytes(manifest));

    // Manifests have at most eight letters.
    private static ulong KeyOf(ReadOnlySpan<byte> manifest)
    {
        var key = 0UL;
        foreach (var letter in manifest) key = (key << 8) | letter;
        return key;
    }
}
