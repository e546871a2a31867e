using RaftAkka.Client;
using RaftAkka.Protocol;

namespace RaftAkka.Tool.Cluster;

/// <summary>
/// What the verbs and the shell ask of a cluster. Each call ends with its result or one of the exceptions that
/// <see cref="Failures"/> turns into an exit status.
/// </summary>
internal interface IClusterCommands : IAsyncDisposable
{
    /// <summary>Writes a value.</summary>
    /// <returns>The store's revision after it.</returns>
    Task<long> PutAsync(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value, CancellationToken stop);

    /// <summary>Reads a value; null where the key is absent.</summary>
    Task<StoredEntry?> GetAsync(ReadOnlyMemory<byte> key, CancellationToken stop);

    /// <summary>Deletes a key.</summary>
    /// <returns>The store's revision after it, or null where the key was absent.</returns>
    Task<long?> DeleteAsync(ReadOnlyMemory<byte> key, CancellationToken stop);

    /// <summary>Writes <paramref name="wanted"/> if the key has the value <paramref name="expected"/>.</summary>
    /// <returns>The store's revision after it, or null where the key has another value or none.</returns>
    Task<long?> CompareAndSwapAsync(
        ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> expected, ReadOnlyMemory<byte> wanted, CancellationToken stop);

    /// <summary>All keys that start with a prefix, in the order of their bytes; a page is read when it is needed.</summary>
    IAsyncEnumerable<StoredEntry> ListAsync(ReadOnlyMemory<byte> prefix, CancellationToken stop);

    /// <summary>How every server stands at this moment.</summary>
    Task<ClusterReport> StatusAsync(CancellationToken stop);

    /// <summary>Has a server take a snapshot.</summary>
    /// <returns>The last index that the snapshot holds, and whether the server had it already and so wrote none.</returns>
    Task<(long Index, bool WasThere)> SnapshotAsync(string server, CancellationToken stop);

    /// <summary>Who belongs to the cluster.</summary>
    Task<ClusterMembers> MembersAsync(CancellationToken stop);

    /// <summary>Changes who belongs to the cluster, and returns when that is committed.</summary>
    Task<ClusterMembers> ChangeMembersAsync(IReadOnlyList<MemberChange> changes, CancellationToken stop);

    /// <summary>Has the leader hand over.</summary>
    /// <param name="target">To whom; null leaves that to the leader.</param>
    /// <param name="stop">Ends the waiting.</param>
    /// <returns>The members, with who leads then.</returns>
    Task<ClusterMembers> TransferAsync(ServerId? target, CancellationToken stop);

    /// <summary>Saves the cluster's state in a file.</summary>
    /// <param name="file">Where to.</param>
    /// <param name="server">The server that it is to come from; any, a follower if there is one, where it is null.</param>
    /// <param name="overwrite">Whether it may take the place of a file.</param>
    /// <param name="stop">Ends it.</param>
    Task<BackupTaken> BackupAsync(string file, string? server, bool overwrite, CancellationToken stop);
}

/// <summary>A key with its value and where it stands in the store's history.</summary>
internal sealed record StoredEntry(
    ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Value, long CreateRevision, long ModRevision, long Version);
