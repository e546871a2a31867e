namespace RaftAkka.Protocol;

/// <summary>
/// Someone asks a server's <c>sessions</c> actor to change who belongs to the cluster. The leader answers with
/// <see cref="MembersChanged"/> or <see cref="MembersNotChanged"/>, any other server with the latter and whom it takes for
/// the leader. Safe to repeat: what is so already is no change.
/// </summary>
/// <param name="Cluster">The cluster that is meant; a server of another one answers <see cref="ClientRefused"/>.</param>
/// <param name="Group">The Raft group.</param>
/// <param name="Id">The asker's number for it; comes back with the answer.</param>
/// <param name="Changes">All of them in one step, or none.</param>
public sealed record ChangeMembership(
    ClusterId Cluster, GroupName Group, long Id, IReadOnlyList<MemberChange> Changes) : IClientRequest;

/// <summary>The change is committed, and nothing of an older configuration is left.</summary>
/// <param name="Id">The asker's number for the change.</param>
/// <param name="Leader">Who leads, and made the change.</param>
/// <param name="Index">The entry that holds the configuration.</param>
/// <param name="Members">The configuration.</param>
public sealed record MembersChanged(long Id, ServerId Leader, LogIndex Index, Configuration Members) : IClientReply;

/// <summary>The server has not changed anything, or cannot tell.</summary>
/// <param name="Id">The asker's number for the change.</param>
/// <param name="Reason">Why nothing was changed; null where the server does not lead, or does not any more.</param>
/// <param name="Facts">The same for a person; may be empty.</param>
/// <param name="View">Whom to ask instead.</param>
public sealed record MembersNotChanged(long Id, MembershipRefusal? Reason, string Facts, ClusterView View) : IClientReply;

/// <summary>
/// Someone asks a server's <c>sessions</c> actor who belongs to the cluster; answered with <see cref="MembersReport"/>.
/// </summary>
/// <param name="Cluster">The cluster that is meant; a server of another one answers <see cref="ClientRefused"/>.</param>
/// <param name="Group">The Raft group.</param>
public sealed record AskMembers(ClusterId Cluster, GroupName Group) : IClientRequest;

/// <summary>Who belongs to the cluster, as one server knows it; the leader knows best.</summary>
/// <param name="Server">The server.</param>
/// <param name="View">Its term, and the leader that it knows.</param>
/// <param name="Index">The entry that holds the configuration; 0 where it is that of the settings.</param>
/// <param name="IsCommitted">Whether that is committed, so that no change is under way.</param>
/// <param name="Members">The configuration.</param>
/// <param name="LastIndex">The last index of the server's log.</param>
/// <param name="Progress">How far the others are; empty where the server does not lead.</param>
public sealed record MembersReport(
    ServerId Server, ClusterView View, LogIndex Index, bool IsCommitted, Configuration Members, LogIndex LastIndex,
    IReadOnlyList<MemberProgress> Progress) : IClientReply;

/// <summary>How far a server is, as the leader knows it.</summary>
/// <param name="Server">The server.</param>
/// <param name="Match">The last index that it surely has on its disk.</param>
/// <param name="SnapshotPercent">How much of a snapshot it has received that it is being sent; null where it gets none.</param>
/// <param name="SilentFor">For how many milliseconds the leader has heard nothing of it.</param>
public readonly record struct MemberProgress(ServerId Server, LogIndex Match, int? SnapshotPercent, long SilentFor);
