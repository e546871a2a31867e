namespace RaftAkka.Protocol;

/// <summary>A message that a client sends to a server.</summary>
public interface IClientRequest;

/// <summary>A message that a server sends to a client.</summary>
public interface IClientReply;

/// <summary>
/// A client introduces itself to a server's <c>sessions</c> actor; answered with <see cref="ClientConnected"/> or
/// <see cref="ClientRefused"/>. Safe to repeat: the same client gets the same <c>ClientSession</c> actor.
/// </summary>
/// <param name="Cluster">The cluster that the client means; another one refuses it by name.</param>
/// <param name="Group">The Raft group.</param>
/// <param name="Client">A name that no other client has: chosen at random by each client instance.</param>
public sealed record ConnectClient(ClusterId Cluster, GroupName Group, string Client) : IClientRequest;

/// <summary>The server takes the client; it sends from the client's own <c>ClientSession</c> actor.</summary>
/// <param name="Server">The server that answers.</param>
/// <param name="View">What this server knows of the cluster.</param>
/// <param name="BatchBytesMax">The largest <see cref="SendCommands"/> payload that it takes, in bytes.</param>
/// <param name="BatchesInFlightMax">How many unanswered batches it takes from one client.</param>
public sealed record ClientConnected(
    ServerId Server, ClusterView View, int BatchBytesMax, int BatchesInFlightMax) : IClientReply;

/// <summary>The server does not take the client, for good or until something changes.</summary>
/// <param name="Server">The server that answers.</param>
/// <param name="Reason">What happened and what to do, for a person.</param>
/// <param name="IsFinal">Whether asking this server again is of no use: another cluster, another group.</param>
public sealed record ClientRefused(ServerId Server, string Reason, bool IsFinal) : IClientReply;

/// <summary>Where the cluster's servers are, and who leads, as one server sees it.</summary>
/// <param name="Term">The server's term: of two views, that of the later term knows better who leads.</param>
/// <param name="Leader">The leader, or null where none is known.</param>
/// <param name="Members">The servers and their addresses.</param>
public sealed record ClusterView(Term Term, ServerId? Leader, IReadOnlyList<MemberAddress> Members)
{
    /// <summary>A view of nothing.</summary>
    public static readonly ClusterView Empty = new(Term.Zero, null, []);

    /// <summary>
    /// The entry that the members come from; 0 for those of the settings. A server that is behind, or was taken away,
    /// names servers that have left since: of two views of followers, the one with the greater index knows better.
    /// </summary>
    public LogIndex MembersIndex { get; init; }
}

/// <summary>A server and where it listens.</summary>
/// <param name="Server">The server.</param>
/// <param name="Address">Its address, <c>host:port</c>; kept in the canonical form, see <see cref="Addresses"/>.</param>
public sealed record MemberAddress(ServerId Server, string Address)
{
    /// <summary>Its address, <c>host:port</c>, in the canonical form.</summary>
    public string Address { get; init => field = Addresses.Canonical(value); } = Addresses.Canonical(Address);

    /// <summary>
    /// In the members that a new cluster begins with: how gladly it leads, see <see cref="Member.Priority"/>. Not on the wire.
    /// </summary>
    public int Priority { get; init; }

    /// <summary>What it does. Servers too old to say so have voters only.</summary>
    public MemberRole Role { get; init; } = MemberRole.Voter;
}

/// <summary>
/// The client lives, and wants the server's present view; answered with <see cref="KeepAliveReply"/>. Sent to the
/// client's <c>ClientSession</c> actor, which goes away when it hears nothing for some time.
/// </summary>
/// <param name="Session">
/// The session that the client wants to keep: a leader renews it with the next <see cref="ClockTick"/>, a follower does
/// not. Or <see cref="SessionId.None"/>.
/// </param>
public sealed record KeepAlive(SessionId Session = default) : IClientRequest;

/// <summary>The server lives, and this is how it sees the cluster.</summary>
/// <param name="View">What this server knows of the cluster.</param>
public sealed record KeepAliveReply(ClusterView View) : IClientReply;

/// <summary>The client goes. Its <c>ClientSession</c> actor stops; nothing is answered.</summary>
/// <param name="Session">
/// The session that ends with it, where the server leads; elsewhere it is left to expire. Or <see cref="SessionId.None"/>.
/// </param>
public sealed record DisconnectClient(SessionId Session = default) : IClientRequest;
