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
    /// <param name="arguments">Which directory, and for how many nodes.</param>
    /// <param name="patience">How long to wait for ports that the nodes of an earlier run may still have.</param>
    /// <param name="stop">Ends the waiting.</param>
    /// <exception cref="ToolException">Another run has it, or it holds another number of nodes.</exception>
    public static async Task<UpDirectory> OpenAsync(
        UpArguments arguments, TimeSpan patience, CancellationToken stop)
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
            if (ports is null || !await BecomeFreeAsync(ports, patience, stop)) UpFiles.Write(path, FreePorts.Find(count));
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

    private static async Task<bool> BecomeFreeAsync(
        IReadOnlyList<int> ports, TimeSpan patience, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Look);
        for (var looksLeft = (int)(patience / Look); !ports.All(FreePorts.IsFree); looksLeft--)
        {
            if (looksLeft <= 0) return false;
            await timer.WaitForNextTickAsync(stop);
        }
        return true;
    }
}
