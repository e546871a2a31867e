namespace RaftAkka.Tool.Bench;

/// <summary>
/// The store under load. A call is a task of the store's own client, and not wrapped in another one: at this rate
/// a wrapper would be part of the measurement.
/// </summary>
internal interface IBenchTarget
{
    /// <summary>Begins a write. The key and the value are copied before this returns.</summary>
    /// <param name="caller">Whose turn it is; a caller keeps to one connection.</param>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    Task Put(int caller, ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value);

    /// <summary>Begins a linearizable read. The key is copied before this returns.</summary>
    Task Get(int caller, ReadOnlyMemory<byte> key);

    /// <summary>The revision that a write, which has ended well, gave its key: larger for each later write.</summary>
    long RevisionOf(Task put);

    /// <summary>What a read that has ended well brought.</summary>
    Reading ReadingOf(Task get);

    /// <summary>What a failure says about its operation; null for a bug, which ends the run.</summary>
    BenchFailure? Classify(Exception failure);
}

/// <summary>What a read brought.</summary>
/// <param name="Revision">The revision of the write that it shows; 0 where the key is absent.</param>
/// <param name="Value">The value.</param>
internal readonly record struct Reading(long Revision, ReadOnlyMemory<byte> Value);

/// <summary>How an operation failed.</summary>
internal enum BenchFailure
{
    /// <summary>A write that was surely not applied.</summary>
    NotApplied,

    /// <summary>A write of which nobody can say whether it was applied.</summary>
    Unknown,

    /// <summary>An operation that was turned away because too many are under way. Surely not applied.</summary>
    Busy,

    /// <summary>A read without an answer.</summary>
    ReadFailed,
}
