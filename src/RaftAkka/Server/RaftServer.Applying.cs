using Akka.Actor;
using RaftAkka.Log;
using RaftAkka.Machine;
using RaftAkka.Protocol;

namespace RaftAkka.Server;

/// <summary>
/// Applying: committed entries go to the machine in order, a bounded number of bytes ahead of it, from memory or,
/// where they have left it, from disk.
/// </summary>
internal sealed partial class RaftServer
{
    private const int FeedBytesMax = 4 * 1024 * 1024;
    private const int FeedSliceBytesMax = 256 * 1024;

    private static readonly Func<LogIndex, IReadOnlyList<Waiter>> NoWaiters = _ => [];

    private readonly Queue<(LogIndex Through, int Bytes)> _feeding = new();
    private LogIndex _commitIndex;
    private LogIndex _fedIndex;
    private LogIndex _appliedIndex;
    private long _feedingBytes;
    private FeedRead? _feedRead;

    private void CommitThrough(LogIndex index)
    {
        Invariant.Holds(index > _commitIndex, "the commit index never goes back");
        Invariant.Holds(index <= _log.Last.Index, "what is committed is in the log");
        _commitIndex = index;
        OnMembersCommitted();
    }

    /// <param name="takeWaiters">Takes those who wait for entries up to an index: only a leader has any.</param>
    private void FeedMachine(Func<LogIndex, IReadOnlyList<Waiter>> takeWaiters)
    {
        while (_fedIndex < _commitIndex && _feedingBytes < FeedBytesMax && _feedRead is null)
        {
            if (_log.TryRead(_fedIndex.Next, _commitIndex, FeedSliceBytesMax) is { } entries)
            {
                Feed(entries, takeWaiters);
                continue;
            }

            _feedRead = new FeedRead();
            _parts.Log.Tell(new ReadLog(_fedIndex.Next, _commitIndex, FeedSliceBytesMax, _feedRead));
        }

        ReleaseReads();
    }

    private void Feed(LogSlice entries, Func<LogIndex, IReadOnlyList<Waiter>> takeWaiters)
    {
        _fedIndex = entries.Last.Index;
        _feeding.Enqueue((_fedIndex, entries.RecordBytes));
        _feedingBytes += entries.RecordBytes;
        _parts.Machine.Tell(new ApplyEntries(entries, takeWaiters(_fedIndex)));
    }

    private void OnFeedRead(LogRead read, Func<LogIndex, IReadOnlyList<Waiter>> takeWaiters)
    {
        if (!ReferenceEquals(read.Token, _feedRead)) return;   // A snapshot took the place of these entries.
        Invariant.Holds(read.From == _fedIndex.Next && !read.Entries.IsEmpty, "committed entries can be read back");

        _feedRead = null;
        Feed(read.Entries, takeWaiters);
        FeedMachine(takeWaiters);
    }

    private void OnApplied(Applied applied, Func<LogIndex, IReadOnlyList<Waiter>> takeWaiters)
    {
        Invariant.Holds(applied.Through > _appliedIndex, "the applied index never goes back");
        Invariant.Holds(applied.Through <= _commitIndex, "only what is committed is applied");

        (_appliedIndex, _sessionsNow) = (applied.Through, applied.Sessions);
        while (_feeding.TryPeek(out var slice) && slice.Through <= applied.Through)
        {
            _feedingBytes -= slice.Bytes;
            _policy.OnApplied(slice.Bytes);
            _feeding.Dequeue();
        }

        TakeSnapshotIfDue();
        FeedMachine(takeWaiters);
    }

    // Told apart by which one it is, not by what it says.
    private sealed class FeedRead;
}
