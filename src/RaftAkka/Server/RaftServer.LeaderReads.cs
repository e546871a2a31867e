using Akka.Actor;
using RaftAkka.Protocol;

namespace RaftAkka.Server;

/// <summary>
/// Reads at the leader (ReadIndex, dissertation §6.4): it notes its commit index and asks the followers, once for
/// everything that queued, whether it still leads. With a lease it knows.
/// </summary>
internal sealed partial class RaftServer
{
    private bool KnowsCommitted => ReadRule.KnowsCommitted(_log.Terms, _commitIndex, CurrentTerm);

    private void OnRead(Leadership leadership, ReadQueries read)
    {
        if (read.Consistency == ReadConsistency.Stale)
        {
            AnswerStale(read);
            return;
        }

        if (!TryAdmit(read)) return;

        var queued = new QueuedRead(Sender, read.Batch, read.Payload);
        if (HoldsLease(leadership))
        {
            AnswerReads(_commitIndex, [queued]);
            return;
        }

        leadership.Reads.Add(queued);
        BeginRoundSoon(leadership);
    }

    private void OnAskReadIndex(Leadership leadership, AskReadIndex ask)
    {
        if (HoldsLease(leadership))
        {
            // There is no round, which would bring it the commit index that it needs.
            if (leadership.TryFind(ask.Header.Sender, out var follower)) AnnounceCommit(leadership, follower);
            Tell(ask.Header.Sender, new ReadIndexReply(Header, ask.Id, _commitIndex));
            return;
        }

        leadership.Reads.Add(ask.Header.Sender, ask.Id);
        BeginRoundSoon(leadership);
    }

    // Behind everything that waits in the mailbox now: those reads share one round. One round at a time, so that
    // under load a round carries all that came during the one before.
    private void BeginRoundSoon(Leadership leadership)
    {
        var reads = leadership.Reads;
        if (!reads.HasWaiting || reads.IsInFlight || reads.IsDue || !KnowsCommitted) return;

        reads.IsDue = true;
        Self.Tell(new BeginRound(leadership));
    }

    private void OnBeginRound(Leadership leadership, BeginRound begin)
    {
        if (begin.Leadership != leadership) return;

        leadership.Reads.IsDue = false;
        if (leadership.Reads.HasWaiting && !leadership.Reads.IsInFlight) AskWhetherItLeads(leadership);
    }

    private void AskWhetherItLeads(Leadership leadership)
    {
        NextRound(leadership);
        foreach (var follower in leadership.Followers) SendAppend(leadership, follower, LogSlice.Empty);
        AnswerConfirmed(leadership);   // A server alone has its majority.
    }

    private void NextRound(Leadership leadership) => leadership.Reads.Begin(_commitIndex, Now, LeaseMax);

    /// <summary>With each heartbeat: reads whose round got lost are not to wait for ever, nor a lease to run out.</summary>
    private void RenewRound(Leadership leadership)
    {
        var reads = leadership.Reads;
        if (reads.IsInFlight && Now - reads.LatestBegan >= _settings.HeartbeatInterval) AskWhetherItLeads(leadership);
        else if (LeaseMax > TimeSpan.Zero && !reads.HasWaiting) NextRound(leadership);
    }

    private void OnRoundAnswered(
        Leadership leadership, PeerProgress follower, ReadRound round, long leaseMilliseconds)
    {
        var lease = TimeSpan.FromMilliseconds(Math.Min(leaseMilliseconds, (long)LeaseMax.TotalMilliseconds));
        if (leadership.Reads.OnAnswer(follower, round, lease - DriftOf(lease))) AnswerConfirmed(leadership);
    }

    private void AnswerConfirmed(Leadership leadership)
    {
        var reads = leadership.Reads;
        while (reads.TryTake(IsConfirmed, out var index, out var readers)) Answer(index, readers);
        BeginRoundSoon(leadership);

        bool IsConfirmed(ReadRound round) => _rules.ConfirmsRound(
            Members, voter => voter == _settings.Server
                || (leadership.TryFind(voter, out var follower) && follower.AnsweredRound >= round));
    }

    private void Answer(LogIndex index, ReadRounds.Readers readers)
    {
        AnswerReads(index, readers.Local);
        foreach (var (follower, id) in readers.Followers) Tell(follower, new ReadIndexReply(Header, id, index));
    }

    private void EndReads(Leadership leadership)
    {
        foreach (var readers in leadership.Reads.All)
        {
            RefuseReads(readers.Local);
            foreach (var (follower, id) in readers.Followers) Tell(follower, new ReadIndexRefused(Header, id));
        }
    }

    private sealed record BeginRound(Leadership Leadership);
}
