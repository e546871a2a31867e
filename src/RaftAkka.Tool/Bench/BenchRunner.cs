using RaftAkka.Client;
using RaftAkka.Tool.Cli;
using RaftAkka.Tool.Cluster;
using RaftAkka.Tool.Output;

namespace RaftAkka.Tool.Bench;

/// <summary>Carries out <c>raftakka bench</c>.</summary>
internal sealed class BenchRunner(ToolConsole console)
{
    /// <summary>Runs the load and reports; a signal ends it early, with a report all the same.</summary>
    /// <returns>The exit status.</returns>
    /// <exception cref="ToolException">There is no quorum to measure.</exception>
    public async Task<int> RunAsync(BenchArguments arguments)
    {
        var file = ClientFile.Load(arguments.Target);
        using var signals = new StopSignals();
        await using var target = RaftTarget.Start(file, arguments.Settings, arguments.Target.Timeout);

        var status = await target.StatusAsync();
        if (!status.HasQuorum)
            throw ToolException.Unknown(
                $"There is no quorum to measure: {status.Servers.Count(server => server.IsReachable)} of "
                + $"{status.Servers.Count} servers answer. 'raftakka status' tells more.");

        using var cpu = CpuMeter.OfNodesAt(status.Servers.Select(Named));
        IBenchProgress progress = console.ErrorIsTerminal ? new ProgressLine(console.Error) : NoProgress.Instance;
        var result = await LoadGenerator.RunAsync(
            target, arguments.Settings, MachineClock.Instance, progress, cpu, signals.Token);
        progress.Clear();

        if (arguments.Json) console.WriteBytes(BenchJson.Write(result));
        else BenchText.Write(result, console.Out);
        return StatusOf(result, console.Error, signals);
    }

    internal static int StatusOf(BenchResult result, TextWriter error, StopSignals? signals = null)
    {
        if (!result.IsIntact)
        {
            error.WriteLine("raftakka: the cluster did not show what it had acknowledged. Keep its data and its logs.");
            return ExitCode.Failed;
        }
        if (result.ReadBack is { Unread: > 0 })
        {
            error.WriteLine("raftakka: not everything that was acknowledged could be read back: the cluster did not answer.");
            return ExitCode.Unknown;
        }
        if (signals is { ExitStatus: not 0 }) return signals.ExitStatus;
        if (result.Operations > 0) return ExitCode.Done;

        error.WriteLine("raftakka: no operation succeeded in the measured time.");
        return ExitCode.Unknown;
    }

    private static (string Name, string Address) Named(MemberStatus server) =>
        (server.Server?.Value ?? server.Address, server.Address);
}
