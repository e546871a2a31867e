using Akka.Actor;
using RaftAkka.Protocol;

namespace RaftAkka.Server;

/// <summary>
/// Reads at a follower: it asks the leader for a read index, once for everything that queued, and has its own
/// machine answer. So reads scale with the servers.
/// </summary>
internal sealed partial class RaftServer
{
    private void OnRead(Followership following, ReadQueries read)
    {
        if (following.Leader is null || read.Consistency == ReadConsistency.Stale)
        {
            OnReadWithoutLeader(read);
            return;
        }

        if (!TryAdmit(read)) return;

        following.Reads.Add(new QueuedRead(Sender, read.Batch, read.Payload));
        AskLeaderSoon(following);
    }

    // Behind everything that waits in the mailbox now: those reads share one question.
    private void AskLeaderSoon(Followership following)
    {
        var reads = following.Reads;
        if (!reads.HasWaiting || reads.IsAsking || reads.IsDue) return;

        reads.IsDue = true;
        Self.Tell(new AskLeader(following));
    }

    private void OnAskLeader(Followership following, AskLeader ask)
    {
        if (ask.Following != following) return;

        following.Reads.IsDue = false;
        if (following.Reads.HasWaiting && !following.Reads.IsAsking) AskForReadIndex(following);
    }

    private void AskForReadIndex(Followership following)
    {
        _lastReadId = _lastReadId.Next;
        following.Reads.OnAsked(_lastReadId, Now);
        Tell(following.Leader!.Value, new AskReadIndex(Header, _lastReadId));
    }

    /// <summary>
    /// With each word of the leader: a question that got lost is asked again; and reads that it answers to no
    /// question, as over a link that works in one direction only, go to another server.
    /// </summary>
    private void AskAgain(Followership following)
    {
        var reads = following.Reads;
        if (!reads.IsAsking || Now - reads.LastAsked < _settings.HeartbeatInterval) return;

        RefuseReads(reads.TakeOlder(Now - _settings.ElectionTimeoutMax));
        if (reads.IsAsking || reads.HasWaiting) AskForReadIndex(following);
    }

    private void OnReadIndexReply(Followership following, ReadIndexReply reply)
    {
        AnswerReads(reply.Index, following.Reads.TakeThrough(reply.Id));
        AskLeaderSoon(following);
    }

    private void OnReadIndexRefused(Followership following, ReadIndexRefused refused)
    {
        RefuseReads(following.Reads.TakeThrough(refused.Id));
        AskLeaderSoon(following);
    }

    private sealed record AskLeader(Followership Following);
}
