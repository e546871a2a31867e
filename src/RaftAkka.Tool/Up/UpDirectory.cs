using Microsoft.Win32.SafeHandles;
using RaftAkka.Log;
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

    private readonly SafeFileHandle _lock;
    private IReadOnlyList<UpNode> _nodes;

    private UpDirectory(string path, SafeFileHandle theLock, IReadOnlyList<UpNode> nodes) =>
        (Path, _lock, _nodes) = (path, theLock, nodes);

    public string Path { get; }

    public IReadOnlyList<string> Ids => [.. _nodes.Select(node => node.Id)];

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
            var nodes = UpFiles.NodesIn(path);
            if (nodes is not null && arguments.Nodes is { } wanted && wanted != nodes.Count)
                throw ToolException.Usage(
                    $"{path} holds a cluster of {nodes.Count} servers, and --nodes asks for {wanted}. "
                    + "Leave --nodes out, or choose another --dir.");

            if (nodes is null || !await BecomeFreeAsync(nodes, patience, stop))
            {
                nodes = OnFreePorts(nodes ?? [.. Enumerable.Range(1, arguments.Nodes ?? NodesDefault)
                    .Select(number => new UpNode(UpFiles.Id(number), Port: 0, Joins: false))]);
                UpFiles.Write(path, nodes);
            }

            return new UpDirectory(path, theLock, nodes);
        }
        catch
        {
            theLock.Dispose();
            throw;
        }
    }

    /// <summary>Writes the files of one more node, that joins the cluster.</summary>
    /// <exception cref="ToolException">There are as many as there may be.</exception>
    public UpNode Add()
    {
        if (_nodes.Count >= NodesMax) throw ToolException.Failed($"there are {NodesMax} servers, and more cannot be here");

        var node = new UpNode(UpFiles.NewId(Path), FreePorts.Find(1)[0], Joins: true);
        Change([.. _nodes, node]);
        return node;
    }

    /// <summary>Forgets a node. Its data stay, so that its id is not used again.</summary>
    public void Remove(string id)
    {
        Change([.. _nodes.Where(node => node.Id != id)]);
        UpFiles.Delete(Path, id);
    }

    public void Dispose() => _lock.Dispose();

    private void Change(IReadOnlyList<UpNode> nodes)
    {
        UpFiles.Write(Path, nodes);
        _nodes = nodes;
    }

    private static IReadOnlyList<UpNode> OnFreePorts(IReadOnlyList<UpNode> nodes) =>
        [.. nodes.Zip(FreePorts.Find(nodes.Count), (node, port) => node with { Port = port })];

    private static string ClientFileIn(string path) => System.IO.Path.Combine(path, UpFiles.Client);

    private static SafeFileHandle Lock(string path)
    {
        try
        {
            DirectoryHandle.Create(path);
            var file = OwnFiles.Open(System.IO.Path.Combine(path, "up.lock"));
            if (LibC.FLock(file, LibC.LockExclusive | LibC.LockNonBlocking) == 0) return file;

            file.Dispose();
            throw ToolException.Usage(
                $"The directory {path} cannot be used: another 'raftakka up' runs in it. End that one or choose another --dir.");
        }
        catch (DiskException refused)
        {
            throw new ToolException(
                ExitCode.Usage, $"The directory {path} cannot be used: {refused.Message}. {refused.Cure}", refused);
        }
    }

    private static async Task<bool> BecomeFreeAsync(
        IReadOnlyList<UpNode> nodes, TimeSpan patience, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Look);
        for (var looksLeft = (int)(patience / Look); !nodes.All(node => FreePorts.IsFree(node.Port)); looksLeft--)
        {
            if (looksLeft <= 0) return false;
            await timer.WaitForNextTickAsync(stop);
        }
        return true;
    }
}
