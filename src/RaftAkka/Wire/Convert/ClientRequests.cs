using Google.Protobuf;
using RaftAkka.Protocol;

namespace RaftAkka.Wire;

/// <summary>The messages from clients to servers that carry no bulk.</summary>
internal static class ClientRequests
{
    public static IMessage ToProto(ConnectClient message) => new Proto.ConnectClient
    {
        Cluster = message.Cluster.Value, Group = message.Group.Value, Client = message.Client,
    };

    public static ConnectClient FromProto(string manifest, Proto.ConnectClient proto) => new(
        Fields.Cluster(manifest, "the cluster", proto.Cluster),
        Fields.Group(manifest, "the group", proto.Group),
        Fields.Client(manifest, "the client", proto.Client));

    public static IMessage ToProto(KeepAlive message) => new Proto.KeepAlive
    {
        Session = message.Session.Value,
        TokenHigh = message.Session.Token.High,
        TokenLow = message.Session.Token.Low,
    };

    public static KeepAlive FromProto(string manifest, Proto.KeepAlive proto) => new(
        Fields.Session(manifest, "the session", proto.Session, proto.TokenHigh, proto.TokenLow));

    public static IMessage ToProto(DisconnectClient message) => new Proto.DisconnectClient
    {
        Session = message.Session.Value,
        TokenHigh = message.Session.Token.High,
        TokenLow = message.Session.Token.Low,
    };

    public static DisconnectClient FromProto(string manifest, Proto.DisconnectClient proto) => new(
        Fields.Session(manifest, "the session", proto.Session, proto.TokenHigh, proto.TokenLow));

    public static IMessage ToProto(RegisterSession message) => new Proto.RegisterSession
    {
        Batch = message.Batch, TokenHigh = message.Token.High, TokenLow = message.Token.Low,
    };

    public static RegisterSession FromProto(string manifest, Proto.RegisterSession proto) => new(
        Fields.Number(manifest, "the batch", proto.Batch), new SessionToken(proto.TokenHigh, proto.TokenLow));

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
