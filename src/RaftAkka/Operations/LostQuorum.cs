using RaftAkka.Log;
using RaftAkka.Protocol;

namespace RaftAkka.Operations;

/// <summary>
/// When a majority of a cluster is lost for good: makes one survivor's data those of a cluster of one server, which is its
/// only voter. Everything in its log then counts as committed, what was not acknowledged too; what others had acknowledged
/// and it does not have is lost, which nobody can see from here. The servers that are left out have left: should they
/// come back, they are told so, and a copy of their data is no second cluster.
/// </summary>
internal static class LostQuorum
{
    /// <summary>Says what would be done.</summary>
    /// <param name="directory">The survivor's data directory, which no node has open.</param>
    /// <param name="address">Where it is to be reached; null for where it was.</param>
    /// <exception cref="OperationRefusedException">It cannot be done; the message says why. Nothing was changed.</exception>
    /// <exception cref="DiskException">The disk refused.</exception>
    public static LostQuorumPlan Plan(string directory, string? address) =>
        Plan(DataDirectory.Inspect(directory), address);

    /// <summary>The same for what a look at the directory found.</summary>
    public static LostQuorumPlan Plan(DataReport report, string? address)
    {
        if (report.Verdict != DataVerdict.Sound || report.Identity is not { } identity)
            throw new OperationRefusedException(Problem(report) + " Nothing was changed.");

        var own = report.Members?.Find(identity.Server);
        if (report.Members?.Retired.Contains(identity.Server) == true)
            throw new OperationRefusedException(
                $"{identity.Server} has left the cluster {identity.Cluster}, and knows nothing of what happened since. Choose a "
                + $"server that belongs to it: {report.Members}. Nothing was changed.");
        if ((address ?? own?.Address) is not { } reached)
            throw new OperationRefusedException(
                $"The log of {identity.Server} does not say where it is reached: say so by --address HOST:PORT. "
                + "Nothing was changed.");

        var member = new Member(identity.Server, reached, MemberRole.Voter, own?.Priority ?? 0, report.Disk);
        var before = report.Members ?? Configuration.Empty;
        var gone = before.Servers.Select(server => server.Id).Where(id => id != identity.Server).ToArray();
        return new LostQuorumPlan(
            identity, report.LogLast, report.SnapshotBeyondLog, report.HardState.Term, gone,
            Configuration.Of([member], before.Retired.Union(gone)));
    }

    /// <summary>Does it. A crash before the end leaves everything as it was.</summary>
    /// <exception cref="DiskException">The disk refused.</exception>
    /// <exception cref="UnusableLogException">The log is not what it was when the plan was made.</exception>
    public static void Run(string directory, LostQuorumPlan plan)
    {
        using var disk = FileDisk.At(directory);
        Run(disk, plan, new LogSettings());
    }

    /// <summary>The same over an open disk.</summary>
    public static void Run(IDisk disk, LostQuorumPlan plan, LogSettings settings)
    {
        using var journal = Journal.Open(disk, plan.Identity, settings);
        if (journal.Contents.Last != plan.LogLast || journal.Contents.HardState.Term > plan.Term)
            throw new OperationRefusedException(
                "A node has used the directory since you were asked. Nothing was changed; look again, and repeat the command.");

        // One entry, of a term that nobody else has voted in: there is nobody else any more. Behind a snapshot that the
        // log does not reach it needs the log to begin there, as a start would have it; otherwise a start drops it.
        var id = new EntryId(plan.Term.Next, plan.Last.Index.Next);
        journal.Append(new HardState(id.Term, Vote: null));
        if (plan.SnapshotBeyondLog is { } snapshot) journal.Compact(snapshot);
        journal.Append(LogEntry.Create(id, EntryKind.Configuration, ConfigurationCodec.Encode(plan.Members)));
        journal.Sync();
        journal.Finish();
    }

    private static string Problem(DataReport report) => report.Verdict switch
    {
        DataVerdict.NotData => $"{report.Directory} is no data directory of a raft server.",
        DataVerdict.InUse => string.Join(' ', report.Damages) + " Stop the node first.",
        DataVerdict.Unreadable => $"{report.Directory} cannot be read: {string.Join(' ', report.Damages)}",
        _ => $"{report.Directory} is damaged: {string.Join(' ', report.Damages)}",
    };
}

/// <summary>What is to become of a survivor's data.</summary>
/// <param name="Identity">The survivor.</param>
/// <param name="LogLast">The last entry of its log.</param>
/// <param name="SnapshotBeyondLog">The newest snapshot's last entry, where the log does not hold it.</param>
/// <param name="Term">Its term.</param>
/// <param name="Gone">The other servers that its log knows; empty where it knows none.</param>
/// <param name="Members">The cluster afterwards.</param>
internal sealed record LostQuorumPlan(
    LogIdentity Identity, EntryId LogLast, EntryId? SnapshotBeyondLog, Term Term, IReadOnlyList<ServerId> Gone,
    Configuration Members)
{
    /// <summary>The last entry that it has.</summary>
    public EntryId Last => SnapshotBeyondLog ?? LogLast;
}
