using RaftAkka.Tool.Cli;

namespace RaftAkka.Tool.Up;

/// <summary>
/// The directory of a local cluster: a file and a log for each node, their data, and a file for clients. What it
/// holds outlives the run; only one run has it at a time.
/// </summary>
internal sealed class UpDirectory : IDisposable
{
    public const int NodesMax = 9;

    private const int NodesDefault = 3;

    // Nodes of a run that was killed notice within a moment, and then need up to five seconds to stop.
    private static readonly TimeSpan OldNodesPatience = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private readonly FileStream _lock;

    private UpDirectory(string path, FileStream theLock, IReadOnlyList<string> ids) =>
        (Path, _lock, Ids) = (path, theLock, ids);

    public string Path { get; }

    public IReadOnlyList<string> Ids { get; }

    public string ClientFile => ClientFileIn(Path);

    public string ConfigFile(string id) => System.IO.Path.Combine(Path, $"{id}.conf");

    public string LogFile(string id) => System.IO.Path.Combine(Path, $"{id}.log");

    /// <summary>Takes a directory, and writes its files where they are missing or their ports are taken.</summary>
    /// <exception cref="ToolException">Another run has it, or it holds another number of nodes.</exception>
    public static async Task<UpDirectory> OpenAsync(UpArguments arguments, CancellationToken stop)
    {
        var path = System.IO.Path.GetFullPath(arguments.Directory);
        var theLock = Lock(path);
        try
        {
            var ports = UpFiles.PortsIn(path);
            if (ports is not null && arguments.Nodes is { } wanted && wanted != ports.Count)
                throw ToolException.Usage(
                    $"{path} holds a cluster of {ports.Count} servers, and --nodes asks for {wanted}. "
                    + "Leave --nodes out, or choose another --dir.");

            var count = ports?.Count ?? arguments.Nodes ?? NodesDefault;
            if (ports is null || !await BecomeFreeAsync(ports, stop)) UpFiles.Write(path, FreePorts.Find(count));
            return new UpDirectory(path, theLock, [.. Enumerable.Range(1, count).Select(UpFiles.Id)]);
        }
        catch
        {
            theLock.Dispose();
            throw;
        }
    }

    public void Dispose() => _lock.Dispose();

    private static string ClientFileIn(string path) => System.IO.Path.Combine(path, UpFiles.Client);

    private static FileStream Lock(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
            return new FileStream(
                System.IO.Path.Combine(path, "up.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new ToolException(
                ExitCode.Usage,
                $"The directory {path} cannot be used: {refused.Message} "
                + "If another 'raftakka up' runs in it, end that one or choose another --dir.",
                refused);
        }
    }

    private static async Task<bool> BecomeFreeAsync(IReadOnlyList<int> ports, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Look);
        for (var looksLeft = (int)(OldNodesPatience / Look); looksLeft > 0; looksLeft--)
        {
            if (ports.All(FreePorts.IsFree)) return true;
            await timer.WaitForNextTickAsync(stop);
        }
        return false;
    }
}
