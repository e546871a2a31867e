using Google.Protobuf;
using RaftAkka.Protocol;

namespace RaftAkka.Wire;

/// <summary>The messages from servers to clients that carry no bulk.</summary>
internal static class ClientReplies
{
    public static IMessage ToProto(ClientConnected message) => new Proto.ClientConnected
    {
        Server = message.Server.Value,
        View = Views.ToProto(message.View),
        BatchBytesMax = message.BatchBytesMax,
        BatchesInFlightMax = message.BatchesInFlightMax,
    };

    public static ClientConnected FromProto(string manifest, Proto.ClientConnected proto) => new(
        Fields.Server(manifest, "the server", proto.Server),
        Views.FromProto(manifest, proto.View),
        Fields.Count(manifest, "the largest batch", proto.BatchBytesMax),
        Fields.Count(manifest, "the number of batches", proto.BatchesInFlightMax));

    public static IMessage ToProto(ClientRefused message) => new Proto.ClientRefused
    {
        Server = message.Server.Value, Reason = Fields.CutText(message.Reason), IsFinal = message.IsFinal,
    };

    public static ClientRefused FromProto(string manifest, Proto.ClientRefused proto) => new(
        Fields.Server(manifest, "the server", proto.Server),
        Fields.Text(manifest, "the reason", proto.Reason), proto.IsFinal);

    public static IMessage ToProto(KeepAliveReply message) => new Proto.KeepAliveReply
    {
        View = Views.ToProto(message.View),
    };

    public static KeepAliveReply FromProto(string manifest, Proto.KeepAliveReply proto) => new(
        Views.FromProto(manifest, proto.View));

    public static IMessage ToProto(SessionRegistered message) => new Proto.SessionRegistered
    {
        Batch = message.Batch, Session = message.Session.Value,
    };

    public static SessionRegistered FromProto(string manifest, Proto.SessionRegistered proto) => new(
        Fields.Number(manifest, "the batch", proto.Batch), Fields.Index(manifest, "the session", proto.Session));

    public static IMessage ToProto(BatchRefused message) => new Proto.BatchRefused
    {
        Batch = message.Batch,
        Reason = (Proto.RefusalReason)message.Reason,
        View = Views.ToProto(message.View),
        Facts = Fields.CutText(message.Facts),
    };

    public static BatchRefused FromProto(string manifest, Proto.BatchRefused proto) => new(
        Fields.Number(manifest, "the batch", proto.Batch),
        Fields.Reason(proto.Reason),
        Views.FromProto(manifest, proto.View),
        Fields.Text(manifest, "the facts", proto.Facts));

    public static IMessage ToProto(SnapshotTaken message) => new Proto.SnapshotTaken
    {
        Server = message.Server.Value, Index = message.Index.Value, Problem = Fields.CutText(message.Problem),
    };

    public static SnapshotTaken FromProto(string manifest, Proto.SnapshotTaken proto) => new(
        Fields.Server(manifest, "the server", proto.Server),
        Fields.Index(manifest, "the snapshot's index", proto.Index),
        Fields.Text(manifest, "the problem", proto.Problem));

    public static IMessage ToProto(ServerStatus message) => new Proto.ServerStatus
    {
        Server = message.Server.Value,
        Role = (Proto.ServerRole)message.Role,
        View = Views.ToProto(message.View),
        LastIndex = message.LastIndex.Value,
        CommitIndex = message.CommitIndex.Value,
        AppliedIndex = message.AppliedIndex.Value,
        SnapshotIndex = message.SnapshotIndex.Value,
        FirstIndex = message.FirstIndex.Value,
        Disk = (Proto.DiskState)message.Disk,
        Problems = { message.Problems.Take(WireLimits.ProblemsMax).Select(Fields.CutText) },
    };

    public static ServerStatus FromProto(string manifest, Proto.ServerStatus proto) => new(
        Fields.Server(manifest, "the server", proto.Server),
        Fields.Role(proto.Role),
        Views.FromProto(manifest, proto.View),
        Fields.Index(manifest, "the last index", proto.LastIndex),
        Fields.Index(manifest, "the commit index", proto.CommitIndex),
        Fields.Index(manifest, "the applied index", proto.AppliedIndex))
    {
        SnapshotIndex = Fields.Index(manifest, "the snapshot's index", proto.SnapshotIndex),
        FirstIndex = Fields.Index(manifest, "the first index", proto.FirstIndex),
        Disk = Fields.Disk(proto.Disk),
        Problems = Fields.Texts(manifest, "a problem", "problems", proto.Problems, WireLimits.ProblemsMax),
    };
}
