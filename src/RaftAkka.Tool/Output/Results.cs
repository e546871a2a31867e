using RaftAkka.Client;
using RaftAkka.Protocol;
using RaftAkka.Tool.Cluster;

namespace RaftAkka.Tool.Output;

/// <summary>Writes what the commands on keys bring: for people, or as one JSON document.</summary>
internal abstract class Results
{
    public abstract void Put(ReadOnlyMemory<byte> key, long revision);

    public abstract void Got(StoredEntry entry);

    public abstract void Deleted(ReadOnlyMemory<byte> key, long revision);

    public abstract void Swapped(ReadOnlyMemory<byte> key, long revision);

    /// <summary>Writes entries as they come. Where they break off, what came until then may have been written.</summary>
    public abstract Task ListedAsync(ReadOnlyMemory<byte> prefix, IAsyncEnumerable<StoredEntry> entries);

    public abstract void Status(ClusterReport report);

    public abstract void Members(ClusterMembers members);

    public abstract void Transferred(ServerId leader);

    public abstract void Snapshot(string server, long index, bool wasThere);

    public abstract void Backup(string file, BackupTaken taken);

    /// <summary>The key is absent, to the dismay of <c>get</c> or <c>del</c>.</summary>
    public abstract void Absent(ReadOnlyMemory<byte> key);

    /// <summary>The key has another value than <c>cas</c> expected, or none.</summary>
    public abstract void NotSwapped(ReadOnlyMemory<byte> key);
}
