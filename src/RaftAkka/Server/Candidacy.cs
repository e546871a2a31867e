using RaftAkka.Log;
using RaftAkka.Protocol;

namespace RaftAkka.Server;

/// <summary>The answers to one round of asking for pre-votes.</summary>
internal sealed class Poll(Configuration members, Term proposedTerm)
{
    private readonly HashSet<ServerId> _granted = [];

    /// <summary>The term that this server would campaign for.</summary>
    public Term ProposedTerm { get; } = proposedTerm;

    public bool HasQuorum => members.HasMajority(_granted.Contains);

    public void Grant(ServerId voter) => _granted.Add(voter);
}

/// <summary>The votes of one candidacy. They belong to one term: the next candidacy starts without them.</summary>
internal sealed class Candidacy(Configuration members, WriteTicket ownVote)
{
    private readonly HashSet<ServerId> _granted = [];

    /// <summary>The write that makes the candidate's own vote durable; it does not count before.</summary>
    public WriteTicket OwnVote { get; } = ownVote;

    public bool HasQuorum => members.HasMajority(_granted.Contains);

    public void Grant(ServerId voter) => _granted.Add(voter);
}
