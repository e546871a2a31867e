using System.Diagnostics;
using RaftAkka.Tool.Cli;

namespace RaftAkka.Tool.Up;

/// <summary>
/// One running <c>raftakka node</c>. It stops when its standard input ends, so it does not outlive this process,
/// even where that is killed.
/// </summary>
internal sealed class NodeProcess : IDisposable
{
    private const int LinesKept = 5;

    private readonly Process _process;
    private readonly StreamWriter _log;
    private readonly Queue<string> _lastLines = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _outputs;

    private NodeProcess(string id, Process process, StreamWriter log)
    {
        (Id, _process, _log) = (id, process, log);
        _outputs = Task.WhenAll(ReadOutputAsync(), ReadErrorsAsync());
    }

    public string Id { get; }

    public bool IsRunning => !_process.HasExited;

    /// <summary>Starts a node; what it writes to standard error goes behind what is in <paramref name="logFile"/>.</summary>
    public static NodeProcess Start(string id, string configFile, string logFile)
    {
        // Opened first: nothing runs yet that would have to be stopped if this fails.
        var stream = new FileStream(OwnFiles.Open(logFile, appends: true), FileAccess.Write);
        stream.Seek(0, SeekOrigin.End);
        var log = new StreamWriter(stream) { AutoFlush = true };
        try
        {
            var process = Process.Start(ToolExecutable.With("node", configFile, "--stop-on-stdin-eof"))
                ?? throw ToolException.Failed($"The process of node {id} did not start.");
            return new NodeProcess(id, process, log);
        }
        catch
        {
            log.Dispose();
            throw;
        }
    }

    /// <summary>Waits until the node says that it is ready.</summary>
    /// <exception cref="ToolException">It ended instead, or took too long; the message has its last words.</exception>
    public async Task ReadyAsync(TimeSpan patience, CancellationToken stop)
    {
        var ended = EndedAsync();
        try
        {
            if (await Task.WhenAny(_ready.Task, ended).WaitAsync(patience, stop) == _ready.Task) return;
        }
        catch (TimeoutException)
        {
            throw ToolException.Failed(
                $"Node {Id} was not ready within {patience.TotalSeconds:0} s. {LastWords()}");
        }

        var status = await ended;
        throw new ToolException(
            status == ExitCode.Usage ? ExitCode.Usage : ExitCode.Failed,
            $"Node {Id} ended with exit status {status} before it was ready. {LastWords()}");
    }

    /// <summary>Waits until the process is gone and everything it wrote is read.</summary>
    /// <returns>Its exit status.</returns>
    public async Task<int> EndedAsync()
    {
        await _process.WaitForExitAsync();
        await _outputs;
        return _process.ExitCode;
    }

    public void Kill() => _process.Kill();

    /// <summary>Stops the node cleanly, or kills it if that takes too long.</summary>
    /// <returns>Whether it stopped by itself.</returns>
    public async Task<bool> StopAsync(TimeSpan patience)
    {
        _process.StandardInput.Close();
        try
        {
            await EndedAsync().WaitAsync(patience);
            return true;
        }
        catch (TimeoutException)
        {
            Kill();
            await EndedAsync();
            return false;
        }
    }

    public void Dispose()
    {
        if (IsRunning) Kill();
        _process.Dispose();
        _log.Dispose();
    }

    private async Task ReadOutputAsync()
    {
        // The ready line is the only one, but a pipe that nobody reads would stop the node once it is full.
        while (await _process.StandardOutput.ReadLineAsync() is not null) _ready.TrySetResult();
    }

    private async Task ReadErrorsAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            await _log.WriteLineAsync(line);
            lock (_lastLines)
            {
                _lastLines.Enqueue(line);
                if (_lastLines.Count > LinesKept) _lastLines.Dequeue();
            }
        }
    }

    private string LastWords()
    {
        lock (_lastLines)
            return _lastLines.Count == 0 ? "It said nothing." : "It said:\n  " + string.Join("\n  ", _lastLines);
    }
}
