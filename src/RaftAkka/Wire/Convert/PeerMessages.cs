using Google.Protobuf;
using RaftAkka.Protocol;

namespace RaftAkka.Wire;

/// <summary>The messages between servers that carry no bulk.</summary>
internal static class PeerMessages
{
    public static IMessage ToProto(RequestVote message) => new Proto.RequestVote
    {
        Header = Headers.ToProto(message.Header), LastLog = ToProto(message.LastLog), IsTransfer = message.IsTransfer,
        Bootstrap = Bootstrap(message.Bootstrap),
        RestoredFrom = message.RestoredFrom,
    };

    public static RequestVote FromProto(string manifest, Proto.RequestVote proto) => new(
        Headers.FromProto(manifest, proto.Header), Fields.EntryId(manifest, "the last entry", proto.LastLog))
    {
        IsTransfer = proto.IsTransfer,
        Bootstrap = Bootstrap(manifest, proto.Bootstrap),
        RestoredFrom = proto.RestoredFrom,
    };

    public static IMessage ToProto(VoteReply message) => new Proto.VoteReply
    {
        Header = Headers.ToProto(message.Header), Granted = message.Granted,
    };

    public static VoteReply FromProto(string manifest, Proto.VoteReply proto) => new(
        Headers.FromProto(manifest, proto.Header), proto.Granted);

    public static IMessage ToProto(RequestPreVote message) => new Proto.RequestPreVote
    {
        Header = Headers.ToProto(message.Header),
        ProposedTerm = message.ProposedTerm.Value,
        LastLog = ToProto(message.LastLog),
        Bootstrap = Bootstrap(message.Bootstrap),
        RestoredFrom = message.RestoredFrom,
    };

    public static RequestPreVote FromProto(string manifest, Proto.RequestPreVote proto) => new(
        Headers.FromProto(manifest, proto.Header),
        Fields.Term(manifest, "the proposed term", proto.ProposedTerm),
        Fields.EntryId(manifest, "the last entry", proto.LastLog))
    {
        Bootstrap = Bootstrap(manifest, proto.Bootstrap),
        RestoredFrom = proto.RestoredFrom,
    };

    public static IMessage ToProto(PreVoteReply message) => new Proto.PreVoteReply
    {
        Header = Headers.ToProto(message.Header),
        ProposedTerm = message.ProposedTerm.Value,
        Granted = message.Granted,
    };

    public static PreVoteReply FromProto(string manifest, Proto.PreVoteReply proto) => new(
        Headers.FromProto(manifest, proto.Header),
        Fields.Term(manifest, "the proposed term", proto.ProposedTerm), proto.Granted);

    public static IMessage ToProto(AppendRejected message) => new Proto.AppendRejected
    {
        Header = Headers.ToProto(message.Header),
        Rejected = ToProto(message.Rejected),
        Conflict = ToProto(message.Conflict),
        Round = message.Round.Value,
        LeaseMilliseconds = message.LeaseMilliseconds,
    };

    public static AppendRejected FromProto(string manifest, Proto.AppendRejected proto) => new(
        Headers.FromProto(manifest, proto.Header),
        Fields.EntryId(manifest, "the rejected entry", proto.Rejected),
        Fields.EntryId(manifest, "the conflict", proto.Conflict),
        Fields.Round(manifest, proto.Round),
        Fields.Number(manifest, "the lease", proto.LeaseMilliseconds));

    public static IMessage ToProto(AskReadIndex message) => new Proto.AskReadIndex
    {
        Header = Headers.ToProto(message.Header), Id = message.Id.Value,
    };

    public static AskReadIndex FromProto(string manifest, Proto.AskReadIndex proto) => new(
        Headers.FromProto(manifest, proto.Header), Fields.ReadId(manifest, proto.Id));

    public static IMessage ToProto(ReadIndexReply message) => new Proto.ReadIndexReply
    {
        Header = Headers.ToProto(message.Header), Id = message.Id.Value, Index = message.Index.Value,
    };

    public static ReadIndexReply FromProto(string manifest, Proto.ReadIndexReply proto) => new(
        Headers.FromProto(manifest, proto.Header), Fields.ReadId(manifest, proto.Id),
        Fields.Index(manifest, "the read index", proto.Index));

