namespace RaftAkka.Protocol.Tests.Membership;

/// <summary>Configurations in a line: <c>"a b c+ d~"</c> are two voters, a learner and a replica.</summary>
internal static class Clusters
{
    public static ServerId Id(string name) => new(name);

    public static ServerId[] Ids(string names) =>
        [.. names.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(name => new ServerId(name))];

    public static Configuration Of(string members, string retired = "") =>
        Configuration.Of(members.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Member), Ids(retired));

    public static Member Member(string name) => name[^1] switch
    {
        '+' => new Member(new ServerId(name[..^1]), $"{name[..^1]}:4051", MemberRole.Learner),
        '~' => new Member(new ServerId(name[..^1]), $"{name[..^1]}:4051", MemberRole.Replica),
        _ => new Member(new ServerId(name), $"{name}:4051"),
    };

    /// <summary>The configuration after changes that are taken.</summary>
    public static Configuration After(Configuration current, params MemberChange[] changes) =>
        ((MembershipDecision.Accepted)MembershipRules.Decide(current, true, true, changes)).Next;
}
