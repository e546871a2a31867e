using System.Globalization;
using BenchmarkDotNet.Running;
using RaftAkka.Benchmarks;
using RaftAkka.Benchmarks.Compare;
using RaftAkka.Benchmarks.Micro;
using RaftAkka.Benchmarks.Peers;
using RaftAkka.Benchmarks.State;
using RaftAkka.Tool.Bench;

switch (args)
{
    case ["load", ..]:
        await ShowAsync([OurPeer.Kind], reads: false, seconds: Argument(1, 10), repeats: 1, valueBytes: Argument(2, 256));
        return 0;

    case ["reads", ..]:
        await ShowAsync([OurPeer.Kind], reads: true, seconds: Argument(1, 10), repeats: 1, valueBytes: 256);
        return 0;

    case ["compare", ..]:
        return await CompareAsync();

    case ["failover", ..]:
        await FailoverRun.ShowAsync(Argument(1, 30));
        return 0;

    case ["members", ..]:
        await MembersRun.ShowAsync();
        return 0;

    case ["capture", ..]:
        new CaptureRun(Argument(1, 1_000_000), Argument(2, 256)).Run();
        return 0;

    case ["soak", ..]:
        return await StateRuns.SoakAsync(
            double.Parse(Option("--minutes") ?? "60", CultureInfo.InvariantCulture));

    case ["state", "install", ..]:
        await StateRuns.InstallAsync(Argument(2, 500));
        return 0;

    case ["state", "start", ..]:
        await StateRuns.StartsAsync(Argument(2, 500), Argument(3, 1_000_000));
        return 0;

    case ["state", "disk", ..]:
        await StateRuns.DiskAsync(Argument(2, 10_000_000), Argument(3, 100_000));
        return 0;

    case ["micro", .. var rest]:
        string[] which = rest.Contains("--filter") ? rest : [.. rest, "--filter", "*"];
        BenchmarkSwitcher.FromTypes(MicroBenchmarks.All).Run(which, MicroBenchmarks.Config);
        return 0;

    case [DotNextPeer.NodeCommand, .. var rest]:
        return await DotNextNode.RunAsync(rest);

    default:
        Console.Error.WriteLine("""
            Measures three node processes on this machine from one client process.

              load [SECONDS] [VALUE_BYTES]   writes with 1, 100 and 1000 in flight (10 s each, values of 256 bytes)
              reads [SECONDS]                linearizable reads, likewise
              failover [RUNS]                the time without acknowledged writes after kill -9 of the leader (30 runs)
              compare [--seconds N] [--repeats N] [--plot FILE] [--only NAME,NAME]
                                             us, etcd and dotNext in turn; a table, and a plot (10 s, 3 repeats, compare.svg)
              soak [--minutes N]             writes in a loop; fails where a disk is not bounded (60 minutes)
              members                        the time without acknowledged writes while five servers are replaced, on
                                             hand-over, and when the leader is stopped
              state install [MB]             to a server that joins while 100 clients write: time, the leader's memory (500)
              state start [MB] [ENTRIES]     a start from a snapshot, and one from a log (500 MB, 1,000,000)
              state disk [WRITES] [KEYS]     the disk after so many writes to so many keys (10,000,000, 100,000)
              micro [--filter PATTERN]       the hot pieces alone, with their allocations
            """);
        return 2;
}

int Argument(int place, int otherwise) =>
    args.Length > place ? int.Parse(args[place], CultureInfo.InvariantCulture) : otherwise;

string? Option(string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;

int Number(string name, int otherwise) =>
    Option(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

async Task<int> CompareAsync()
{
    var only = Option("--only")?.Split(',');
    PeerKind[] all = [OurPeer.Kind, EtcdPeer.Kind, DotNextPeer.Kind];
    var peers = all.Where(kind => only?.Contains(kind.Name, StringComparer.OrdinalIgnoreCase) ?? true).ToList();
    if (peers.Contains(EtcdPeer.Kind) && !EtcdPeer.IsInstalled)
    {
        Console.Error.WriteLine("etcd is not installed, so it is left out: 'apt-get install etcd-server' installs it.");
        peers.Remove(EtcdPeer.Kind);
    }

    var (seconds, repeats) = (Number("--seconds", 10), Number("--repeats", 3));
    var measured = await ShowAsync(peers, reads: null, seconds, repeats, valueBytes: 256);
    foreach (var kind in peers) Console.WriteLine($"{kind.Name}: {kind.How}.");

    var file = Option("--plot") ?? "compare.svg";
    var date = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    await File.WriteAllTextAsync(file, Plot.Draw(
        measured,
        $"{date}, {Environment.ProcessorCount} cores, three servers and the client on one machine, values of 256 bytes, "
        + $"medians of {repeats} runs of {seconds} s"));
    Console.WriteLine($"The plot is in {Path.GetFullPath(file)}.");
    return 0;
}

static async Task<IReadOnlyList<Measured>> ShowAsync(
    IReadOnlyList<PeerKind> peers, bool? reads, int seconds, int repeats, int valueBytes)
{
    var settings = new BenchSettings
    {
        ValueBytes = valueBytes, WarmUp = TimeSpan.FromSeconds(3), Duration = TimeSpan.FromSeconds(seconds),
    };
    var cases = Case.All.Where(one => reads is null || one.Reads == reads).ToArray();
    var measured = await new CompareRun(peers, cases, settings).RunAsync(repeats);
    CompareRun.Write(measured, Console.Out);
    return measured;
}
