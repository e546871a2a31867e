using RaftAkka.KeyValue.Storage;
using RaftAkka.KeyValue.Wire;
using RaftAkka.Protocol;

namespace RaftAkka.KeyValue;

/// <summary>
/// A replicated store of keys and values, ordered by the keys' bytes. Every change counts the store's
/// revision up by one; a delete of an absent key and a compare-and-swap that fails change nothing. Talk to it
/// through
/// <see cref="KeyValueClient"/>. Bytes that are no request, and requests beyond <see cref="KeyValueLimits"/>,
/// get a result that says so.
/// </summary>
public sealed class KeyValueMachine : IStateMachine
{
    private EntryTree _entries = new();

    // What was changed last by this revision, or before it, a capture may hold too.
    private long _sharedThrough;

    /// <summary>How often the store was changed.</summary>
    internal long Revision { get; private set; }

    /// <summary>How many keys there are.</summary>
    internal int Count => _entries.Count;

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Apply(in CommittedCommand command)
    {
        var body = command.Body.Span;
        if (Request.TryDecodePut(body, out var key, out var value))
            return StatusOf(key.Length, value.Length) is var putStatus and not ReplyStatus.Done
                ? Reply.Refused(putStatus)
                : Reply.Put(Put(key, value, _entries.Find(key, out var place), place));

        if (!Request.TryDecode(body, out var request))
            return Reply.Refused(ReplyStatus.Malformed);
        var status = StatusOf(request.Key.Length, request.ExpectedValue.Length + (long)request.Value.Length);
        if (status != ReplyStatus.Done) return Reply.Refused(status);

        return request.Operation switch
        {
            Operation.Delete => Delete(request),
            Operation.SwapIfValue => SwapIfValue(request),
            Operation.SwapIfRevision => SwapIfRevision(request),
            _ => Reply.Refused(ReplyStatus.Malformed),
        };
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Query(ReadOnlyMemory<byte> query)
    {
        if (!Request.TryDecode(query.Span, out var request)) return Reply.Refused(ReplyStatus.Malformed);

        return request.Operation switch
        {
            Operation.Get => Get(request),
            Operation.List => List(request),
            _ => Reply.Refused(ReplyStatus.Malformed),
        };
    }

    /// <inheritdoc/>
    public ISnapshotSource CaptureSnapshot()
    {
        _sharedThrough = Revision;
        return new StateSnapshot(Revision, _entries.Capture());
    }

    /// <inheritdoc/>
    public void Restore(Stream snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        (Revision, _entries) = StateSnapshot.Read(snapshot);
        _sharedThrough = 0;   // Captures hold on to entries that are no longer here.
    }

    /// <summary>
    /// A hash of the whole state: replicas that applied the same commands have the same one.
    /// </summary>
    internal string Digest() => StateDigest.Of(Revision, _entries);

    private static ReplyStatus StatusOf(int keyBytes, long valueBytes) =>
        keyBytes is 0 or > KeyValueLimits.KeyBytesMax ? ReplyStatus.KeyOutOfLimits
        : valueBytes > KeyValueLimits.ValueBytesMax ? ReplyStatus.ValueOutOfLimits
        : ReplyStatus.Done;

    // Copies, because the request's bytes are only lent; a key that is there already need not be held twice.
    private KeyVersion Put(
        ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, StoredEntry? current, EntryTree.Place place)
    {
        Revision++;
        if (current is null)
        {
            var created = new KeyVersion(Revision, Revision, 1);
            _entries.Put(new StoredEntry(key.ToArray(), value.ToArray(), created));
            return created;
        }

        var isShared = current.Version.ModRevision <= _sharedThrough;
        var changed = current.Version with { ModRevision = Revision, Version = current.Version.Version + 1 };
        if (isShared) _entries.Replace(place, new StoredEntry(current.Key, value.ToArray(), changed));
        else current.Overwrite(value, changed);
        return changed;
    }

    private byte[] Delete(in Request request)
    {
        var isThere = _entries.Find(request.Key) is not null;
        if (isThere)
        {
            _entries.Remove(request.Key);
            Revision++;
        }

        return Reply.Delete(isThere, Revision);
    }

    private byte[] SwapIfValue(in Request request)
    {
        var current = _entries.Find(request.Key, out var place);
        var isAsExpected = request.ExpectsValue
            ? current is not null && request.ExpectedValue.SequenceEqual(current.Value)
            : current is null;
        return isAsExpected ? Swap(request, current, place) : Reply.NotSwapped(Revision, current);
    }

    private byte[] SwapIfRevision(in Request request)
    {
        var current = _entries.Find(request.Key, out var place);
        var isAsExpected = request.ExpectedModRevision == (current?.Version.ModRevision ?? 0);
        return isAsExpected ? Swap(request, current, place) : Reply.NotSwapped(Revision, current);
    }

    private byte[] Swap(in Request request, StoredEntry? current, EntryTree.Place place)
    {
        var version = Put(request.Key, request.Value, current, place);
        return Reply.Swapped(Revision, version);
    }

    private byte[] Get(in Request request) =>
        request.Key.Length is 0 or > KeyValueLimits.KeyBytesMax
            ? Reply.Refused(ReplyStatus.KeyOutOfLimits)
            : Reply.Get(Revision, _entries.Find(request.Key));

    private byte[] List(in Request request)
    {
        if (Math.Max(request.Key.Length, request.From.Length) > KeyValueLimits.KeyBytesMax)
            return Reply.Refused(ReplyStatus.KeyOutOfLimits);

        // No key with the prefix lies before the prefix itself.
        var first = request.From.SequenceCompareTo(request.Key) > 0 ? request.From : request.Key;
        var limit = Math.Clamp(request.Limit, 1, KeyValueLimits.PageEntriesMax);
        var page = new List<StoredEntry>();
        var pageBytes = 0;
        foreach (var entry in _entries.From(first.ToArray()))
        {
            if (!entry.Key.AsSpan().StartsWith(request.Key)) break;

            pageBytes += Reply.BytesInList(entry);
            if (page.Count == limit || (page.Count > 0 && pageBytes > KeyValueLimits.PageBytesMax))
                return Reply.List(Revision, page, next: entry.Key);
            page.Add(entry);
        }

        return Reply.List(Revision, page, next: []);
    }
}
