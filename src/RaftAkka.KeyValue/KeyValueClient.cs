using System.Runtime.CompilerServices;
using RaftAkka.Client;
using RaftAkka.KeyValue.Wire;
using RaftAkka.Protocol;

namespace RaftAkka.KeyValue;

/// <summary>
/// Reads and changes the key-value store of a cluster. Reads are linearizable: they show every change that was
/// acknowledged before they began; those of <see cref="WithReads"/> may promise less. Safe to use from many threads
/// at once; calls in flight at the same time may take effect in any order.
/// </summary>
/// <remarks>
/// <para>
/// Every method takes a timeout, by default that of the <see cref="RaftClient"/>, and a token that ends the
/// waiting (<see cref="CallCanceledException"/>). A change is applied once, however often the client has to
/// send it. One that brings no result throws <see cref="CommandNotAppliedException"/> or
/// <see cref="OutcomeUnknownException"/>, a read <see cref="QueryFailedException"/>; and both
/// <see cref="KeyValueException"/> where the cluster runs another state machine.
/// </para>
/// <para>
/// Keys have 1 to 1024 bytes and values up to 1 MiB (<see cref="KeyValueLimits"/>); what is longer throws an
/// <see cref="ArgumentException"/> and is not sent. The methods that take text send it as UTF-8, and throw an
/// <see cref="ArgumentException"/> for text that has none (half a surrogate pair).
/// </para>
/// </remarks>
public sealed partial class KeyValueClient
{
    private readonly RaftClient _raft;
    private readonly ReadConsistency _reads;

    /// <summary>
    /// Makes a client over one that is connected to a cluster whose machine is <see cref="KeyValueMachine"/>.
    /// </summary>
    public KeyValueClient(RaftClient raft)
        : this(raft, ReadConsistency.Linearizable)
    {
    }

    private KeyValueClient(RaftClient raft, ReadConsistency reads)
    {
        ArgumentNullException.ThrowIfNull(raft);
        (_raft, _reads) = (raft, reads);
    }

    /// <summary>
    /// The same store through the same connection, with another promise for its reads:
    /// <c>store.WithReads(ReadConsistency.Stale).GetAsync(key)</c>. Changes are what they were. Costs next to nothing.
    /// </summary>
    /// <param name="consistency">What gets and lists are to promise.</param>
    public KeyValueClient WithReads(ReadConsistency consistency) => new(_raft, consistency);

    /// <summary>Sets a key's value, whatever it was, and creates the key where it is absent.</summary>
    /// <returns>The key's numbers afterwards: version 1 says that it was created.</returns>
    public Task<KeyVersion> PutAsync(
        ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value,
        TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        Check.Key(key);
        Check.Value(value);
        var command = Request.Put(key.Span, value.Span);
        return PutAsync(_raft.ExecuteAsync(command, timeout, cancellationToken));
    }

    /// <summary>Reads a key.</summary>
    /// <returns>The key's entry, or null where it is absent.</returns>
    public Task<KeyValueEntry?> GetAsync(
        ReadOnlyMemory<byte> key, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        Check.Key(key);
        var query = Request.Get(key.Span);
        return GetAsync(query, _raft.QueryAsync(query, _reads, timeout, cancellationToken));
    }

    /// <summary>Deletes a key. If it is absent, nothing changes.</summary>
    public Task<DeleteResult> DeleteAsync(
        ReadOnlyMemory<byte> key, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        Check.Key(key);
        var command = Request.Delete(key.Span);
        return DeleteAsync(_raft.ExecuteAsync(command, timeout, cancellationToken));
    }

