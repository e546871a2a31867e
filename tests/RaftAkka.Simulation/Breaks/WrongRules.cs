using RaftAkka.Protocol;
using RaftAkka.Server;
using RaftAkka.Simulation.Worlds;

namespace RaftAkka.Simulation.Breaks;

/// <summary>One of the protocol's decisions is wrong.</summary>
internal sealed class WrongRules(ServerRules rules) : Breakage
{
    public override ServerRules Rules => rules;

    /// <summary>The leader counts entries of older terms (§5.4.2, figure 8).</summary>
    public static WrongRules CommitOldTerm() => new(ServerRules.Default with
    {
        Commit = (_, onMajority, committed, _) => LogIndex.Max(onMajority, committed),
    });

    /// <summary>A follower takes entries although it has another entry before them.</summary>
    public static WrongRules SkipPreviousCheck() => new(ServerRules.Default with
    {
        Match = (log, previous, entries) => LogMatching.Compare(
            log, log.TermAt(previous.Index) is { } own ? previous with { Term = own } : previous, entries),
    });

    /// <summary>A follower believes the leader's commit index of entries that no message has proven to be the leader's.</summary>
    public static WrongRules CommitUnproven() => new(ServerRules.Default with
    {
        FollowCommit = (committed, leaderCommit, _) => LogIndex.Max(committed, leaderCommit),
    });

    /// <summary>A follower takes a snapshot of what it is past already.</summary>
    public static WrongRules InstallBackwards() => new(ServerRules.Default with { Install = (_, _) => true });

    /// <summary>A server that comes back under its old id with an empty disk counts as the one that it was.</summary>
    public static WrongRules WipedDiskVotes() => new(ServerRules.Default with { IsDisk = (_, _) => true });

    /// <summary>A leader begins a change of membership before the one before is committed, or anything of its own term.</summary>
    public static WrongRules TwoChangesAtOnce() => new(ServerRules.Default with
    {
        ChangeMembers = (members, _, _, changes) => MembershipRules.Decide(members, true, true, changes),
    });

    /// <summary>While voters change, a majority of those who come is taken to be enough.</summary>
    public static WrongRules CommitWithOneMajority() => new(ServerRules.Default with
    {
        OnMajority = (members, durableOn) => (members.IsJoint ? members.LeaveJoint() : members).OnMajority(durableOn),
    });

    /// <summary>Learners and replicas count like voters.</summary>
    public static WrongRules LearnerCounts() => new(ServerRules.Default with
    {
        OnMajority = (members, durableOn) =>
            new VoterSet(members.Servers.Select(server => server.Id)).OnMajority(durableOn),
    });

    /// <summary>A server that is no voter, or no member any more, campaigns like others.</summary>
    public static WrongRules RemovedServerCampaigns() => new(ServerRules.Default with
    {
        CampaignRight = (_, _, _) => CampaignRight.Full,
    });

    /// <summary>A server forgets that its vote of this term is spent.</summary>
    public static WrongRules VoteTwice() => new(ServerRules.Default with
    {
        Vote = (state, last, candidate, term, candidateLast) =>
            VoteRule.Grants(state with { Vote = null }, last, candidate, term, candidateLast),
    });
}
