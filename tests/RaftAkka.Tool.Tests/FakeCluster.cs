using RaftAkka.Client;
using System.Runtime.CompilerServices;
using System.Text;
using RaftAkka.Protocol;
using RaftAkka.Tool.Cluster;

namespace RaftAkka.Tool.Tests;

/// <summary>A cluster in a dictionary, which fails on demand.</summary>
internal sealed class FakeCluster : IClusterCommands
{
    private readonly SortedDictionary<string, StoredEntry> _entries = new(StringComparer.Ordinal);
    private long _revision;
    private int _membersAsked;

    /// <summary>What every call throws, if anything.</summary>
    public Exception? Failure { get; set; }

    public ClusterReport Report { get; set; } = new(null, 0, false, []);

    public (string File, string? Server, bool Overwrite)? BackupAsked { get; private set; }

    /// <summary>What is said of the members, one after the other; the last again and again.</summary>
    public Queue<ClusterMembers> Members { get; } = new();

    /// <summary>The answer to a change; null where it is what is said of the members next.</summary>
    public ClusterMembers? Changed { get; set; }

    /// <summary>Cancelled in the middle of a change, as by Ctrl-C; null where it is not.</summary>
    public CancellationTokenSource? Cancel { get; set; }

    /// <summary>Cancelled at the call of this number for the members; null where it is not.</summary>
    public (CancellationTokenSource Cancel, int Call)? CancelAtMembers { get; set; }

    public string? TransferAsked { get; private set; }

    public List<MemberChange> ChangesAsked { get; } = [];

    public bool IsDisposed { get; private set; }

    public Task<long> PutAsync(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value, CancellationToken stop)
    {
        ThrowOnDemand();
        var before = _entries.GetValueOrDefault(Name(key));
        _revision++;
        _entries[Name(key)] = new StoredEntry(
            key, value, before?.CreateRevision ?? _revision, _revision, (before?.Version ?? 0) + 1);
        return Task.FromResult(_revision);
    }

    public Task<StoredEntry?> GetAsync(ReadOnlyMemory<byte> key, CancellationToken stop)
    {
        ThrowOnDemand();
        return Task.FromResult(_entries.GetValueOrDefault(Name(key)));
    }

    public Task<long?> DeleteAsync(ReadOnlyMemory<byte> key, CancellationToken stop)
    {
        ThrowOnDemand();
        return Task.FromResult(_entries.Remove(Name(key)) ? ++_revision : (long?)null);
    }

    public async Task<long?> CompareAndSwapAsync(
        ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> expected, ReadOnlyMemory<byte> wanted, CancellationToken stop)
    {
        ThrowOnDemand();
        var entry = _entries.GetValueOrDefault(Name(key));
        return entry is not null && entry.Value.Span.SequenceEqual(expected.Span)
            ? await PutAsync(key, wanted, stop)
            : null;
    }

    /// <summary>What a list brings instead of the entries that were put.</summary>
    public Func<IEnumerable<StoredEntry>>? Listing { get; set; }

    public async IAsyncEnumerable<StoredEntry> ListAsync(
        ReadOnlyMemory<byte> prefix, [EnumeratorCancellation] CancellationToken stop)
    {
        ThrowOnDemand();
        await Task.CompletedTask;
        foreach (var entry in Listing?.Invoke() ?? _entries.Values.Where(entry => entry.Key.Span.StartsWith(prefix.Span)))
            yield return entry;
    }

    public Task<ClusterReport> StatusAsync(CancellationToken stop)
    {
        ThrowOnDemand();
        return Task.FromResult(Report);
    }

    public Task<(long Index, bool WasThere)> SnapshotAsync(string server, CancellationToken stop)
    {
        ThrowOnDemand();
        return Task.FromResult(server switch
        {
            "n1" => (41L, false),
            "n2" => (41L, true),
            _ => throw new SnapshotFailedException($"{server} did not answer"),
        });
    }

    public Task<BackupTaken> BackupAsync(string file, string? server, bool overwrite, CancellationToken stop)
    {
        ThrowOnDemand();
        BackupAsked = (file, server, overwrite);
        return Task.FromResult(new BackupTaken(
            new ServerId(server ?? "n2"), new EntryId(new Term(3), new LogIndex(41)), Bytes: 1234));
    }

    public Task<ClusterMembers> MembersAsync(CancellationToken stop)
    {
        ThrowOnDemand();
        _membersAsked++;
        if (CancelAtMembers is { } at && at.Call == _membersAsked)
        {
            at.Cancel.Cancel();
            stop.ThrowIfCancellationRequested();
        }

        return Task.FromResult(Members.Count > 1 ? Members.Dequeue() : Members.Peek());
    }

    public Task<ClusterMembers> ChangeMembersAsync(IReadOnlyList<MemberChange> changes, CancellationToken stop)
    {
        ThrowOnDemand();
        ChangesAsked.AddRange(changes);
        if (Cancel is { } cancel)
        {
            cancel.Cancel();
            stop.ThrowIfCancellationRequested();
        }

        return Task.FromResult(Changed ?? Members.Peek());
    }

    public Task<ClusterMembers> TransferAsync(ServerId? target, CancellationToken stop)
    {
        ThrowOnDemand();
        TransferAsked = target?.Value ?? "anyone";
        return MembersAsync(stop);
    }

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return ValueTask.CompletedTask;
    }

    private static string Name(ReadOnlyMemory<byte> key) => Encoding.Latin1.GetString(key.Span);

    private void ThrowOnDemand()
    {
        if (Failure is not null) throw Failure;
    }
}
