using RaftAkka.Tool.Cli;

namespace RaftAkka.Tool.Up;

/// <summary>All node processes of one directory. Disposing it leaves none behind.</summary>
internal sealed class LocalNodes(UpDirectory directory) : ILocalNodes, IAsyncDisposable
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);

    // A node takes 5 s at the very most; a second more for a machine that has a lot to do.
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(6);

    private readonly Dictionary<string, NodeProcess> _processes = [];

    /// <summary>Starts all nodes at once and waits until every one is ready.</summary>
    public async Task StartAllAsync(CancellationToken stop)
    {
        foreach (var id in directory.Ids) Launch(id);
        await Task.WhenAll(_processes.Values.Select(node => node.ReadyAsync(StartPatience, stop)));
    }

    public void Require(string id)
    {
        if (!directory.Ids.Contains(id))
            throw new ToolException(ExitCode.Usage, $"'{id}' is no server here: there are {string.Join(", ", directory.Ids)}");
    }

    public async Task KillAsync(string id)
    {
        if (Running(id) is not { } node) throw ToolException.Failed($"{id} does not run");
        node.Kill();
        await node.EndedAsync();
    }

    public async Task StartAsync(string id, CancellationToken stop)
    {
        if (Running(id) is not null) throw ToolException.Failed($"{id} runs already");
        await Launch(id).ReadyAsync(StartPatience, stop);
    }

    public async Task<(string Id, string Address)> AddAsync(CancellationToken stop)
    {
        var node = directory.Add();
        await Launch(node.Id).ReadyAsync(StartPatience, stop);
        return (node.Id, node.Address);
    }

    public async Task RemoveAsync(string id)
    {
        if (Running(id) is { } node) await node.StopAsync(StopPatience);
        if (_processes.Remove(id, out var ended)) ended.Dispose();
        directory.Remove(id);
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_processes.Values.Where(node => node.IsRunning).Select(node => node.StopAsync(StopPatience)));
        foreach (var node in _processes.Values) node.Dispose();
        _processes.Clear();
    }

    private NodeProcess Launch(string id)
    {
        if (_processes.Remove(id, out var ended)) ended.Dispose();
        return _processes[id] = NodeProcess.Start(id, directory.ConfigFile(id), directory.LogFile(id));
    }

    private NodeProcess? Running(string id)
    {
        Require(id);
        return _processes.TryGetValue(id, out var node) && node.IsRunning ? node : null;
    }
}
