using System.Globalization;
using RaftAkka.Benchmarks.Peers;
using RaftAkka.Tool.Bench;

namespace RaftAkka.Benchmarks.Compare;

/// <summary>What is compared as the command line asks for it, and the report.</summary>
internal static class CompareVerb
{
    /// <summary>Only ours, once.</summary>
    public static Task OursAsync(bool reads, int seconds, int valueBytes) =>
        ShowAsync([OurPeer.Kind], reads, seconds, repeats: 1, valueBytes);

    /// <summary>All that are installed, or those that are asked for.</summary>
    public static async Task RunAsync(Arguments arguments)
    {
        var only = arguments.Option("--only")?.Split(',');
        PeerKind[] all = [OurPeer.Kind, EtcdPeer.Kind, DotNextPeer.Kind];
        var peers = all.Where(kind => only?.Contains(kind.Name, StringComparer.OrdinalIgnoreCase) ?? true).ToList();
        if (peers.Contains(EtcdPeer.Kind) && !EtcdPeer.IsInstalled)
        {
            Console.Error.WriteLine("etcd is not installed, so it is left out: 'apt-get install etcd-server' installs it.");
            peers.Remove(EtcdPeer.Kind);
        }

        var (seconds, repeats) = (arguments.Number("--seconds", 10), arguments.Number("--repeats", 3));
        var measured = await ShowAsync(peers, reads: null, seconds, repeats, valueBytes: 256);
        foreach (var kind in peers) Console.WriteLine($"{kind.Name}: {kind.How}.");

        var file = arguments.Option("--plot") ?? "compare.svg";
        var date = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        await File.WriteAllTextAsync(file, Plot.Draw(
            measured,
            $"{date}, {Environment.ProcessorCount} cores, three servers and the client on one machine, values of 256 bytes, "
            + $"medians of {repeats} runs of {seconds} s"));
        Console.WriteLine($"The plot is in {Path.GetFullPath(file)}.");
    }

    private static async Task<IReadOnlyList<Measured>> ShowAsync(
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
}
