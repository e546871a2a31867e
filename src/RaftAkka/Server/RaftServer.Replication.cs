using System.Diagnostics.CodeAnalysis;
using Akka.Actor;
using RaftAkka.Log;
using RaftAkka.Protocol;

namespace RaftAkka.Server;

/// <summary>Replication, the leader's part (§5.3): a pipeline to each follower, its window opened by acknowledgements.</summary>
internal sealed partial class RaftServer
{
    private void Replicate(Leadership leadership, PeerProgress follower)
    {
        if (follower.Mode == PeerMode.Installing) return;
        if (follower.Next <= _log.Base.Index)
        {
            BeginInstalling(follower);
            return;
        }

        while (follower.Next <= _log.Last.Index && !follower.IsReading
            && follower.HasRoom(_settings.WindowEntriesMax, _settings.WindowBytesMax))
        {
            if (_log.TryRead(follower.Next, _log.Last.Index, _settings.AppendBytesMax, _settings.WindowEntriesMax) is { } entries)
            {
                SendAppend(leadership, follower, entries);
                continue;
            }

            // Left the cache: read back, so that a follower far behind costs the leader no memory.
            follower.IsReading = true;
            _parts.Log.Tell(new ReadLog(
                follower.Next, _log.Last.Index, _settings.AppendBytesMax, new ReplicationRead(CurrentTerm, follower.Peer)));
        }
    }

    // Entries from the follower's next index on; none for a heartbeat.
    private void SendAppend(Leadership leadership, PeerProgress follower, LogSlice entries)
    {
        var previous = follower.Mode == PeerMode.Installing ? _log.Base : _log.IdAt(follower.Next.Previous);
        follower.OnSent(entries, _commitIndex, Now);
        Tell(follower.Peer, new AppendEntries(
            Header, previous, entries, _commitIndex, leadership.Reads.Latest));
    }

    // What is committed goes along with the next entries, heartbeat or read round. A message of its own for each commit
    // would be a fifth of all messages where commands come one at a time, for followers that nobody asks. Nobody answers
    // it, so it does not count as sent: the next heartbeat is due when it would be without it.
    private void AnnounceCommit(Leadership leadership, PeerProgress follower)
    {
        if (follower.Mode != PeerMode.Pipelining || follower.CommitSent >= LogIndex.Min(_commitIndex, follower.Match)) return;

        follower.OnAnnounced(_commitIndex);
        Tell(follower.Peer, new AppendEntries(
            Header, _log.IdAt(follower.Next.Previous), LogSlice.Empty, _commitIndex, leadership.Reads.Latest)
        {
            IsAnnouncement = true,
        });
    }

    private void OnReplicationRead(Leadership leadership, LogRead read)
    {
        var token = (ReplicationRead)read.Token;
        if (token.Term != CurrentTerm || !leadership.TryFind(token.Follower, out var follower)) return;

        follower.IsReading = false;
        if (!read.Entries.IsEmpty && follower.Next == read.From && follower.Next > _log.Base.Index
            && follower.HasRoom(_settings.WindowEntriesMax, _settings.WindowBytesMax))
            SendAppend(leadership, follower, read.Entries);
        Replicate(leadership, follower);
    }

    private void OnAppendAccepted(Leadership leadership, AppendAccepted accepted)
    {
        if (IsOfNoRound(leadership, accepted, accepted.Round) || !TryHear(leadership, accepted, out var follower)) return;

        if (follower.Doubt?.IsRefutedBy(accepted) == true) follower.EndDoubt();

        // Less than that: a snapshot is what it needs all the same. With what is sent to it, it has that one, or more.
        var suffices = LogIndex.Min(_log.Base.Index, follower.Install?.Snapshot.Last.Index ?? LogIndex.Zero);
        if (accepted.Matched >= suffices)
        {
            StopInstalling(follower);
            if (follower.OnAccepted(accepted.Matched)) AdvanceCommit(leadership);
            if (_role.Name != ServerRole.Leader) return;   // What is committed now has this server leave.
            Replicate(leadership, follower);
            PromoteIfCaughtUp(leadership, follower);
            TellIfCaughtUp(leadership);
        }

        OnRoundAnswered(leadership, follower, accepted.Round, accepted.LeaseMilliseconds);
    }

    private void OnAppendRejected(Leadership leadership, AppendRejected rejected)
    {
        if (IsOfNoRound(leadership, rejected, rejected.Round) || !TryHear(leadership, rejected, out var follower)) return;

        OnRoundAnswered(leadership, follower, rejected.Round, rejected.LeaseMilliseconds);

        // The answer to an append of an earlier leadership, which the follower was past in term: it says nothing
        // of the follower's log, and must not make this server send all of its own.
        if (rejected.Conflict == EntryId.Zero) return;

        if (RollbackDoubt.Lacks(rejected, follower.Match))
        {
            OnRejectedWhatMatched(leadership, follower, rejected);
            return;
        }

        var next = LogMatching.NextAfter(_log.Terms, rejected.Conflict);
        if (follower.OnRejected(rejected.Rejected.Index, next)) Replicate(leadership, follower);
    }

    // A round that has not begun yet must not be confirmed by an answer that comes before it.
    private bool IsOfNoRound(Leadership leadership, IPeerMessage answer, ReadRound round)
    {
        if (answer.Header.Term != CurrentTerm || round <= leadership.Reads.Latest) return false;

        _lines.IgnoresImpossible(answer, Sender.Path.Address, $"it answers round {round}; the last is {leadership.Reads.Latest}");
        return true;
    }

    private bool TryHear(Leadership leadership, IPeerMessage message, [NotNullWhen(true)] out PeerProgress? follower)
    {
        Invariant.Holds(message.Header.Term <= CurrentTerm, "a newer term steps us down before any handler runs");

        if (!leadership.TryFind(message.Header.Sender, out follower)) return false;
        if (message.Header.Term < CurrentTerm) return false;   // For an earlier leadership.

        if (!Counts(message.Header)) LearnDisk(leadership, message.Header);
        follower.OnHeard(Now);
        return true;
    }

    private sealed record ReplicationRead(Term Term, ServerId Follower);
}
