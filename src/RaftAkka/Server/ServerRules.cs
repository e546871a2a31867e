using RaftAkka.Protocol;

namespace RaftAkka.Server;

/// <summary>
/// The decisions of the protocol that the server asks for, as one object: what they are stands in
/// <c>RaftAkka.Protocol</c>. A test build swaps one for a wrong one, to see that the checks catch it.
/// </summary>
internal record ServerRules
{
    public static readonly ServerRules Default = new();

    public Func<LogTerms, EntryId, LogSlice, LogMatch> Match { get; init; } = LogMatching.Compare;

    public Func<LogTerms, LogIndex, LogIndex, Term, LogIndex> Commit { get; init; } = CommitRule.Advance;

    public Func<LogIndex, LogIndex, LogIndex, LogIndex> FollowCommit { get; init; } = CommitRule.Follow;

    /// <summary>Whether a snapshot from the leader brings anything, given the commit index.</summary>
    public Func<EntryId, LogIndex, bool> Install { get; init; } = (last, committed) => last.Index > committed;

    public Func<Configuration, Func<ServerId, bool>, bool> ConfirmsRound { get; init; } = ReadRule.Confirms;

    public Func<Configuration, bool, bool, IReadOnlyList<MemberChange>, MembershipDecision> ChangeMembers { get; init; } =
        MembershipRules.Decide;

    /// <summary>How far the log is on majorities of the voters, given how far each has it.</summary>
    public Func<Configuration, Func<ServerId, LogIndex>, LogIndex> OnMajority { get; init; } =
        (members, durableOn) => members.OnMajority(durableOn);

    public Func<ConfigurationHistory, ServerId, LogIndex, CampaignRight> CampaignRight { get; init; } =
        (members, server, committed) => members.RightOf(server, committed);

    /// <summary>Whether a server speaks from the disk that it is known by.</summary>
    public Func<DiskId, DiskId, bool> IsDisk { get; init; } = (known, spoken) => known == spoken;

    public Func<HardState, EntryId, ServerId, Term, EntryId, bool> Vote { get; init; } = VoteRule.Grants;
}
