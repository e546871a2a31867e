using Akka.Actor;
using RaftAkka.Protocol;

namespace RaftAkka.Server;

/// <summary>
/// Reads, what is alike in every role: they leave nothing in the log. A read gets an index that covers everything
/// acknowledged before it was asked, and goes to the machine behind the entries up to there.
/// </summary>
internal sealed partial class RaftServer
{
    private readonly PriorityQueue<QueuedRead, long> _readsAhead = new();
    private ReadId _lastReadId;
    private readonly ReadQuota _readQuota;

    /// <summary>A read where no leader is known.</summary>
    private void OnReadWithoutLeader(ReadQueries read)
    {
        if (read.Consistency == ReadConsistency.Stale) AnswerStale(read);
        else Refuse(Sender, read.Batch, RefusalReason.NotLeader, WhyItDoesNotCount);
    }

    private void AnswerStale(ReadQueries read)
    {
        if (TryAdmit(read)) GiveToMachine(LogIndex.Zero, [new QueuedRead(Sender, read.Batch, read.Payload)]);
    }

    /// <returns>Whether there is room for one more read that waits; otherwise it was refused.</returns>
    private bool TryAdmit(ReadQueries read)
    {
        if (_readQuota.TryTake(read.Payload.Length)) return true;

        Refuse(Sender, read.Batch, RefusalReason.Busy,
            $"{_readQuota.Bytes} bytes of queries wait to be answered; the limit is {_settings.ReadsWaitingBytesMax}");
        return false;
    }

    private void RefuseReads(IEnumerable<QueuedRead> reads)
    {
        foreach (var read in reads)
        {
            _readQuota.Return(read.Payload.Length);
            Refuse(read.From, read.Batch, RefusalReason.NotLeader, "");
        }
    }

    /// <summary>The reads may be answered from here on by whoever has applied the log up to an index.</summary>
    private void AnswerReads(LogIndex index, IReadOnlyList<QueuedRead> reads)
    {
        if (reads.Count == 0) return;

        if (_fedIndex >= index)
        {
            GiveToMachine(index, reads);
            return;
        }

        // The machine has not been given all of it. However long that takes, and whoever leads by then: the index
        // covers what was acknowledged when the read was asked, and goes on doing so.
        foreach (var read in reads) _readsAhead.Enqueue(read, index.Value);
    }

    /// <summary>The machine was given more entries.</summary>
    private void ReleaseReads()
    {
        while (_readsAhead.TryPeek(out var read, out var index) && index <= _fedIndex.Value)
        {
            _readsAhead.Dequeue();
            GiveToMachine(new LogIndex(index), [read]);
        }
    }

    // Behind the entries in the machine's mailbox, so that they are applied when it comes to the reads.
    private void GiveToMachine(LogIndex index, IReadOnlyList<QueuedRead> reads) =>
        _parts.Machine.Tell(new AnswerQueries(index, reads, _readQuota));
}