    public static IMessage ToProto(ReadIndexRefused message) => new Proto.ReadIndexRefused
    {
        Header = Headers.ToProto(message.Header), Id = message.Id.Value,
    };

    public static ReadIndexRefused FromProto(string manifest, Proto.ReadIndexRefused proto) => new(
        Headers.FromProto(manifest, proto.Header), Fields.ReadId(manifest, proto.Id));

    public static IMessage ToProto(DiskRefused message) => new Proto.DiskRefused
    {
        Header = Headers.ToProto(message.Header), Disk = message.Disk.Value,
        IsRolledBack = message.IsRolledBack, View = message.View is { } view ? Views.ToProto(view) : null,
    };

    public static DiskRefused FromProto(string manifest, Proto.DiskRefused proto) => new(
        Headers.FromProto(manifest, proto.Header), Fields.Disk(manifest, proto.Disk))
    {
        IsRolledBack = proto.IsRolledBack,
        View = ViewOf(manifest, proto.View),
    };

    // What a release before the field leaves out is not known.
    private static ClusterView? ViewOf(string manifest, Proto.ClusterView? view) =>
        view is null ? null : Views.FromProto(manifest, view);

    public static IMessage ToProto(TimeoutNow message) => new Proto.TimeoutNow { Header = Headers.ToProto(message.Header) };

    public static TimeoutNow FromProto(string manifest, Proto.TimeoutNow proto) => new(
        Headers.FromProto(manifest, proto.Header));

    public static IMessage ToProto(AskConfiguration message) => new Proto.AskConfiguration
    {
        Header = Headers.ToProto(message.Header), Index = message.Index.Value,
    };

    public static AskConfiguration FromProto(string manifest, Proto.AskConfiguration proto) => new(
        Headers.FromProto(manifest, proto.Header), Fields.Index(manifest, "the index", proto.Index));

    public static IMessage ToProto(ConfigurationReply message) => new Proto.ConfigurationReply
    {
        Header = Headers.ToProto(message.Header),
        Index = message.Index.Value,
        Members = UnsafeByteOperations.UnsafeWrap(ConfigurationCodec.Encode(message.Members)),
    };

    public static ConfigurationReply FromProto(string manifest, Proto.ConfigurationReply proto) => new(
        Headers.FromProto(manifest, proto.Header), Fields.Index(manifest, "the index", proto.Index),
        ConfigurationCodec.TryDecode(proto.Members.Span, out var members)
            ? members
            : throw new WireFormatException(manifest, "its members are no configuration"));

    public static IMessage ToProto(RemovalNotice message) => new Proto.RemovalNotice
    {
        Header = Headers.ToProto(message.Header), View = message.View is { } view ? Views.ToProto(view) : null,
    };

    public static RemovalNotice FromProto(string manifest, Proto.RemovalNotice proto) => new(
        Headers.FromProto(manifest, proto.Header))
    {
        View = ViewOf(manifest, proto.View),
    };

    public static IMessage ToProto(SnapshotChunkStored message) => new Proto.SnapshotChunkStored
    {
        Header = Headers.ToProto(message.Header), Last = ToProto(message.Last), NextOffset = message.NextOffset,
    };

    public static SnapshotChunkStored FromProto(string manifest, Proto.SnapshotChunkStored proto) => new(
        Headers.FromProto(manifest, proto.Header),
        Fields.EntryId(manifest, "the snapshot's last entry", proto.Last),
        Fields.Number(manifest, "the next offset", proto.NextOffset));

    private static Proto.EntryId ToProto(EntryId id) => new() { Term = id.Term.Value, Index = id.Index.Value };

    private static ByteString Bootstrap(Configuration? members) =>
        members is null ? ByteString.Empty : ByteString.CopyFrom(ConfigurationCodec.Encode(members));

    private static Configuration? Bootstrap(string manifest, ByteString bytes)
    {
        if (bytes.IsEmpty) return null;
        return ConfigurationCodec.TryDecode(bytes.Span, out var members)
            ? members
            : throw new WireFormatException(manifest, "the list of members is no configuration");
    }
}
