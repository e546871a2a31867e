using RaftAkka.Tool.Cli;
using RaftAkka.Tool.Output;

namespace RaftAkka.Tool.Cluster;

/// <summary>The commands that one-shot verbs and the shell share: call the cluster, show the result, say how it went.</summary>
internal sealed class KeyCommands(IClusterCommands cluster, Results results)
{
    public async Task<int> PutAsync(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value, CancellationToken stop)
    {
        results.Put(key, await cluster.PutAsync(key, value, stop));
        return ExitCode.Done;
    }

    public async Task<int> GetAsync(ReadOnlyMemory<byte> key, CancellationToken stop)
    {
        if (await cluster.GetAsync(key, stop) is not { } entry) return Absent(key);
        results.Got(entry);
        return ExitCode.Done;
    }

    public async Task<int> DeleteAsync(ReadOnlyMemory<byte> key, CancellationToken stop)
    {
        if (await cluster.DeleteAsync(key, stop) is not { } revision) return Absent(key);
        results.Deleted(key, revision);
        return ExitCode.Done;
    }

    public async Task<int> CompareAndSwapAsync(
        ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> expected, ReadOnlyMemory<byte> wanted, CancellationToken stop)
    {
        if (await cluster.CompareAndSwapAsync(key, expected, wanted, stop) is { } revision)
        {
            results.Swapped(key, revision);
            return ExitCode.Done;
        }
        results.NotSwapped(key);
        return ExitCode.Failed;
    }

    public async Task<int> ListAsync(ReadOnlyMemory<byte> prefix, CancellationToken stop)
    {
        await results.ListedAsync(prefix, cluster.ListAsync(prefix, stop));
        return ExitCode.Done;
    }

    /// <summary>Shows the status, and fails as unknown where there is no quorum: scripts wait for a cluster with it.</summary>
    public async Task<int> StatusAsync(CancellationToken stop)
    {
        var report = await cluster.StatusAsync(stop);
        results.Status(report);
        return report.Quorum ? ExitCode.Done : ExitCode.Unknown;
    }

    public async Task<int> SnapshotAsync(string server, CancellationToken stop)
    {
        var (index, wasThere) = await cluster.SnapshotAsync(server, stop);
        results.Snapshot(server, index, wasThere);
        return ExitCode.Done;
    }

    public async Task<int> BackupAsync(string file, string? server, bool overwrite, CancellationToken stop)
    {
        results.Backup(file, await cluster.BackupAsync(file, server, overwrite, stop));
        return ExitCode.Done;
    }

    private int Absent(ReadOnlyMemory<byte> key)
    {
        results.Absent(key);
        return ExitCode.Failed;
    }
}
