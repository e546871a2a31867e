using Akka.Actor;
using Akka.Configuration;
using RaftAkka;
using RaftAkka.Benchmarks;
using RaftAkka.Client;
using RaftAkka.KeyValue;
using RaftAkka.Protocol;

if (args is not ["load" or "reads" or "failover" or "capture", ..])
{
    Console.Error.WriteLine("""
        Measures three node processes on this machine from one client process.

          load [SECONDS] [VALUE_BYTES]   writes with 1, 100 and 1000 in flight (10 s each, values of 256 bytes)
          reads [SECONDS]                linearizable reads, likewise
          failover [RUNS]                the time without acknowledged writes after kill -9 of the leader (10 runs)
          capture [KEYS] [VALUE_BYTES]   what a snapshot costs, in this process alone (a million keys of 256 bytes)
        """);
    return 2;
}

if (args[0] == "capture")
{
    new CaptureRun(Argument(1, 1_000_000), Argument(2, 256)).Run();
    return 0;
}

// The system of a process that is a client and nothing else, listening on a free port for the servers' answers.
static Config ClientConfig() => ConfigurationFactory.ParseString("""
    akka.actor.provider = remote
    akka.loglevel = WARNING
    akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
    """).WithFallback(ReferenceConfig.Default);

int Argument(int place, int otherwise) => args.Length > place
    ? int.Parse(args[place], System.Globalization.CultureInfo.InvariantCulture)
    : otherwise;

using var fleet = await NodeFleet.StartAsync(count: 3);
using var system = ActorSystem.Create("bench", ClientConfig());
var raft = RaftClient.Start(system, new RaftClientSettings { Cluster = new ClusterId("bench"), Seeds = fleet.Addresses });
var client = new KeyValueClient(raft);

if (args[0] == "failover")
{
    var gaps = (await FailoverRun.RunAsync(fleet, raft, client, Argument(1, 10))).Order().ToArray();
    Console.WriteLine($"{gaps.Length} runs: median {gaps[gaps.Length / 2]:F0} ms, best {gaps[0]:F0} ms, worst {gaps[^1]:F0} ms");
}
else
{
    Console.WriteLine("in flight   per second    p50 ms    p99 ms    max ms   failures   CPU us/op");
    foreach (var inFlight in (int[])[1, 100, 1000])
    {
        var result = await LoadRun.RunAsync(
            fleet, client, reads: args[0] == "reads", inFlight, TimeSpan.FromSeconds(Argument(1, 10)), Argument(2, 256));
        Console.WriteLine(
            $"{result.InFlight,9}{result.PerSecond,13:N0}{result.P50Ms,10:F2}{result.P99Ms,10:F2}{result.MaxMs,10:F1}"
            + $"{result.Failures,11}{result.CpuMicrosPerOperation,12:F1}");
    }
}

await raft.DisposeAsync();
await system.Terminate();
return 0;
