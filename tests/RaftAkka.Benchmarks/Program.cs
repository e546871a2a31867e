using BenchmarkDotNet.Running;
using RaftAkka.Benchmarks;
using RaftAkka.Benchmarks.Compare;
using RaftAkka.Benchmarks.Counters;
using RaftAkka.Benchmarks.Heal;
using RaftAkka.Benchmarks.Long;
using RaftAkka.Benchmarks.Micro;
using RaftAkka.Benchmarks.Peers;
using RaftAkka.Benchmarks.Scale;
using RaftAkka.Benchmarks.State;

// As raftakka itself has it; but not where clients of others are compared with ours in this process.
const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";
if (args is not ["compare" or DotNextPeer.NodeCommand, ..] && Environment.GetEnvironmentVariable(InlineCompletions) is null)
    Environment.SetEnvironmentVariable(InlineCompletions, "1");

var arguments = new Arguments(args);
switch (args)
{
    case ["load", ..]:
        await CompareVerb.OursAsync(reads: false, arguments.At(1, 10), arguments.At(2, 256));
        return 0;

    case ["reads", ..]:
        await CompareVerb.OursAsync(reads: true, arguments.At(1, 10), valueBytes: 256);
        return 0;

    case ["compare", ..]:
        await CompareVerb.RunAsync(arguments);
        return 0;

    case ["scale", ..]:
        return await ScaleRun.ShowAsync(arguments);

    case ["counters", ..]:
        return await CountersRun.ShowAsync(arguments.At(1, 5));

    case ["micro", .. var rest]:
        string[] which = rest.Contains("--filter") ? rest : [.. rest, "--filter", "*"];
        BenchmarkSwitcher.FromTypes(MicroBenchmarks.All).Run(which, MicroBenchmarks.Config);
        return 0;

    case ["failover", ..]:
        await FailoverRun.ShowAsync(arguments.At(1, 30));
        return 0;

    case ["heal", ..]:
        return await HealRun.ShowAsync(arguments);

    case ["members", ..]:
        await MembersRun.ShowAsync();
        return 0;

    case ["endurance", ..]:
        return await EnduranceRun.ShowAsync(arguments);

    case ["steady", ..]:
        return await SteadyRun.ShowAsync(arguments);

    case ["soak", ..]:
        return await StateRuns.SoakAsync(arguments.Fraction("--minutes") ?? 60);

    case ["capture", ..]:
        new CaptureRun(arguments.At(1, 1_000_000), arguments.At(2, 256)).Run();
        return 0;

    case ["state", "install", ..]:
        await StateRuns.InstallAsync(arguments.At(2, 500));
        return 0;

    case ["state", "start", ..]:
        await StateRuns.StartsAsync(arguments.At(2, 500), arguments.At(3, 1_000_000));
        return 0;

    case ["state", "disk", ..]:
        await StateRuns.DiskAsync(arguments.At(2, 10_000_000), arguments.At(3, 100_000));
        return 0;

    case [DotNextPeer.NodeCommand, .. var rest]:
        return await DotNextNode.RunAsync(rest);

    default:
        Console.Error.WriteLine(Usage.Text);
        return 2;
}
