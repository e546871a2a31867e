using System.Text;
using System.Threading.Channels;
using RaftAkka.Tool.Output;

namespace RaftAkka.Tool.Shell;

/// <summary>
/// Lines of standard input. The reading is on a thread of its own, because nothing can interrupt it: a shell that
/// is told to stop leaves the thread behind, and the process ends without it.
/// </summary>
internal sealed class LineSource : ILineSource
{
    private readonly Channel<TaskCompletionSource<string?>> _wanted =
        Channel.CreateUnbounded<TaskCompletionSource<string?>>();

    private LineSource(Func<string?> read) =>
        new Thread(() => ReadOnDemand(read)) { IsBackground = true, Name = "shell input" }.Start();

    /// <summary>A prompt and the terminal's line editing where there is a terminal; the bare lines otherwise.</summary>
    public static LineSource Of(ToolConsole console, string prompt)
    {
        if (!console.InIsTerminal)
        {
            var lines = new StreamReader(console.In, Encoding.UTF8);
            return new LineSource(lines.ReadLine);
        }
        return new LineSource(() =>
        {
            console.Out.Write(prompt);
            return Console.ReadLine();
        });
    }

    public Task<string?> NextAsync(CancellationToken stop)
    {
        var line = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _wanted.Writer.TryWrite(line);
        return line.Task.WaitAsync(stop);
    }

    private void ReadOnDemand(Func<string?> read)
    {
        foreach (var line in _wanted.Reader.ReadAllAsync().ToBlockingEnumerable())
        {
            try
            {
                line.SetResult(read());
            }
            catch (IOException broken)
            {
                line.SetException(broken);
            }
        }
    }
}
