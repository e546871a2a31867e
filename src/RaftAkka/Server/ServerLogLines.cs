using Akka.Event;
using RaftAkka.Log;
using RaftAkka.Protocol;
using RaftAkka.Snapshots;

namespace RaftAkka.Server;

/// <summary>Everything that a server writes to its operator. Each line starts with server, role and term.</summary>
internal sealed class ServerLogLines(ILoggingAdapter log, ServerId server, Func<(ServerRole Role, Term Term)> state)
{
    private readonly HashSet<string> _strangers = [];
    private string _foundersMissing = "";

    private string Who
    {
        get
        {
            var (role, term) = state();
            return $"raft {server} ({role}, term {term})";
        }
    }

    public void Recovered(LogOpened opened, StoredSnapshot? snapshot) =>
        log.Info("{0}: recovered; the last entry is {1}, the log begins behind {2}, {3}, the vote of term {4} went to {5}",
            Who, opened.Last, opened.Base, snapshot is null ? "there is no snapshot" : $"it goes on from the {snapshot}",
            opened.HardState.Term, opened.HardState.Vote?.Value ?? "nobody");

    /// <summary>The log begins behind what the snapshots hold.</summary>
    public UnusableLogException SnapshotIsMissing(EntryId @base, StoredSnapshot? newest) => new(
        $"raft {server}: the log begins behind entry {@base}, and "
        + (newest is null ? "there is no sound snapshot" : $"the newest sound one is the {newest}")
        + ": what lies between is missing.\n"
        + "The node does not start, and has changed nothing in the log: it would have to make up a state.\n"
        + $"Restore the snapshots' files (a damaged one was renamed, and named in the log above), or remove {server} "
        + "from the cluster and add it again under a new server id.");

    public void SendsSnapshot(ServerId follower, StoredSnapshot snapshot) =>
        log.Info("{0}: {1} needs entries that the log has no longer; sends it the {2}", Who, follower, snapshot);

    public void Installs(StoredSnapshot snapshot) =>
        log.Info("{0}: goes on from the {1}, which the leader sent", Who, snapshot);

    public void SeesLeader(ServerId? leader) =>
        log.Info("{0}: the leader is {1}", Who, leader?.Value ?? "not known");

    public void LostMajority(TimeSpan silence) =>
        log.Warning("{0}: heard no majority of the servers for {1} ms; steps down. Clients find the next leader by themselves.",
            Who, silence.TotalMilliseconds);

    public void ChangesMembers(Configuration next) => log.Info("{0}: changes the members to {1}.", Who, next);

    public void HasLeft(Configuration members) =>
        log.Warning(
            "{0}: has left the cluster, whose members are {1} now. It takes no part any more; stop it, and delete its data "
            + "when you like. To come back it needs a new server id and an empty data directory.", Who, members);

    public void HasLeft(ServerId by) =>
        log.Warning(
            "{0}: has left the cluster, says {1}. It takes no part any more; stop it, and delete its data when you like. To come "
            + "back it needs a new server id and an empty data directory.", Who, by);

    public void HandsOver(ServerId target) => log.Info("{0}: hands leadership over to {1}", Who, target);

    public void GivesUpHandOver(ServerId target, bool isTold) =>
        log.Info("{0}: goes on leading; {1} did not {2} in time", Who, target, isTold ? "win an election" : "catch up");

    public void IsHandedLeadership(ServerId leader) => log.Info("{0}: campaigns, as {1} wants it to lead", Who, leader);

    public void DiskIsFull(string facts) => log.Error("{0}: cannot write: {1}", Who, facts);

    public void DiskHasSpace() => log.Info("{0}: the disk has space again; all that waited is written", Who);

    public void DiskIsSlow(TimeSpan timeout, long pendingBytes) =>
        log.Warning(
            "{0}: the disk is slow or hangs: a write has waited for more than {1} ms, and {2} bytes wait. Nothing is lost. Until "
            + "it is done this server does not stand for election, and hands leadership over if it leads. Look at the disk.",
            Who, timeout.TotalMilliseconds, pendingBytes);

    public void DiskIsFastAgain() => log.Info("{0}: the disk answers in time again", Who);

    public void YieldsLeadership(ServerId target, DiskState disk) =>
        log.Warning(
            "{0}: hands leadership over to {1}, whose disk works: its own is {2}", Who, target,
            disk == DiskState.Full ? "full" : "slow");

    public void IgnoresImpossible(MessageHeader header, string facts) =>
        log.Warning("{0}: ignored a message of {1} that cannot be right: {2}", Who, header.Sender, facts);

    /// <summary>Once per disk: every message of its server would say so again.</summary>
    public void RefusesDisk(MessageHeader header, DiskId known)
    {
        if (_strangers.Count >= 100 || !_strangers.Add($"{header.Sender} with disk {header.Disk}")) return;

        if (known == DiskId.RolledBack)
        {
            log.Warning(
                "{0}: refuses {1}: its disk ({2}) lacks what it had acknowledged. Remove it from the cluster, and add it under a new "
                + "server id with an empty data directory.", Who, header.Sender, header.Disk);
            return;
        }

        log.Warning(
            "{0}: refuses {1}, which comes back with another disk ({2}) than the one it is known by ({3}): its data was lost "
            + "or exchanged, and with it what it had promised. Remove it from the cluster, and add it under a new server id.",
            Who, header.Sender, header.Disk, known);
    }

    public void IsRefused(DiskRefused refused, DiskId disk)
    {
        if (refused.IsRolledBack)
            log.Error(
                "{0}: {1} knows that this server's disk ({2}) lacks entries or votes that it had acknowledged: it was put back to an "
                + "earlier state, or two processes run on copies of it. It neither votes nor counts from now on. To come back: stop "
                + "it (and its copy), have it removed from the cluster, and add it under a new server id with an empty data "
                + "directory.", Who, refused.Header.Sender, disk);
        else
            log.Error(
                "{0}: {1} knows this server by another disk than its own ({2}): its data directory was lost or exchanged. It neither "
                + "votes nor counts from now on, so that nothing is lost that it had promised. To come back: bring back the old "
                + "data directory; or stop it, have it removed from the cluster, and add it under a new server id with an empty "
                + "data directory.", Who, refused.Header.Sender, disk);
    }

    public void RolledBack(ServerId follower, LogIndex acknowledged, LogIndex lacks) =>
        log.Error(
            "{0}: {1} had stored the log up to entry {2}, as it acknowledged, and lacks entry {3} now: its disk was put back to an "
            + "earlier state, or two processes run on copies of it. What it acknowledges does not count any more, in the whole "
            + "cluster. Stop it (and its copy), remove it from the cluster, and add it under a new server id with an empty data "
            + "directory.", Who, follower, acknowledged, lacks);

    /// <summary>Whenever others are missing.</summary>
    public void WaitsForFounders(IEnumerable<ServerId> missing)
    {
        var names = string.Join(", ", missing);
        if (names == _foundersMissing) return;

        _foundersMissing = names;
        log.Info("{0}: a new cluster begins when all of its servers are there; {1} did not agree yet.", Who, names);
    }

    /// <summary>Once per stranger, so that it cannot fill the log.</summary>
    public void IgnoresStranger(MessageHeader header)
    {
        var stranger = $"{header.Sender} of cluster {header.Cluster}, group {header.Group}";
        if (_strangers.Count >= 100 || !_strangers.Add(stranger)) return;

        log.Warning("{0}: ignores messages of {1}: not a member here. Look at the members' addresses on both sides.", Who, stranger);
    }
}
