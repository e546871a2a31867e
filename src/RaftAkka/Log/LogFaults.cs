using RaftAkka.Protocol;

namespace RaftAkka.Log;

/// <summary>What a log says to people when it cannot start or go on: the texts, all in one place.</summary>
internal sealed class LogFaults(LogIdentity identity, string location)
{
    private string Node => $"raft {identity.Server}";

    private string Cure =>
        $"Restore the file, or remove {identity.Server} from the cluster and add it again under a new "
        + "server id.";

    public UnusableLogException Damaged(string file, long at, string found, string evidence) => new(
        $"{Node}: log segment {file} in {location} is damaged at byte {at}: {found}.\n{evidence}\n"
        + "The node stops rather than forget entries or votes that it may have acknowledged.\n" + Cure);

    public UnusableLogException Missing(string file, string evidence) => new(
        $"{Node}: log segment {file} is missing from {location}: {evidence}.\n"
        + "The node does not start without entries or votes that it may have acknowledged.\n" + Cure);

    public UnusableLogException WrongLength(string file, long length, long expected) => new(
        $"{Node}: log segment {file} in {location} is {length} bytes long; it was created with {expected}.\n"
        + "Nothing in this program changes a segment's length, so it was cut or copied incompletely.\n"
        + "The node does not start without entries or votes that it may have acknowledged.\n" + Cure);

    public UnusableLogException UnknownVersion(string file, uint version) => new(
        $"{Node}: log segment {file} in {location} has format version {version}; "
        + $"this program knows the versions up to {SegmentHeader.Version}.\n"
        + "The node does not start, and has changed nothing. Start the program version that wrote the log, "
        + "or a newer one.");

    public UnusableLogException UnknownKind(string file, long at, RecordHeader header) => new(
        $"{Node}: log segment {file} in {location} holds a record of unknown kind {header.Kind} at byte {at} "
        + $"(entry {header.Id}); its checksum is right, so another program version wrote it.\n"
        + "The node does not start: a record that it skips would let its state part from the others'. "
        + "Start the program version that wrote the log, or a newer one.");

    public UnusableLogException UnknownRecordVersion(string file, long at, byte version) => new(
        $"{Node}: log segment {file} in {location} holds a record of version {version} at byte {at}; its checksum is right, "
        + "so a newer program version wrote it.\n"
        + "The node does not start, and has changed nothing: the record may have been acknowledged. "
        + "Start the program version that wrote the log, or a newer one.");

    public UnusableLogException IsInTheWay(string file) => new(
        $"{Node}: the log needs a new segment {file} in {location}, and a file of this name is there that this node did not "
        + "make: another log was copied or mounted into the directory.\n"
        + "The node stops rather than replace it. What was acknowledged is on the disk.\n"
        + "Find out whose file it is and move it away; then start the node again.");

    public UnusableLogException NotAFile(string file, DiskException obstacle) => new(
        $"{Node}: log segment {file} is missing from {location}: {obstacle.Message}.\n"
        + "The node does not start without entries or votes that it may have acknowledged.\n"
        + $"{obstacle.Cure} {Cure}");

    public UnusableLogException ForeignLog(string file, LogIdentity found) => new(
        $"{Node}: {location} holds the log of {Name(found)} (segment {file}), but this node is "
        + $"{Name(identity)}.\n"
        + "The node does not start, and has changed nothing. Correct its server id, group, cluster or data "
        + "directory.", isForeign: true);

    public UnusableLogException ForeignFile(string file) => new(
        $"{Node}: {location} holds a file '{file}' that is no part of a log that this program knows.\n"
        + "The node does not start, and has changed nothing: the directory may be another program's, or a "
        + "newer version's. Move the file away, or give the node a directory of its own.", isForeign: true);

    public UnusableLogException RestoreUnfinished() => new(
        $"{Node}: a restore from a backup into {location} was begun and not ended.\n"
        + "The node does not start, and has changed nothing: part of the state would be missing. "
        + "Run the same 'raftakka restore' again: it begins anew, and says when it is done.");

    public DiskException NotWritten(DiskException cause) => Broken(cause,
        $"{Node}: the log could not be written: {cause.Message}.\n"
        + "Nothing of this write was acknowledged, and it is not tried again: after a failed write or sync "
        + "the kernel may hold what the disk does not. The node stops.\n"
        + $"{cause.Cure} Then start the node again: it recovers what the disk holds.");

    public DiskException NotDeleted(DiskException cause) => Broken(cause,
        $"{Node}: an old log segment could not be deleted: {cause.Message}.\n"
        + "A snapshot holds what it held, so nothing is lost. The node stops: a disk that refuses this is no "
        + $"place for a log.\n{cause.Cure} Then start the node again: it deletes what is left to delete.");

    public DiskException NotOpened(DiskException cause) => new(
        $"{Node}: the log could not be opened: {cause.Message}.\n"
        + $"The node does not start. {cause.Cure} Then start the node again.",
        cause.Failure, cause);

    public DiskException NotRead(DiskException cause) => Broken(cause,
        $"{Node}: the log could not be read back: {cause.Message}.\n"
        + $"The node stops. {cause.Cure} Then start the node again.");

    public InvalidOperationException NotAllowed(string objection) => new(
        $"{Node}: the server asked its log for an impossible write: {objection}.\n"
        + "This is a defect of the program. Nothing of this write was acknowledged, and the node stops.");

    /// <summary>A directory has snapshots and no log, also for a look at it from outside.</summary>
    public static string LogIsGone(string location) =>
        $"There are snapshots, and no log in {location}: term, vote and entries are gone. Restore the log's files, or remove "
        + "the server from the cluster and add it again under a new server id.";

    public UnusableLogException SnapshotsWithoutLog() => new(
        $"{Node}: {LogIsGone(location)}\n"
        + "The node does not start, and has changed nothing: it would have forgotten entries and votes that it may have "
        + "acknowledged.");

    public string OutOfSpace(DiskException cause) =>
        $"{(cause.Failure == DiskFailure.NoSpace ? $"the disk of {location} is full" : "no file can be opened or grown")}: "
        + $"{cause.Message}. Writes wait and nothing is acknowledged; the node goes on by itself when it can write again. "
        + cause.Cure.TrimEnd('.');

    // A running node that may not write any more is broken; only before its start is that a mistake of the configuration.
    private static DiskException Broken(DiskException cause, string message) => new(message, DiskFailure.Broken, cause);

    private static string Name(LogIdentity whose) =>
        $"server {whose.Server} of group {whose.Group} in cluster {whose.Cluster}";
}
