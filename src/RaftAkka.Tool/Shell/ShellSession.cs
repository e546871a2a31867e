using RaftAkka.Tool.Cli;
using RaftAkka.Tool.Cluster;
using RaftAkka.Tool.Output;

namespace RaftAkka.Tool.Shell;

/// <summary>Reads lines and carries them out, one after the other, until the last one or <c>exit</c>.</summary>
internal sealed class ShellSession(ILineSource lines, ShellCommands commands, ToolConsole console)
{
    /// <summary>Runs to the end.</summary>
    /// <returns>The status of the first line that failed, or 0: what a script wants to know.</returns>
    /// <exception cref="OperationCanceledException">It was told to stop.</exception>
    public async Task<int> RunAsync(CancellationToken stop)
    {
        var first = ExitCode.Done;
        while (await lines.NextAsync(stop) is { } line)
        {
            var (words, error) = ShellLine.Split(line);
            if (error is not null)
            {
                console.Error.WriteLine($"{error}: the line was not carried out");
                if (first == ExitCode.Done) first = ExitCode.Usage;
                continue;
            }
            if (words.Count == 0) continue;
            if (words[0] is "exit" or "quit") break;

            var status = await RunLineAsync(words, stop);
            if (first == ExitCode.Done) first = status;
        }
        return first;
    }

    private async Task<int> RunLineAsync(IReadOnlyList<string> words, CancellationToken stop)
    {
        try
        {
            return await commands.RunAsync(words, stop);
        }
        catch (Exception exception) when (Failures.Explain(exception) is { } failure)
        {
            console.Error.WriteLine(failure.Message);
            return failure.ExitCode;
        }
    }
}
