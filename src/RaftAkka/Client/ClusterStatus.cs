using RaftAkka.Protocol;

namespace RaftAkka.Client;

/// <summary>
/// How a cluster stands, put together from what its servers say of themselves at about the same time.
/// </summary>
/// <param name="Leader">
/// Who says of itself that it leads, in the latest term; null where no reachable server does.
/// </param>
/// <param name="Term">The latest term that a reachable server knows.</param>
/// <param name="HasQuorum">
/// Whether the leader and the reachable servers that follow it in its term are a majority of the members:
/// then commands and queries are served.
/// </param>
/// <param name="Servers">
/// Every known server, in the order of their names; those that did not answer included.
/// </param>
public sealed record ClusterStatus(
    ServerId? Leader, Term Term, bool HasQuorum, IReadOnlyList<MemberStatus> Servers)
{
    /// <summary>One line for a person.</summary>
    public override string ToString() =>
        $"{(Leader is { } leader ? $"{leader} leads" : "nobody leads")} in term {Term}, {(HasQuorum ? "with" : "without")} a quorum: "
        + string.Join("; ", Servers);
}

/// <summary>How one server stands.</summary>
/// <param name="Server">
/// Its name; null for an address that did not answer and that no server calls its own.
/// </param>
/// <param name="Address">Where it listens, <c>host:port</c>.</param>
/// <param name="Status">What it says of itself; null where it did not answer.</param>
/// <param name="Problem">Why there is no status; null where there is one.</param>
public sealed record MemberStatus(ServerId? Server, string Address, ServerStatus? Status, string? Problem)
{
    /// <summary>Whether it answered in time.</summary>
    public bool IsReachable => Status is not null;

    /// <summary>A few words for a person.</summary>
    public override string ToString()
    {
        var name = Server is { } server ? $"{server} ({Address})" : Address;
        return Status is { } status
            ? $"{name} {status.Role}, log to {status.LastIndex}, committed {status.CommitIndex}, applied {status.AppliedIndex}"
            : $"{name} unreachable: {Problem}";
    }
}
