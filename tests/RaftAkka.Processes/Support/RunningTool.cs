using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace RaftAkka.Processes.Support;

/// <summary>A process of the executable, whose output is kept. Disposing it kills it with its children.</summary>
internal sealed class RunningTool : IDisposable
{
    public const int HangUp = 1;
    public const int Interrupt = 2;
    public const int Terminate = 15;
    public const int Continue = 18;
    public const int Stop = 19;

    private readonly Process _process;
    private readonly string _called;
    private readonly Lines _out = new();
    private readonly Lines _error = new();
    private readonly Task _read;

    private RunningTool(ProcessStartInfo start)
    {
        _called = $"{start.FileName} {string.Join(' ', start.ArgumentList)}";
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{_called} did not start");
        _read = Task.WhenAll(_out.ReadAsync(_process.StandardOutput), _error.ReadAsync(_process.StandardError));
    }

    public int Id => _process.Id;

    public bool IsRunning => !_process.HasExited;

    public string Out => _out.ToString();

    public string Error => _error.ToString();

    /// <summary>Starts the executable.</summary>
    public static RunningTool Start(params IEnumerable<string> arguments) => StartProgram(Built.Executable, arguments);

    /// <summary>Starts a program that starts the executable in turn.</summary>
    public static RunningTool StartProgram(string program, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
        };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        // So that colours and their absence do not depend on who runs the tests.
        start.Environment.Remove("NO_COLOR");
        start.Environment["TERM"] = "xterm";
        return new RunningTool(start);
    }

    /// <summary>Runs the executable to its end.</summary>
    public static async Task<Ended> RunAsync(params IEnumerable<string> arguments)
    {
        using var running = Start(arguments);
        running.EndInput();
        return await running.EndedAsync();
    }

    public void Type(params IEnumerable<string> lines)
    {
        foreach (var line in lines) _process.StandardInput.Write(line + "\n");
        _process.StandardInput.Flush();
    }

    public void EndInput() => _process.StandardInput.Close();

    /// <summary>Waits until standard output has a text, as a whole or as the start of a line not yet ended.</summary>
    public Task SaysAsync(string text) => ShowsAsync(_out, text);

    /// <summary>The same for standard error.</summary>
    public Task ComplainsAsync(string text) => ShowsAsync(_error, text);

    /// <summary>Waits for the end.</summary>
    public async Task<Ended> EndedAsync(TimeSpan? within = null)
    {
        try
        {
            await _process.WaitForExitAsync().WaitAsync(within ?? Within.Deadline);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Not ended in time: {this}");
        }
        await _read;
        return new Ended(_process.ExitCode, Out, Error);
    }

    public void Signal(int signal)
    {
        if (SendSignal(_process.Id, signal) != 0)
            throw new InvalidOperationException($"signal {signal} was not sent: errno {Marshal.GetLastPInvokeError()}");
    }

    /// <summary>kill −9, and waits until the process is gone.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await EndedAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    public override string ToString() => $"{_called}\n--- standard output:\n{Out}\n--- standard error:\n{Error}";

    private async Task ShowsAsync(Lines lines, string text)
    {
        var shown = lines.ShowsAsync(text);
        try
        {
            // What comes just before the end is still read after it.
            await Task.WhenAny(shown, _read).WaitAsync(Within.Deadline);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"'{text}' did not come in time from {this}");
        }
        if (!shown.IsCompleted) throw new InvalidOperationException($"'{text}' never came from {this}");
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int process, int signal);

    /// <summary>One stream of a process, as far as it has come.</summary>
    private sealed class Lines
    {
        private readonly StringBuilder _text = new();
        private readonly List<(string Text, TaskCompletionSource Shown)> _awaited = [];

        public async Task ReadAsync(StreamReader stream)
        {
            var buffer = new char[4096];
            for (var count = await stream.ReadAsync(buffer); count > 0; count = await stream.ReadAsync(buffer))
            {
                lock (_text)
                {
                    _text.Append(buffer, 0, count);
                    var text = _text.ToString();
                    foreach (var (wanted, shown) in _awaited)
                        if (text.Contains(wanted, StringComparison.Ordinal)) shown.TrySetResult();
                }
            }
        }

        public Task ShowsAsync(string wanted)
        {
            lock (_text)
            {
                if (_text.ToString().Contains(wanted, StringComparison.Ordinal)) return Task.CompletedTask;
                var shown = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _awaited.Add((wanted, shown));
                return shown.Task;
            }
        }

        public override string ToString()
        {
            lock (_text) return _text.ToString();
        }
    }
}

/// <summary>How a process ended.</summary>
internal sealed record Ended(int Status, string Out, string Error);
