using Google.Protobuf;
using RaftAkka.Protocol;

namespace RaftAkka.Wire;

/// <summary>The messages about who belongs to a cluster.</summary>
internal static class MemberMessages
{
    // More parts than a cluster can have members before and after.
    private const int ChangesMax = 2 * Configuration.MembersMax;

    public static IMessage ToProto(ChangeMembership message)
    {
        var proto = new Proto.ChangeMembership
        {
            Cluster = message.Cluster.Value, Group = message.Group.Value, Id = message.Id,
        };
        foreach (var change in message.Changes) proto.Changes.Add(ToProto(change));
        return proto;
    }

    public static ChangeMembership FromProto(string manifest, Proto.ChangeMembership proto)
    {
        AtMost(manifest, "parts", proto.Changes.Count, ChangesMax);
        return new ChangeMembership(
            Fields.Cluster(manifest, "the cluster", proto.Cluster), Fields.Group(manifest, "the group", proto.Group),
            Fields.Number(manifest, "the id", proto.Id), [.. proto.Changes.Select(change => FromProto(manifest, change))]);
    }

    public static IMessage ToProto(MembersChanged message) => new Proto.MembersChanged
    {
        Id = message.Id, Leader = message.Leader.Value, Index = message.Index.Value, Members = ToProto(message.Members),
    };

    public static MembersChanged FromProto(string manifest, Proto.MembersChanged proto) => new(
        Fields.Number(manifest, "the id", proto.Id), Fields.Server(manifest, "the leader", proto.Leader),
        Fields.Index(manifest, "the index", proto.Index), Members(manifest, proto.Members));

    public static IMessage ToProto(MembersNotChanged message) => new Proto.MembersNotChanged
    {
        Id = message.Id,
        Reason = message.Reason is { } reason ? (int)reason : 0,
        Facts = Fields.CutText(message.Facts),
        View = Views.ToProto(message.View),
    };

    public static MembersNotChanged FromProto(string manifest, Proto.MembersNotChanged proto) => new(
        Fields.Number(manifest, "the id", proto.Id),
        proto.Reason == 0 ? null : Fields.Known((MembershipRefusal)proto.Reason, MembershipRefusal.Unknown),
        Fields.Text(manifest, "the facts", proto.Facts), Views.FromProto(manifest, proto.View));

    public static IMessage ToProto(AskMembers message) => new Proto.AskMembers
    {
        Cluster = message.Cluster.Value, Group = message.Group.Value,
    };

    public static AskMembers FromProto(string manifest, Proto.AskMembers proto) => new(
        Fields.Cluster(manifest, "the cluster", proto.Cluster), Fields.Group(manifest, "the group", proto.Group));

    public static IMessage ToProto(MembersReport message)
    {
        var proto = new Proto.MembersReport
        {
            Server = message.Server.Value,
            View = Views.ToProto(message.View),
            Index = message.Index.Value,
            IsCommitted = message.IsCommitted,
            Members = ToProto(message.Members),
            LastIndex = message.LastIndex.Value,
        };
        foreach (var progress in message.Progress)
        {
            proto.Progress.Add(new Proto.MemberProgress
            {
                Server = progress.Server.Value,
                Match = progress.Match.Value,
                SnapshotPercent = progress.SnapshotPercent is { } percent ? percent + 1 : 0,
                SilentFor = progress.SilentFor,
            });
        }

        return proto;
    }

    public static MembersReport FromProto(string manifest, Proto.MembersReport proto)
    {
        AtMost(manifest, "servers", proto.Progress.Count, ChangesMax);
        return new MembersReport(
            Fields.Server(manifest, "the server", proto.Server), Views.FromProto(manifest, proto.View),
            Fields.Index(manifest, "the index", proto.Index), proto.IsCommitted, Members(manifest, proto.Members),
            Fields.Index(manifest, "the last index", proto.LastIndex),
            [.. proto.Progress.Select(progress => new MemberProgress(
                Fields.Server(manifest, "a server", progress.Server), Fields.Index(manifest, "a match", progress.Match),
                progress.SnapshotPercent == 0 ? null : Percent(manifest, progress.SnapshotPercent - 1),
                Fields.Number(manifest, "a silence", progress.SilentFor)))]);
    }

