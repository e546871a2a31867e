using RaftAkka.Protocol;

namespace RaftAkka.Client;

/// <summary>Who belongs to a cluster.</summary>
/// <param name="Leader">Who leads, and said so.</param>
/// <param name="Index">The entry that holds the configuration; 0 where it is that of the servers' settings.</param>
/// <param name="IsSettled">Whether it is committed and not joint: no change is under way.</param>
/// <param name="Members">The members, in the order of their ids; while voters change, as they will be.</param>
public sealed record ClusterMembers(
    ServerId Leader, LogIndex Index, bool IsSettled, IReadOnlyList<ClusterMember> Members)
{
    /// <summary>The ids of servers that left, 256 of them at the most, by name; they are not used again.</summary>
    public IReadOnlyList<ServerId> Retired { get; init; } = [];

    /// <summary>One line for a person.</summary>
    public override string ToString() =>
        $"{Leader} leads; members of entry {Index}{(IsSettled ? "" : ", changing")}: {string.Join("; ", Members)}"
        + (Retired.Count > 0 ? $"; left for good: {string.Join(", ", Retired)}" : "");

    /// <summary>Finds a member by its id.</summary>
    public ClusterMember? Find(ServerId server) => Members.FirstOrDefault(member => member.Server == server);
}

/// <summary>One member of a cluster.</summary>
/// <param name="Server">Its id.</param>
/// <param name="Address">Where it is reached, <c>host:port</c>.</param>
/// <param name="Role">What it does.</param>
/// <param name="Priority">A greater one leads rather.</param>
public sealed record ClusterMember(ServerId Server, string Address, MemberRole Role, int Priority)
{
    /// <summary>
    /// Whether the leader has said how far the member is. Not where the members come with the answer to a change; and not
    /// where the leader has never heard the member. Then what follows has no meaning.
    /// </summary>
    public bool IsProgressKnown { get; init; }

    /// <summary>The last index that the leader knows to be on its disk.</summary>
    public LogIndex Match { get; init; }

    /// <summary>How many entries the leader's log is ahead of it.</summary>
    public long Behind { get; init; }

    /// <summary>How much of a snapshot it has got that it is being sent, in percent; null where it gets none.</summary>
    public int? SnapshotPercent { get; init; }

    /// <summary>For how long the leader has not heard it; zero for the leader.</summary>
    public TimeSpan SilentFor { get; init; }

    /// <summary>A few words for a person.</summary>
    public override string ToString() => $"{Server} ({Address}) {Role}, {Behind} behind";

    internal static ClusterMembers Of(MembersReport report) => new(
        report.Server, report.Index, report.IsCommitted && !report.Members.IsJoint,
        [.. report.Members.Members.Select(member => Of(member, report))])
    {
        Retired = report.Members.Retired,
    };

    internal static ClusterMembers Of(MembersChanged changed) => new(
        changed.Leader, changed.Index, IsSettled: true,
        [.. changed.Members.Members.Select(member => new ClusterMember(member.Id, member.Address, member.Role, member.Priority))])
    {
        Retired = changed.Members.Retired,
    };

    private static ClusterMember Of(Member member, MembersReport report)
    {
        var one = new ClusterMember(member.Id, member.Address, member.Role, member.Priority);
        if (member.Id == report.Server) return one with { IsProgressKnown = true, Match = report.LastIndex };

        foreach (var progress in report.Progress)
        {
            if (progress.Server != member.Id) continue;

            return one with
            {
                IsProgressKnown = progress.Match > LogIndex.Zero || progress.SnapshotPercent is not null,
                Match = progress.Match,
                Behind = report.LastIndex.Value - progress.Match.Value,
                SnapshotPercent = progress.SnapshotPercent,
                SilentFor = TimeSpan.FromMilliseconds(progress.SilentFor),
            };
        }

        return one;
    }
}
