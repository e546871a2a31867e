using RaftAkka.Protocol;

namespace RaftAkka.Server;

/// <summary>
/// Rollbacks: a follower's disk that was put back to an earlier state (a backup of its directory, a snapshot of its virtual
/// machine), or two processes on copies of one disk. Such a server has forgotten entries that it acknowledged, and perhaps a
/// vote, so it must not count; but it looks like a server that merely lags.
/// </summary>
/// <remarks>
/// What tells them apart: in one term a follower's log only ever follows the leader's, and keeps what it acknowledged. So a
/// follower that has acknowledged an entry, and rejects it in answer to a message that left after that acknowledgement had
/// come, has lost it. Messages that are late, out of order or doubled do not confuse this: an answer names the read round of
/// the message that it answers, and the leader begins a new round when it sees the first such rejection. Only a rejection of
/// that round or a later one counts.
/// The leader then names the member's disk <see cref="DiskId.RolledBack"/> in the configuration. From there on all servers
/// refuse it like an exchanged disk, also after their restart and under later leaders.
/// Not seen: a disk that goes back while no leader lives that had its acknowledgements, since a later one knows nothing of
/// them; and a vote that is forgotten and given twice, where the entries are all there.
/// Deviation: the paper takes stable storage for granted.
/// </remarks>
internal sealed partial class RaftServer
{
    /// <summary>A follower rejects what it had acknowledged: perhaps in an old message, perhaps because its disk went back.</summary>
    private void OnRejectedWhatMatched(Leadership leadership, PeerProgress follower, AppendRejected rejected)
    {
        if (follower.Doubt is not { } doubt)
        {
            // A round takes the reads that wait along, and answers them from the commit index of its beginning: not before
            // an entry of this term is committed. The next rejection asks again.
            if (leadership.Reads.HasWaiting && !KnowsCommitted) return;

            NextRound(leadership);   // The next heartbeat asks in this round, or in a later one.
            follower.StartDoubting(leadership.Reads.Latest);
            return;
        }

        if (!doubt.IsProvenBy(rejected)) return;

        _lines.RolledBack(follower.Peer, doubt.Acknowledged, LogIndex.Min(rejected.Rejected.Index, rejected.Conflict.Index));
        StopInstalling(follower);
        follower.OnRolledBack();

        // A log from before disks had names: nothing tells this disk from another one, and it can only catch up.
        if (rejected.Header.Disk == DiskId.Unknown || Members.Find(follower.Peer) is null) Replicate(leadership, follower);
        else AppendConfiguration(leadership, Members.WithDisk(follower.Peer, DiskId.RolledBack));
    }
}

/// <summary>A follower that may have lost what it acknowledged.</summary>
/// <param name="Since">The round that began after the acknowledgement had come.</param>
/// <param name="Acknowledged">What it had acknowledged by then.</param>
internal sealed record RollbackDoubt(ReadRound Since, LogIndex Acknowledged)
{
    /// <summary>Whether a follower's rejection says that it lacks an entry up to an index.</summary>
    public static bool Lacks(AppendRejected rejected, LogIndex index) =>
        rejected.Rejected.Index <= index || (rejected.Conflict.Term == Term.Zero && rejected.Conflict.Index <= index);

    /// <summary>Whether it lacks what it had acknowledged, by its answer to a message that left later.</summary>
    public bool IsProvenBy(AppendRejected rejected) => rejected.Round >= Since && Lacks(rejected, Acknowledged);

    /// <summary>Whether it has what it had acknowledged, in answer to a message that left later.</summary>
    public bool IsRefutedBy(AppendAccepted accepted) => accepted.Round >= Since && accepted.Matched >= Acknowledged;
}
