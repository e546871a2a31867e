using Akka.Actor;
using Akka.Serialization;
using RaftAkka.Protocol;

namespace RaftAkka.Wire;

/// <summary>
/// Turns every message between servers, and between clients and servers, into the bytes that
/// <c>raft.proto</c> and <c>membership.proto</c> describe, and back. Whatever is wrong with bytes or manifest comes out as <see
/// cref="WireFormatException"/>.
/// </summary>
internal sealed class RaftSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private readonly HeaderCache _headers = new();

    /// <summary>
    /// This serializer's number in Akka's envelope: part of the wire format, never to be changed.
    /// </summary>
    public override int Identifier => 4711;

    public override string Manifest(object o) => Manifests.Of(o)
        ?? throw new WireFormatException("", $"{o.GetType()} is not a message that goes to other systems");

    public override byte[] ToBinary(object obj) => obj switch
    {
        AppendEntries message  => AppendCodec.Encode(message),
        AppendAccepted message => AppendCodec.Encode(message),
        InstallSnapshot message => SnapshotCodec.Encode(message),
        SendCommands message   => BatchCodec.Encode(message),
        SendQueries message    => BatchCodec.Encode(message),
        BatchResults message   => BatchCodec.Encode(message),
        _ => ControlMessages.Write(Manifest(obj), obj),
    };

    /// <summary>
    /// Reads a message; it may keep views of <paramref name="bytes"/>, which nobody may change afterwards.
    /// </summary>
    public override object FromBinary(byte[] bytes, string manifest)
    {
        if (!Manifests.IsKnown(manifest)) throw UnknownManifest(manifest);
        if (bytes.Length > WireLimits.MessageBytesMax)
            throw new WireFormatException(
                manifest, $"it has {bytes.Length} bytes, and a message takes {WireLimits.MessageBytesMax} at most");

        switch (manifest)
        {
            case Manifests.AppendEntries:  return AppendCodec.DecodeEntries(bytes, _headers);
            case Manifests.AppendAccepted: return AppendCodec.DecodeAccepted(bytes, _headers);
            case Manifests.InstallSnapshot: return SnapshotCodec.Decode(bytes, _headers);
            case Manifests.BatchResults:   return BatchCodec.DecodeResults(bytes);
            case Manifests.SendCommands:   return BatchCodec.DecodeCommands(bytes);
            case Manifests.SendQueries:    return BatchCodec.DecodeQueries(bytes);
            default: return ControlMessages.Read(manifest, bytes);
        }
    }

    // A manifest that came with bytes may be anything: only what is short and printable goes into the log.
    private static WireFormatException UnknownManifest(string? manifest)
    {
        var isPrintable = manifest is { Length: > 0 and <= 16 } && manifest.All(char.IsAsciiLetterOrDigit);
        return new WireFormatException(isPrintable ? manifest! : "?",
            "this release knows no such message; the sender's release is later, or it is not a raft server");
    }
}
