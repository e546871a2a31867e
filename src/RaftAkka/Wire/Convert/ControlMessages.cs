using Google.Protobuf;
using RaftAkka.Protocol;

namespace RaftAkka.Wire;

/// <summary>
/// All messages that carry no bulk, through the code that is generated from the <c>.proto</c> files.
/// </summary>
internal static class ControlMessages
{
    public static byte[] Write(string manifest, object message)
    {
        var proto = ToProto(message);
        var size = proto.CalculateSize();
        return size <= WireLimits.ControlBytesMax ? proto.ToByteArray() : throw TooLong(manifest, size);
    }

    public static object Read(string manifest, byte[] bytes)
    {
        if (bytes.Length > WireLimits.ControlBytesMax) throw TooLong(manifest, bytes.Length);
        try
        {
            return FromProto(manifest, bytes);
        }
        catch (InvalidProtocolBufferException malformed)
        {
            throw new WireFormatException(manifest, $"its bytes are no protobuf message ({malformed.Message})");
        }
    }

    private static IMessage ToProto(object message) => message switch
    {
        RequestVote m => PeerMessages.ToProto(m),
        VoteReply m => PeerMessages.ToProto(m),
        RequestPreVote m => PeerMessages.ToProto(m),
        PreVoteReply m => PeerMessages.ToProto(m),
        AppendRejected m => PeerMessages.ToProto(m),
        SnapshotChunkStored m => PeerMessages.ToProto(m),
        AskReadIndex m => PeerMessages.ToProto(m),
        ReadIndexReply m => PeerMessages.ToProto(m),
        ReadIndexRefused m => PeerMessages.ToProto(m),
        DiskRefused m => PeerMessages.ToProto(m),
        RemovalNotice m => PeerMessages.ToProto(m),
        TimeoutNow m => PeerMessages.ToProto(m),
        AskConfiguration m => PeerMessages.ToProto(m),
        ConfigurationReply m => PeerMessages.ToProto(m),
        HandOver m => MemberMessages.ToProto(m),
        HandedOver m => MemberMessages.ToProto(m),
        NotHandedOver m => MemberMessages.ToProto(m),
        ConnectClient m => ClientRequests.ToProto(m),
        KeepAlive m => ClientRequests.ToProto(m),
        DisconnectClient m => ClientRequests.ToProto(m),
        RegisterSession m => ClientRequests.ToProto(m),
        AskStatus m => ClientRequests.ToProto(m),
        ClientConnected m => ClientReplies.ToProto(m),
        ClientRefused m => ClientReplies.ToProto(m),
        KeepAliveReply m => ClientReplies.ToProto(m),
        SessionRegistered m => ClientReplies.ToProto(m),
        BatchRefused m => ClientReplies.ToProto(m),
        ServerStatus m => ClientReplies.ToProto(m),
        TakeSnapshot m => ClientRequests.ToProto(m),
        SnapshotTaken m => ClientReplies.ToProto(m),
        OpenBackup m => BackupMessages.ToProto(m),
        BackupOpened m => BackupMessages.ToProto(m),
        ContinueBackup m => BackupMessages.ToProto(m),
        BackupPart m => BackupMessages.ToProto(m),
        ChangeMembership m => MemberMessages.ToProto(m),
        MembersChanged m => MemberMessages.ToProto(m),
        MembersNotChanged m => MemberMessages.ToProto(m),
        AskMembers m => MemberMessages.ToProto(m),
        MembersReport m => MemberMessages.ToProto(m),
        _ => throw new InvalidOperationException($"{message.GetType()} has a manifest but no format"),
    };