    public static IMessage ToProto(HandOver message) => new Proto.HandOver
    {
        Cluster = message.Cluster.Value, Group = message.Group.Value, Id = message.Id, Target = message.Target?.Value ?? "",
    };

    public static HandOver FromProto(string manifest, Proto.HandOver proto) => new(
        Fields.Cluster(manifest, "the cluster", proto.Cluster), Fields.Group(manifest, "the group", proto.Group),
        Fields.Number(manifest, "the id", proto.Id),
        proto.Target.Length == 0 ? null : Fields.Server(manifest, "the target", proto.Target));

    public static IMessage ToProto(HandedOver message) => new Proto.HandedOver
    {
        Id = message.Id, Target = message.Target.Value,
    };

    public static HandedOver FromProto(string manifest, Proto.HandedOver proto) => new(
        Fields.Number(manifest, "the id", proto.Id), Fields.Server(manifest, "the target", proto.Target));

    public static IMessage ToProto(NotHandedOver message) => new Proto.NotHandedOver
    {
        Id = message.Id, Facts = Fields.CutText(message.Facts), View = Views.ToProto(message.View),
    };

    public static NotHandedOver FromProto(string manifest, Proto.NotHandedOver proto) => new(
        Fields.Number(manifest, "the id", proto.Id), Fields.Text(manifest, "the facts", proto.Facts),
        Views.FromProto(manifest, proto.View));

    private static Proto.MemberChange ToProto(MemberChange change) => change switch
    {
        MemberChange.Add add => new()
        {
            Id = add.Id.Value, Kind = Proto.MemberChangeKind.Add, Address = add.Member.Address,
            Role = (int)add.Member.Role, Priority = add.Member.Priority,
        },
        MemberChange.Remove => new() { Id = change.Id.Value, Kind = Proto.MemberChangeKind.Remove },
        MemberChange.SetRole set => new() { Id = set.Id.Value, Kind = Proto.MemberChangeKind.SetRole, Role = (int)set.Role },
        MemberChange.SetAddress set => new()
        {
            Id = set.Id.Value, Kind = Proto.MemberChangeKind.SetAddress, Address = set.Address,
        },
        MemberChange.SetPriority set => new()
        {
            Id = set.Id.Value, Kind = Proto.MemberChangeKind.SetPriority, Priority = set.Priority,
        },
        _ => throw new ArgumentException($"{change.GetType().Name} is nothing that a client may ask for.", nameof(change)),
    };

    private static MemberChange FromProto(string manifest, Proto.MemberChange proto)
    {
        var id = Fields.Server(manifest, "a member", proto.Id);
        return proto.Kind switch
        {
            Proto.MemberChangeKind.Add => new MemberChange.Add(new Member(
                id, Fields.Address(manifest, "a member's address", proto.Address),
                Fields.MemberRole(manifest, "a role", proto.Role), proto.Priority)),
            Proto.MemberChangeKind.Remove => new MemberChange.Remove(id),
            Proto.MemberChangeKind.SetRole => new MemberChange.SetRole(id, Fields.MemberRole(manifest, "a role", proto.Role)),
            Proto.MemberChangeKind.SetAddress =>
                new MemberChange.SetAddress(id, Fields.Address(manifest, "a member's address", proto.Address)),
            Proto.MemberChangeKind.SetPriority => new MemberChange.SetPriority(id, proto.Priority),
            _ => throw new WireFormatException(manifest, "it asks for a change that this version does not know"),
        };
    }

    // Clients need no ids of servers that left, and ten thousand of them would be too long a message: the last ones are for
    // a person to look at.
    private static ByteString ToProto(Configuration members) =>
        UnsafeByteOperations.UnsafeWrap(ConfigurationCodec.Encode(members.WithRetiredAtMost(WireLimits.RetiredMax)));

    private static Configuration Members(string manifest, ByteString bytes) =>
        ConfigurationCodec.TryDecode(bytes.Span, out var members)
            ? members
            : throw new WireFormatException(manifest, "its members are no configuration");

    private static int Percent(string manifest, int percent) => percent is >= 0 and <= 100
        ? percent
        : throw new WireFormatException(manifest, "a percentage is not between 0 and 100");

    private static void AtMost(string manifest, string what, int count, int most)
    {
        if (count > most) throw new WireFormatException(manifest, $"it has {count} {what}, and takes {most} at most");
    }
}