    /// <summary>Sets a key's value if the present value is the expected one.</summary>
    /// <param name="key">The key.</param>
    /// <param name="expected">The value that it is to have, or null if it is to be absent.</param>
    /// <param name="value">The new value. The expected and the new one may have 1 MiB together.</param>
    /// <param name="timeout">How long to try; the client's default where it is null.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task<CompareAndSwapResult> CompareAndSwapAsync(
        ReadOnlyMemory<byte> key, byte[]? expected, ReadOnlyMemory<byte> value,
        TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        Check.Key(key);
        Check.Values(expected, value);
        var command = expected is null
            ? Request.SwapIfAbsent(key.Span, value.Span)
            : Request.SwapIfValue(key.Span, expected, value.Span);
        return SwapAsync(command, timeout, cancellationToken);
    }

    /// <summary>
    /// Sets a key's value if nobody has changed the key since a revision, whatever its value.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="expectedModRevision">
    /// The mod revision that it is to have, or 0 if it is to be absent.
    /// </param>
    /// <param name="value">The new value.</param>
    /// <param name="timeout">How long to try; the client's default where it is null.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task<CompareAndSwapResult> CompareAndSwapAsync(
        ReadOnlyMemory<byte> key, long expectedModRevision, ReadOnlyMemory<byte> value,
        TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        Check.Key(key);
        Check.Value(value);
        ArgumentOutOfRangeException.ThrowIfNegative(expectedModRevision);
        var command = Request.SwapIfRevision(key.Span, expectedModRevision, value.Span);
        return SwapAsync(command, timeout, cancellationToken);
    }

    /// <summary>Reads one page of the keys that begin with a prefix, in the order of their bytes.</summary>
    /// <param name="prefix">What the keys begin with; empty for all keys.</param>
    /// <param name="from">
    /// The key to begin with: <see cref="KeyValuePage.Next"/> of the page before. Empty at first.
    /// </param>
    /// <param name="limit">
    /// The most entries, 1 or more. The store has a limit of its own (10 000 entries, 512 KiB).
    /// </param>
    /// <param name="timeout">How long to try; the client's default where it is null.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<KeyValuePage> ListPageAsync(
        ReadOnlyMemory<byte> prefix, ReadOnlyMemory<byte> from = default,
        int limit = KeyValueLimits.PageEntriesMax,
        TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        Check.Prefix(prefix);
        Check.From(from);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        var query = Request.List(prefix.Span, from.Span, limit);
        var reply = await _raft.QueryAsync(query, _reads, timeout, cancellationToken).ConfigureAwait(false);
        return ReplyReader.List(Done(reply, "a list")) ?? throw NoAnswerTo("a list");
    }

    /// <summary>
    /// Reads the keys that begin with a prefix, in the order of their bytes, page by page as they are asked
    /// for. Each page is linearizable, all together are not: what changes behind the place where the list
    /// stands is missed. Whoever has to notice reads pages (<see cref="ListPageAsync(ReadOnlyMemory{byte},
    /// ReadOnlyMemory{byte}, int, TimeSpan?, CancellationToken)"/>) and compares their revisions.
    /// </summary>
    /// <param name="prefix">What the keys begin with; empty for all keys.</param>
    /// <param name="limit">The most entries, 1 or more. Default: all.</param>
    /// <param name="timeout">How long to try for each page; the client's default where it is null.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public IAsyncEnumerable<KeyValueEntry> ListAsync(
        ReadOnlyMemory<byte> prefix, int limit = int.MaxValue,
        TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        // Checked here and not below, where nothing runs before the first entry is asked for.
        Check.Prefix(prefix);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        return FollowPagesAsync(prefix.ToArray(), limit, timeout, cancellationToken);
    }

    private async IAsyncEnumerable<KeyValueEntry> FollowPagesAsync(
        byte[] prefix, int limit, TimeSpan? timeout,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte>? next = ReadOnlyMemory<byte>.Empty;
        while (limit > 0 && next is not null)
        {
            var page = await ListPageAsync(prefix, next.Value, limit, timeout, cancellationToken)
                .ConfigureAwait(false);
            foreach (var entry in page.Entries) yield return entry;

            limit -= page.Entries.Count;
            next = page.Next;
        }
    }

    // Apart from the methods above, whose parameters an async method would keep until its end: with each call that is
    // under way, two hundred bytes.

    private static async Task<KeyVersion> PutAsync(Task<ReadOnlyMemory<byte>> call)
    {
        var reply = await call.ConfigureAwait(false);
        return ReplyReader.Put(Done(reply, "a put")) ?? throw NoAnswerTo("a put");
    }

    private static async Task<KeyValueEntry?> GetAsync(byte[] query, Task<ReadOnlyMemory<byte>> call)
    {
        var reply = await call.ConfigureAwait(false);

        // The entry carries the query's copy of the key: the caller may use his own for something else by now.
        return ReplyReader.TryGet(Request.KeyOfGet(query), Done(reply, "a get"), out var entry)
            ? entry
            : throw NoAnswerTo("a get");
    }

    private static async Task<DeleteResult> DeleteAsync(Task<ReadOnlyMemory<byte>> call)
    {
        var reply = await call.ConfigureAwait(false);
        return ReplyReader.Delete(Done(reply, "a delete")) ?? throw NoAnswerTo("a delete");
    }

    private async Task<CompareAndSwapResult> SwapAsync(
        byte[] command, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var reply = await _raft.ExecuteAsync(command, timeout, cancellationToken).ConfigureAwait(false);
        return ReplyReader.Swap(Done(reply, "a compare-and-swap")) ?? throw NoAnswerTo("a compare-and-swap");
    }

    private static ReadOnlyMemory<byte> Done(ReadOnlyMemory<byte> reply, string request) =>
        ReplyReader.Status(reply) switch
        {
            ReplyStatus.Done => reply,
            null => throw NoAnswerTo(request),
            var status => throw new KeyValueException(
                $"The cluster's key-value machine refused {request} ({status}), which changed nothing. " +
                "This client had checked it, so the servers run another version: " +
                "bring clients and servers to one."),
        };

    private static KeyValueException NoAnswerTo(string request) => new(
        $"The cluster answered {request} with bytes that a key-value machine of this version never sends. " +
        "If it was a change, it may have been made. " +
        "Check that the servers run KeyValueMachine, and which version.");
}
