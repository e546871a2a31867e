using System.Diagnostics;

namespace RaftAkka.Tool.Bench;

/// <summary>The CPU time of this process and of the nodes that run on the same machine.</summary>
internal sealed class CpuMeter : IDisposable
{
    private readonly Process _client = Process.GetCurrentProcess();
    private readonly List<(string Name, Process Process)> _nodes = [];

    /// <summary>Nodes whose CPU time cannot be seen from here.</summary>
    public List<string> Unseen { get; } = [];

    /// <summary>A meter of the processes that listen at these addresses.</summary>
    public static CpuMeter OfNodesAt(IEnumerable<(string Name, string Address)> servers)
    {
        var meter = new CpuMeter();
        foreach (var (name, address) in servers)
        {
            if (ListeningProcesses.At(address) is { } process) meter.Add(name, process);
            else meter.Unseen.Add(name);
        }
        return meter;
    }

    /// <summary>Measures one more process.</summary>
    public void Add(string name, int process)
    {
        try
        {
            _nodes.Add((name, Process.GetProcessById(process)));
        }
        catch (ArgumentException)
        {
            Unseen.Add(name);   // It has ended.
        }
    }

    /// <summary>What each has used since it was started.</summary>
    public CpuReading Read() => new(Used(_client)!.Value, [.. _nodes.Select(node => (node.Name, Used(node.Process)))]);

    /// <summary>What each has used from one reading to the other. A node that ended in between is missing.</summary>
    public static CpuReading Between(CpuReading start, CpuReading end) => new(
        end.Client - start.Client,
        [.. start.Nodes.Zip(end.Nodes, (before, after) => (before.Name, after.Used - before.Used))]);

    public void Dispose()
    {
        _client.Dispose();
        foreach (var (_, process) in _nodes) process.Dispose();
    }

    private static TimeSpan? Used(Process process)
    {
        process.Refresh();
        return process.HasExited ? null : process.TotalProcessorTime;
    }
}

/// <summary>CPU time.</summary>
/// <param name="Client">This process.</param>
/// <param name="Nodes">The nodes; null for one that has ended.</param>
internal sealed record CpuReading(TimeSpan Client, IReadOnlyList<(string Name, TimeSpan? Used)> Nodes)
{
    public static readonly CpuReading None = new(TimeSpan.Zero, []);
}
