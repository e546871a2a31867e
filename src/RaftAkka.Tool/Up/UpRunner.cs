using RaftAkka.Tool.Cli;
using RaftAkka.Tool.Cluster;
using RaftAkka.Tool.Output;
using RaftAkka.Tool.Shell;

namespace RaftAkka.Tool.Up;

/// <summary><c>raftakka up</c>: node processes, a client, and a shell over both.</summary>
internal sealed class UpRunner(ToolConsole console, Func<ClientTarget, Task<IClusterCommands>> connect)
{
    // Nodes of a run that was killed notice within a moment, and then need up to five seconds to stop.
    private static readonly TimeSpan OldNodesPatience = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan LeaderPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    public async Task<int> RunAsync(UpArguments arguments)
    {
        using var signals = new StopSignals();
        try
        {
            return await RunAsync(arguments, signals.Token);
        }
        catch (OperationCanceledException) when (signals.Token.IsCancellationRequested)
        {
            // Somebody at a terminal is done, as with 'exit'. A script was cut short, and has to learn of it.
            return console.InIsTerminal ? ExitCode.Done : signals.ExitStatus;
        }
    }

    private async Task<int> RunAsync(UpArguments arguments, CancellationToken stop)
    {
        using var directory = await UpDirectory.OpenAsync(arguments, OldNodesPatience, stop);
        console.Error.WriteLine(
            $"starting {directory.Ids.Count} server{(directory.Ids.Count == 1 ? "" : "s")}, files and data in {directory.Path}");

        await using var nodes = new LocalNodes(directory);
        await nodes.StartAllAsync(stop);
        await using var cluster = await connect(
            new ClientTarget([], directory.ClientFile, Cluster: null, Timeout: null));
        await ShowWhoIsWhatAsync(cluster, directory, stop);

        var results = new TextResults(console, valueEndsLine: true);
        var (keys, members) = (new KeyCommands(cluster, results), new MemberCommands(cluster, results, console));
        var shell = new ShellSession(
            LineSource.Of(console, "raftakka> "), new ShellCommands(keys, members, nodes, console), console);
        return await shell.RunAsync(stop);
    }

    private async Task ShowWhoIsWhatAsync(IClusterCommands cluster, UpDirectory directory, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Look);
        var looksLeft = (int)(LeaderPatience / Look);
        var report = await cluster.StatusAsync(stop);
        while (!report.Quorum || report.Reachable < report.Servers.Count)
        {
            if (looksLeft-- == 0)
                throw ToolException.Unknown(
                    $"The servers run, but elected no leader within {LeaderPatience.TotalSeconds:0} s. "
                    + $"Their logs are in {directory.Path}.");
            await timer.WaitForNextTickAsync(stop);
            report = await cluster.StatusAsync(stop);
        }

        StatusTable.Write(report, console.Out, console.UsesColour);
        console.Error.WriteLine($"other terminals reach it by --config {directory.ClientFile}");
        if (console.InIsTerminal) console.Error.WriteLine("'help' lists the commands");
    }
}
