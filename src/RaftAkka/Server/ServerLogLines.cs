using Akka.Actor;
using Akka.Event;
using RaftAkka.Log;
using RaftAkka.Protocol;
using RaftAkka.Snapshots;

namespace RaftAkka.Server;

/// <summary>Everything that a server writes to its operator. Each line starts with server, role and term.</summary>
internal sealed class ServerLogLines(
    ILoggingAdapter log, ServerId server, Func<(ServerRole Role, Term Term)> state, WarningLimit limit)
{
    private const int AddressLengthMax = 300;

    private string _snapshotNotSent = "";

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

    /// <summary>A member, or another program under its name, says what cannot be.</summary>
    public void IgnoresImpossible(IPeerMessage message, Address from, string facts) => Warn(
        $"{message.Header.Sender} {from} {message.GetType().Name}",
        "{0}: dropped a message ({1}) of {2} at {3} that cannot be right: {4}. Nothing of it was taken over. If {2} runs another "
        + "release, look at its log; if another program uses its name, close the port to that.",
        Who, message.GetType().Name, message.Header.Sender, Shown(from), facts);

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

    /// <summary>Once per disk: every message of its server would say so again.</summary>
    public void RefusesDisk(MessageHeader header, DiskId known)
    {
        if (known == DiskId.RolledBack)
        {
            Warn(
                $"{header.Sender} with disk {header.Disk}",
                "{0}: refuses {1}: its disk ({2}) lacks what it had acknowledged. Remove it from the cluster, and add it under a new "
                + "server id with an empty data directory.", Who, header.Sender, header.Disk);
            return;
        }

        Warn(
            $"{header.Sender} with disk {header.Disk}",
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

    /// <summary>Once for each server and backup: it asks again and again.</summary>
    public void RefusesBackup(ServerId candidate, uint restoredFrom, uint own)
    {
        if (!limit.Allows($"{candidate} restored from {restoredFrom:x8}", out _)) return;

        log.Error("{0}: {1} was restored from another backup than this server: their snapshots have the checksums {2} and {3}. "
            + "They hold different states, so the two found no cluster together. Restore all servers of the new cluster from "
            + "one file, each into an empty directory.", Who, candidate, restoredFrom.ToString("x8"), own.ToString("x8"));
    }

    public void ReplacesSnapshot(string problem) => log.Warning(
        "{0}: the newest snapshot is of no use: {1}. A new one is taken in its place. Check the disk.", Who, problem);

    /// <summary>Once for each reason and snapshot: senders try again.</summary>
    public void CannotSendSnapshot(SnapshotNotSent failed)
    {
        var reason = $"{failed.Snapshot.Last} {failed.Reason}";
        if (reason == _snapshotNotSent) return;

        _snapshotNotSent = reason;
        log.Warning("{0}: cannot send the {1} to {2}: {3} The file is looked at, and a new one is taken where it is of no use.",
            Who, failed.Snapshot, failed.To?.Value ?? "a client", failed.Reason);
    }

    public void AwaitsBootstrap(string problem) => log.Warning("{0}: {1}.", Who, problem);

    public void BootstrapListsDiffer(ServerId asker, string difference) =>
        log.Warning(
            "{0}: does not begin a cluster with {1}, whose settings have other members: {2}. Give all servers the same list, and "
            + "start again those whose list was changed.", Who, asker, difference);

    public void AddressesDiffer(string problem) => log.Warning("{0}: {1}.", Who, problem);

    /// <summary>A server of another cluster or group, or under this server's own name.</summary>
    public void IgnoresStranger(MessageHeader header, Address from)
    {
        var stranger = $"{header.Sender} of cluster {header.Cluster}, group {header.Group}";
        Warn(
            $"{stranger} at {from}",
            "{0}: ignores messages of {1} at {2}: not a member here. Look at the members' addresses on both sides.",
            Who, stranger, Shown(from));
    }

    /// <summary>A server that nobody has told of, or a known one that sends from somewhere else.</summary>
    public void IgnoresUnknown(MessageHeader header, Address from) => Warn(
        $"{header.Sender} at {from}",
        "{0}: ignores messages of {1} at {2}: neither the log nor the settings of this server name that server at that address. "
        + "If it belongs to the cluster, this server learns of it from the members that it knows. If they have all gone, write "
        + "the members as they are now into this server's settings, and restart it; if {1} has moved, run 'raftakka member "
        + "update'; if its data is lost, remove it, and add it under a new server id.",
        Who, header.Sender, Shown(from));

    public void LearnsOfPeers(ConfigurationReply reply) =>
        log.Info("{0}: {1} knows the members {2} of entry {3}; listens to them, too, until the log has that entry",
            Who, reply.Header.Sender, reply.Members, reply.Index);

    /// <summary>A term that no cluster gets to.</summary>
    public void TermIsImpossible(Term term) =>
        log.Error(
            "{0}: the term on this server's disk is {1}, and no cluster gets there by electing leaders: the term was forged, or "
            + "the disk is damaged. The server does not campaign, and the others ignore it. Remove it from the cluster, and add it "
            + "under a new server id; if all servers are in such a term, restore a backup.", Who, term);

    // Input from others triggers it: each warning is written once an hour, and so many in all.
    private void Warn(string what, string template, params object[] facts)
    {
        if (!limit.Allows(what, out var isLast)) return;

        log.Warning(template, facts);
        if (isLast) log.Warning("{0}: more warnings about messages of other servers are not written for up to an hour.", Who);
    }

    // It came with a message, and may be anything.
    private static string Shown(Address address)
    {
        var text = new string([.. address.ToString().Where(c => c is > ' ' and <= '~')]);
        return text.Length <= AddressLengthMax ? text : text[..AddressLengthMax] + "...";
    }
}
