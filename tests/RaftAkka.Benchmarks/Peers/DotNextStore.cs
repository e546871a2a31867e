using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using DotNext.IO;
using DotNext.IO.Log;
using DotNext.Net.Cluster.Consensus.Raft;
using DotNext.Net.Cluster.Consensus.Raft.StateMachine;
using RaftAkka.Tool.Bench;

namespace RaftAkka.Benchmarks.Peers;

/// <summary>The state machine that dotNext replicates here: keys of one length, and their values with their index.</summary>
internal sealed class DotNextStore : IStateMachine
{
    private readonly ConcurrentDictionary<ReadOnlyMemory<byte>, Reading> _entries = new(ByContent.Instance);

    ISnapshot? ISnapshotManager.Snapshot => null;

    public Reading Get(ReadOnlyMemory<byte> key) => _entries.GetValueOrDefault(key);

    public ValueTask<long> ApplyAsync(LogEntry entry, CancellationToken token)
    {
        if (!entry.IsConfiguration && entry.TryGetPayload(out var payload) && payload.Length >= BenchKey.Bytes)
        {
            // On the leader, who applies it is who asked for it, and has the bytes already.
            var write = entry.Context as DotNextWrite ?? new DotNextWrite(payload.ToArray(), 0);
            write.Index = entry.Index;
            _entries[write.Key] = new Reading(entry.Index, write.Value);
        }
        return ValueTask.FromResult(entry.Index);
    }

    ValueTask ISnapshotManager.ReclaimGarbageAsync(long watermark, CancellationToken token) => ValueTask.CompletedTask;

    private sealed class ByContent : IEqualityComparer<ReadOnlyMemory<byte>>
    {
        public static readonly ByContent Instance = new();

        public bool Equals(ReadOnlyMemory<byte> x, ReadOnlyMemory<byte> y) => x.Span.SequenceEqual(y.Span);

        public int GetHashCode(ReadOnlyMemory<byte> key)
        {
            var hash = new HashCode();
            hash.AddBytes(key.Span);
            return hash.ToHashCode();
        }
    }
}

/// <summary>A write on its way through dotNext's log: a key, and then its value.</summary>
internal sealed class DotNextWrite(byte[] bytes, long term) : IInputLogEntry
{
    public ReadOnlyMemory<byte> Key { get; } = bytes.AsMemory(0, BenchKey.Bytes);

    public ReadOnlyMemory<byte> Value { get; } = bytes.AsMemory(BenchKey.Bytes);

    /// <summary>Its place in the log, once it is applied.</summary>
    public long Index { get; set; }

    public long Term { get; } = term;

    object? IInputLogEntry.Context
    {
        get => this;
        init => throw new NotSupportedException("The entry is its own context.");
    }

    bool IDataTransferObject.IsReusable => true;

    long? IDataTransferObject.Length => bytes.Length;

    bool IDataTransferObject.TryGetMemory(out ReadOnlyMemory<byte> memory)
    {
        memory = bytes;
        return true;
    }

    ValueTask IDataTransferObject.WriteToAsync<TWriter>(TWriter writer, CancellationToken token) =>
        writer.Invoke(bytes, token);
}

/// <summary>
/// dotNext's log as a benchmark needs it. As shipped, a commit flushes what is committed, so the leader has it on
/// its disk before it acknowledges; but a follower answers before what it got is on its own. Here a follower writes
/// its new entries out too before it answers, by the method that dotNext's own flusher calls. What it lacks to survive a
/// power loss is dotNext's checkpoint, which is written for committed entries alone: so this has the price of a flush
/// before the acknowledgement, which is what is compared, and not all of its worth.
/// </summary>
internal sealed class FlushingLog(WriteAheadLog.Options options, IStateMachine machine)
    : WriteAheadLog(options, machine), IAuditTrail<IRaftLogEntry>
{
    async ValueTask IAuditTrail<IRaftLogEntry>.AppendAsync<TEntry>(
        ILogEntryProducer<TEntry> entries, long startIndex, bool skipCommitted, CancellationToken token)
    {
        var hasEntries = entries.RemainingCount > 0;
        await AppendAsync(entries, startIndex, skipCommitted, token);
        if (!hasEntries) return;

        // Its own flusher writes them a second time when they are committed.
        await FlushEntries(this, Math.Max(startIndex, 1), LastEntryIndex, token);
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "FlushAsync")]
    private static extern Task FlushEntries(WriteAheadLog log, long fromIndex, long toIndex, CancellationToken token);
}
