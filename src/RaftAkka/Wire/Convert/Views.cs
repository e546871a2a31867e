using RaftAkka.Protocol;

namespace RaftAkka.Wire;

/// <summary>How a server sees the cluster, as several replies carry it.</summary>
internal static class Views
{
    public static Proto.ClusterView ToProto(ClusterView view)
    {
        var proto = new Proto.ClusterView
        {
            Term = view.Term.Value, Leader = view.Leader?.Value ?? "", MembersIndex = view.MembersIndex.Value,
        };
        foreach (var member in view.Members)
            proto.Members.Add(new Proto.MemberAddress
            {
                Server = member.Server.Value,
                Address = member.Address,
                Role = member.Role == MemberRole.Voter ? 0 : (int)member.Role,
            });
        return proto;
    }

    public static ClusterView FromProto(string manifest, Proto.ClusterView? proto)
    {
        proto = Fields.Present(manifest, "the view", proto);
        if (proto.Members.Count > WireLimits.MembersMax)
            throw new WireFormatException(
                manifest, $"its view has {proto.Members.Count} members, and takes {WireLimits.MembersMax} at most");

        var members = new MemberAddress[proto.Members.Count];
        for (var i = 0; i < members.Length; i++)
            members[i] = new MemberAddress(
                Fields.Server(manifest, "a member", proto.Members[i].Server),
                Fields.Address(manifest, "a member's address", proto.Members[i].Address))
            {
                Role = proto.Members[i].Role == 0
                    ? MemberRole.Voter
                    : proto.Members[i].Role is > 0 and <= byte.MaxValue
                        ? Fields.Known((MemberRole)proto.Members[i].Role, MemberRole.Unknown)
                        : MemberRole.Unknown,
            };

        return new ClusterView(
            Fields.Term(manifest, "the view's term", proto.Term),
            proto.Leader.Length == 0 ? null : Fields.Server(manifest, "the leader", proto.Leader),
            members)
        {
            MembersIndex = Fields.Index(manifest, "the members' index", proto.MembersIndex),
        };
    }
}
