using RaftAkka.Log;
using RaftAkka.Protocol;

namespace RaftAkka.Server;

/// <summary>The answers to one round of asking for pre-votes.</summary>
internal sealed class Poll(Configuration members, bool isFounding, Term proposedTerm)
{
    private readonly HashSet<ServerId> _granted = [];

    /// <summary>Whether a new cluster is to begin, for which all have to agree.</summary>
    public bool IsFounding => isFounding;

    /// <summary>The term that this server would campaign for.</summary>
    public Term ProposedTerm { get; } = proposedTerm;

    /// <summary>Whether enough agree: a majority, and all where a cluster is founded.</summary>
    public bool HasQuorum => isFounding ? members.CanFound(_granted.Contains) : members.HasMajority(_granted.Contains);

    /// <summary>Voters that have not agreed.</summary>
    public IEnumerable<ServerId> Missing =>
        members.Servers.Where(server => server.IsVoter && !_granted.Contains(server.Id)).Select(server => server.Id);

    public void Grant(ServerId voter) => _granted.Add(voter);
}

/// <summary>The votes of one candidacy. They belong to one term: the next candidacy starts without them.</summary>
internal sealed class Candidacy(Configuration members, bool isFounding, WriteTicket ownVote)
{
    private readonly Dictionary<ServerId, DiskId> _granted = [];

    /// <summary>The write that makes the candidate's own vote durable; it does not count before.</summary>
    public WriteTicket OwnVote { get; } = ownVote;

    /// <summary>Whether enough agree: a majority, and all where a cluster is founded.</summary>
    public bool HasQuorum => isFounding ? members.CanFound(_granted.ContainsKey) : members.HasMajority(_granted.ContainsKey);

    public void Grant(ServerId voter, DiskId disk) => _granted[voter] = disk;

    /// <summary>The disk that a voter's vote is on.</summary>
    public DiskId DiskOf(ServerId voter) => _granted.GetValueOrDefault(voter);
}