    private static object FromProto(string manifest, byte[] bytes) => manifest switch
    {
        Manifests.RequestVote => PeerMessages.FromProto(manifest, Parse(Proto.RequestVote.Parser, bytes)),
        Manifests.VoteReply => PeerMessages.FromProto(manifest, Parse(Proto.VoteReply.Parser, bytes)),
        Manifests.RequestPreVote => PeerMessages.FromProto(manifest, Parse(Proto.RequestPreVote.Parser, bytes)),
        Manifests.PreVoteReply => PeerMessages.FromProto(manifest, Parse(Proto.PreVoteReply.Parser, bytes)),
        Manifests.AppendRejected => PeerMessages.FromProto(manifest, Parse(Proto.AppendRejected.Parser, bytes)),
        Manifests.DiskRefused => PeerMessages.FromProto(manifest, Parse(Proto.DiskRefused.Parser, bytes)),
        Manifests.RemovalNotice => PeerMessages.FromProto(manifest, Parse(Proto.RemovalNotice.Parser, bytes)),
        Manifests.SnapshotChunkStored =>
            PeerMessages.FromProto(manifest, Parse(Proto.SnapshotChunkStored.Parser, bytes)),
        Manifests.AskReadIndex => PeerMessages.FromProto(manifest, Parse(Proto.AskReadIndex.Parser, bytes)),
        Manifests.ReadIndexReply => PeerMessages.FromProto(manifest, Parse(Proto.ReadIndexReply.Parser, bytes)),
        Manifests.ReadIndexRefused =>
            PeerMessages.FromProto(manifest, Parse(Proto.ReadIndexRefused.Parser, bytes)),
        Manifests.ConnectClient => ClientRequests.FromProto(manifest, Parse(Proto.ConnectClient.Parser, bytes)),
        Manifests.KeepAlive => ClientRequests.FromProto(manifest, Parse(Proto.KeepAlive.Parser, bytes)),
        Manifests.DisconnectClient =>
            ClientRequests.FromProto(manifest, Parse(Proto.DisconnectClient.Parser, bytes)),
        Manifests.RegisterSession => ClientRequests.FromProto(manifest, Parse(Proto.RegisterSession.Parser, bytes)),
        Manifests.AskStatus => ClientRequests.FromProto(manifest, Parse(Proto.AskStatus.Parser, bytes)),
        Manifests.ClientConnected => ClientReplies.FromProto(manifest, Parse(Proto.ClientConnected.Parser, bytes)),
        Manifests.ClientRefused => ClientReplies.FromProto(manifest, Parse(Proto.ClientRefused.Parser, bytes)),
        Manifests.KeepAliveReply => ClientReplies.FromProto(manifest, Parse(Proto.KeepAliveReply.Parser, bytes)),
        Manifests.SessionRegistered =>
            ClientReplies.FromProto(manifest, Parse(Proto.SessionRegistered.Parser, bytes)),
        Manifests.BatchRefused => ClientReplies.FromProto(manifest, Parse(Proto.BatchRefused.Parser, bytes)),
        Manifests.ServerStatus => ClientReplies.FromProto(manifest, Parse(Proto.ServerStatus.Parser, bytes)),
        Manifests.TakeSnapshot => ClientRequests.FromProto(manifest, Parse(Proto.TakeSnapshot.Parser, bytes)),
        Manifests.SnapshotTaken => ClientReplies.FromProto(manifest, Parse(Proto.SnapshotTaken.Parser, bytes)),
        Manifests.OpenBackup => BackupMessages.FromProto(manifest, Parse(Proto.OpenBackup.Parser, bytes)),
        Manifests.BackupOpened => BackupMessages.FromProto(manifest, Parse(Proto.BackupOpened.Parser, bytes)),
        Manifests.ContinueBackup => BackupMessages.FromProto(manifest, Parse(Proto.ContinueBackup.Parser, bytes)),
        Manifests.BackupPart => BackupMessages.FromProto(manifest, Parse(Proto.BackupPart.Parser, bytes)),
        Manifests.ChangeMembership => MemberMessages.FromProto(manifest, Parse(Proto.ChangeMembership.Parser, bytes)),
        Manifests.MembersChanged => MemberMessages.FromProto(manifest, Parse(Proto.MembersChanged.Parser, bytes)),
        Manifests.MembersNotChanged => MemberMessages.FromProto(manifest, Parse(Proto.MembersNotChanged.Parser, bytes)),
        Manifests.AskMembers => MemberMessages.FromProto(manifest, Parse(Proto.AskMembers.Parser, bytes)),
        Manifests.MembersReport => MemberMessages.FromProto(manifest, Parse(Proto.MembersReport.Parser, bytes)),
        Manifests.TimeoutNow => PeerMessages.FromProto(manifest, Parse(Proto.TimeoutNow.Parser, bytes)),
        Manifests.AskConfiguration => PeerMessages.FromProto(manifest, Parse(Proto.AskConfiguration.Parser, bytes)),
        Manifests.ConfigurationReply => PeerMessages.FromProto(manifest, Parse(Proto.ConfigurationReply.Parser, bytes)),
        Manifests.HandOver => MemberMessages.FromProto(manifest, Parse(Proto.HandOver.Parser, bytes)),
        Manifests.HandedOver => MemberMessages.FromProto(manifest, Parse(Proto.HandedOver.Parser, bytes)),
        Manifests.NotHandedOver => MemberMessages.FromProto(manifest, Parse(Proto.NotHandedOver.Parser, bytes)),
        _ => throw new InvalidOperationException($"manifest '{manifest}' has no format"),
    };

    // Fields of a later release are dropped: kept, they would cost memory that nobody looks at.
    private static T Parse<T>(MessageParser<T> parser, byte[] bytes) where T : IMessage<T> =>
        parser.WithDiscardUnknownFields(true).ParseFrom(bytes);

    private static WireFormatException TooLong(string manifest, int size) =>
        new(manifest, $"it has {size} bytes, and such a message takes {WireLimits.ControlBytesMax} at most");
}
