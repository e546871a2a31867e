using RaftAkka.KeyValue.Storage;
using RaftAkka.KeyValue.Wire;
using RaftAkka.Protocol;

namespace RaftAkka.KeyValue;

/// <summary>
/// A replicated store of keys and values, ordered by the keys' bytes. Every change counts the store's revision up
/// by one; a delete of an absent key and a compare-and-swap that fails change nothing. Talk to it through
/// <see cref="KeyValueClient"/>. Bytes that are no request, and requests beyond <see cref="KeyValueLimits"/>, get a
/// result that says so.
/// </summary>
public sealed class KeyValueMachine : IStateMachine
{
    private readonly EntryTree _entries = new();

    /// <summary>How often the store was changed.</summary>
    internal long Revision { get; private set; }

    /// <summary>How many keys there are.</summary>
    internal int Count => _entries.Count;

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Apply(in CommittedCommand command)
    {
        if (!Request.TryDecode(command.Body.Span, out var request)) return Reply.Refused(ReplyStatus.Malformed);
        if (request.Key.Length is 0 or > KeyValueLimits.KeyBytesMax)
            return Reply.Refused(ReplyStatus.KeyOutOfLimits);
        if (request.ExpectedValue.Length + (long)request.Value.Length > KeyValueLimits.ValueBytesMax)
            return Reply.Refused(ReplyStatus.ValueOutOfLimits);

        return request.Operation switch
        {
            Operation.Put => Reply.Put(Put(_entries.Find(request.Key), request)),
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

    /// <summary>A hash of the whole state: replicas that applied the same commands have the same one.</summary>
    internal string Digest() => StateDigest.Of(Revision, _entries);

    private KeyVersion Put(StoredEntry? current, in Request request)
    {
        Revision++;
        var version = current is null
            ? new KeyVersion(Revision, Revision, 1)
            : current.Version with { ModRevision = Revision, Version = current.Version.Version + 1 };

        // Copied because the request's bytes are only lent; a key that is there already need not be held twice.
        _entries.Put(new StoredEntry(current?.Key ?? request.Key.ToArray(), request.Value.ToArray(), version));
        return version;
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
        var current = _entries.Find(request.Key);
        var isAsExpected = request.ExpectsValue
            ? current is not null && request.ExpectedValue.SequenceEqual(current.Value)
            : current is null;
        return Swap(isAsExpected, current, request);
    }

    private byte[] SwapIfRevision(in Request request)
    {
        var current = _entries.Find(request.Key);
        var isAsExpected = request.ExpectedModRevision == (current?.Version.ModRevision ?? 0);
        return Swap(isAsExpected, current, request);
    }

    private byte[] Swap(bool isAsExpected, StoredEntry? current, in Request request)
    {
        if (!isAsExpected) return Reply.NotSwapped(Revision, current);

        var version = Put(current, request);
        return Reply.Swapped(Revision, version);
    }

    private byte[] Get(in Request request) =>
        request.Key.Length is 0 or > KeyValueLimits.KeyBytesMax
            ? Reply.Refused(ReplyStatus.KeyOutOfLimits)
            : Reply.Get(Revision, _entries.Find(request.Key));

    private byte[] List(in Request request)
    {
        if (request.Key.Length > KeyValueLimits.KeyBytesMax || request.From.Length > KeyValueLimits.KeyBytesMax)
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
