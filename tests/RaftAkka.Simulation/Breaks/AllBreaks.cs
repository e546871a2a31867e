using RaftAkka.Simulation.Worlds;

namespace RaftAkka.Simulation.Breaks;

/// <summary>The known bugs by the names that the command line has for them.</summary>
internal static class AllBreaks
{
    private static readonly SortedDictionary<string, Func<Breakage>> ByName = new(StringComparer.Ordinal)
    {
        ["ack-before-fsync"] = () => new AckBeforeFsync(),
        ["compact-before-durable"] = () => new CompactBeforeDurable(),
        ["commit-old-term"] = WrongRules.CommitOldTerm,
        ["commit-with-one-majority"] = WrongRules.CommitWithOneMajority,
        ["commit-unproven"] = WrongRules.CommitUnproven,
        ["double-apply"] = () => new DoubleApply(),
        ["expire-by-own-clock"] = WrongClocks.OwnClock,
        ["expire-by-own-timeout"] = WrongClocks.OwnTimeout,
        ["install-goes-backwards"] = WrongRules.InstallBackwards,
        ["late-look"] = () => new LateLook(),
        ["learner-counts"] = WrongRules.LearnerCounts,
        ["no-directory-sync"] = () => new NoDirectorySync(),
        ["read-without-quorum"] = () => new ReadWithoutQuorum(),
        ["removed-server-campaigns"] = WrongRules.RemovedServerCampaigns,
        ["skip-prev-check"] = WrongRules.SkipPreviousCheck,
        ["snapshot-without-sessions"] = () => new SnapshotWithoutSessions(),
        ["stale-read"] = () => new StaleRead(),
        ["stale-ticket"] = () => new StaleTicket(),
        ["two-changes-at-once"] = WrongRules.TwoChangesAtOnce,
        ["vote-not-durable"] = () => new VoteNotDurable(),
        ["vote-twice"] = WrongRules.VoteTwice,
        ["wiped-disk-votes"] = WrongRules.WipedDiskVotes,
    };

    public static IReadOnlyCollection<string> Names => ByName.Keys;

    public static Breakage Make(string name) => ByName[name]();
}
