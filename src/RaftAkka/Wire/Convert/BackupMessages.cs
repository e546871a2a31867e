using Google.Protobuf;
using RaftAkka.Protocol;

namespace RaftAkka.Wire;

/// <summary>The messages of a backup.</summary>
internal static class BackupMessages
{
    public static IMessage ToProto(OpenBackup message) => new Proto.OpenBackup
    {
        Cluster = message.Cluster.Value, Group = message.Group.Value,
    };

    public static OpenBackup FromProto(string manifest, Proto.OpenBackup proto) => new(
        Fields.Cluster(manifest, "the cluster", proto.Cluster), Fields.Group(manifest, "the group", proto.Group));

    public static IMessage ToProto(BackupOpened message) => new Proto.BackupOpened
    {
        Server = message.Server.Value,
        LastTerm = message.Last.Term.Value,
        LastIndex = message.Last.Index.Value,
        Bytes = message.Bytes,
        Checksum = message.Checksum,
    };

    public static BackupOpened FromProto(string manifest, Proto.BackupOpened proto)
    {
        if (proto.LastTerm == 0 || proto.LastIndex == 0)
            throw new WireFormatException(manifest, "its backup is of no entry");
        if (proto.Bytes == 0) throw new WireFormatException(manifest, "its backup has no bytes");
        return new BackupOpened(
            Fields.Server(manifest, "the server", proto.Server),
            new EntryId(
                Fields.Term(manifest, "the last term", proto.LastTerm),
                Fields.Index(manifest, "the last index", proto.LastIndex)),
            Fields.Number(manifest, "the length", proto.Bytes),
            proto.Checksum);
    }

    public static IMessage ToProto(ContinueBackup message) => new Proto.ContinueBackup { Offset = message.Offset };

    public static ContinueBackup FromProto(string manifest, Proto.ContinueBackup proto) => new(
        Fields.Number(manifest, "the offset", proto.Offset));

    // Nobody changes the bytes while they are on their way: the sender made them for this message.
    public static IMessage ToProto(BackupPart message) => new Proto.BackupPart
    {
        Offset = message.Offset, Chunk = UnsafeByteOperations.UnsafeWrap(message.Chunk),
    };

    public static BackupPart FromProto(string manifest, Proto.BackupPart proto)
    {
        if (proto.Chunk.Length is 0 or > BackupPart.ChunkBytesMax)
            throw new WireFormatException(
                manifest, $"its chunk has {proto.Chunk.Length} bytes; it takes 1 to {BackupPart.ChunkBytesMax}");
        return new BackupPart(Fields.Number(manifest, "the offset", proto.Offset), proto.Chunk.Memory);
    }
}
