using Akka.Actor;
using RaftAkka.Protocol;
using RaftAkka.Snapshots;

namespace RaftAkka.Server;

/// <summary>
/// Installing: a follower that needs what the leader's log has no longer gets a snapshot, part by part (§7).
/// Heartbeats and everyone else go on meanwhile; the parts themselves are other actors' work.
/// </summary>
internal sealed partial class RaftServer
{
    // ---- the leader ----

    private void BeginInstalling(PeerProgress follower)
    {
        Invariant.Holds(_snapshot is not null && _snapshot.Last.Index >= _log.Base.Index,
            "what the log does not hold any more is in a snapshot");

        follower.StartInstalling(_snapshot!, Now);
        _lines.SendsSnapshot(follower.Peer, _snapshot!);
        _parts.Transfers.Tell(new SendSnapshot(follower.Peer, Header, _snapshot!));
    }

    private void StopInstalling(PeerProgress follower)
    {
        if (follower.Mode == PeerMode.Installing) _parts.Transfers.Tell(new StopSending(follower.Peer));
    }

    private void OnChunkStored(Leadership leadership, SnapshotChunkStored stored)
    {
        if (leadership.TryFind(stored.Header.Sender, out var sent) && sent.Install?.Snapshot is { } snapshot
            && snapshot.Last == stored.Last && stored.NextOffset > snapshot.Bytes)
        {
            _lines.IgnoresImpossible(stored, Sender.Path.Address, $"it has {stored.NextOffset} bytes of the {snapshot}");
            return;
        }

        if (!TryHear(leadership, stored, out var follower)) return;
        if (follower.Install is not { } install || install.Snapshot.Last != stored.Last) return;   // Over by now.

        if (stored.NextOffset == install.Snapshot.Bytes)
        {
            // What is in a snapshot is committed, so this tells the commit index nothing.
            StopInstalling(follower);
            follower.OnAccepted(stored.Last.Index);
            Replicate(leadership, follower);
            return;
        }

        install.OnStored(stored.NextOffset, Now);

        // All that it got before was of no use to it: the file may be damaged on this server's disk.
        if (stored.NextOffset == 0) VerifySnapshot(isAsked: false);
        if (stored.NextOffset == 0 && install.Snapshot != _snapshot) BeginInstalling(follower);
        else _parts.Transfers.Tell(new ChunkAcknowledged(follower.Peer, stored.Last, stored.NextOffset));
    }

    private void OnLeaderSnapshotWritten(Leadership leadership, SnapshotWritten written)
    {
        OnSnapshotWritten(written);

        foreach (var follower in leadership.Followers)
        {
            // Whoever gets on with the older snapshot goes on with it; who does not may as well get the newer one.
            if (follower.Install?.IsStuck(Now, _settings.ElectionTimeoutMax) == true) BeginInstalling(follower);
            else Replicate(leadership, follower);   // The log may begin behind what it needs now.
        }

        Prune(leadership.SnapshotsInUse());
    }

    private void OnSnapshotNotSent(Leadership leadership, SnapshotNotSent failed)
    {
        OnSnapshotNotSent(failed);
        if (failed.To is not { } to || !leadership.TryFind(to, out var follower)) return;
        if (follower.Install?.Snapshot == failed.Snapshot && failed.Snapshot != _snapshot) BeginInstalling(follower);
    }

    // ---- the follower ----

    private void OnInstallSnapshot(Followership following, InstallSnapshot install)
    {
        if (install.Header.Term < CurrentTerm)
        {
            RejectOldLeader(install);
            return;
        }

        var leader = install.Header.Sender;
        if (following.Leader != leader) return;   // Nobody asked for it: its heartbeats come first, and are answered first.

        following.HearFrom(leader, Now);

        // Nothing goes back: what is committed here is in the leader's log as well (§5.4), and that is what it hears.
        if (_rules.Install(install.Last, _commitIndex)) _parts.Transfers.Tell(new ReceiveChunk(install) { Known = KnownAt(_commitIndex) });
        else AcceptKnown(leader, ReadRound.None, _commitIndex);
    }

    private void OnChunkReceived(Followership following, ChunkReceived received)
    {
        if (received.Term == CurrentTerm && following.Leader is { } leader)
            Tell(leader, new SnapshotChunkStored(Header, received.Last, received.NextOffset));
    }

    // Whatever this server is by now, and whoever leads: what is in a snapshot is committed.
    private void OnSnapshotReceived(SnapshotReceived received)
    {
        var snapshot = received.Snapshot;
        if (!_rules.Install(snapshot.Last, _commitIndex)) return;   // Overtaken by entries, or sent again.

        _lines.Installs(snapshot);
        _snapshot = snapshot;
        var write = Compact(snapshot.Last);
        GoOnFrom(snapshot);

        // The leader of a later term, if there is one by now, looks where the logs agree by itself.
        if (_view.Leader is { } leader && leader != _settings.Server)
            TellOnceDurable(write, leader, new SnapshotChunkStored(Header, snapshot.Last, snapshot.Bytes));
    }

    private void RejectOldLeader(InstallSnapshot install)
    {
        if (install.Header.Term < CurrentTerm) Tell(install.Header.Sender, new SnapshotChunkStored(Header, install.Last, NextOffset: 0));
    }
}
