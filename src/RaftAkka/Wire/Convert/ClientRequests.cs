using Google.Protobuf;
using RaftAkka.Protocol;

namespace RaftAkka.Wire;

/// <summary>The messages from clients to servers that carry no bulk.</summary>
internal static class ClientRequests
{
    public static readonly IMessage DisconnectClient = new Proto.DisconnectClient();

    public static IMessage ToProto(ConnectClient message) => new Proto.ConnectClient
    {
        Cluster = message.Cluster.Value, Group = message.Group.Value, Client = message.Client,
    };

    public static ConnectClient FromProto(string manifest, Proto.ConnectClient proto) => new(
        Fields.Cluster(manifest, "the cluster", proto.Cluster),
        Fields.Group(manifest, "the group", proto.Group),
        Fields.Client(manifest, "the client", proto.Client));

    public static IMessage ToProto(KeepAlive message) => new Proto.KeepAlive { Session = message.Session.Value };

    public static KeepAlive FromProto(string manifest, Proto.KeepAlive proto) => new(
        Fields.Session(manifest, "the session", proto.Session));

    public static DisconnectClient FromProto(Proto.DisconnectClient _) => new();

    public static IMessage ToProto(RegisterSession message) => new Proto.RegisterSession { Batch = message.Batch };

    public static RegisterSession FromProto(string manifest, Proto.RegisterSession proto) => new(
        Fields.Number(manifest, "the batch", proto.Batch));

    public static IMessage ToProto(AskStatus message) => new Proto.AskStatus
    {
        Cluster = message.Cluster.Value, Group = message.Group.Value,
    };

    public static AskStatus FromProto(string manifest, Proto.AskStatus proto) => new(
        Fields.Cluster(manifest, "the cluster", proto.Cluster), Fields.Group(manifest, "the group", proto.Group));

    public static IMessage ToProto(TakeSnapshot message) => new Proto.TakeSnapshot
    {
        Cluster = message.Cluster.Value, Group = message.Group.Value,
    };

    public static TakeSnapshot FromProto(string manifest, Proto.TakeSnapshot proto) => new(
        Fields.Cluster(manifest, "the cluster", proto.Cluster), Fields.Group(manifest, "the group", proto.Group));
}
