using Akka.Actor;
using RaftAkka.Client;
using RaftAkka.Tests.Support;
using Xunit;

namespace RaftAkka.Tests.Client;

/// <summary>
/// What a client promises, whatever goes wrong between it and the log: a result means applied once, "not
/// applied" means never, "unknown" means once or never.
/// </summary>
public sealed class PromiseTests : StillTestKit
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 40)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void What_a_client_reports_is_what_happened(int seed)
    {
        var random = new Random(seed);
        var network = new LossyNetwork(Sys, random) { Faults = random.NextDouble() * 0.2 };
        var cluster = new ModelCluster(Sys, network, random) { Faults = random.NextDouble() * 0.3 };
        var settings = new RaftClientSettings
        {
            Cluster = ModelCluster.Cluster, Seeds = ["h1:1"], CallsInFlightMax = 64, BatchBytesMax = 100,
        };
        var client = Start(RaftClientActor.Props(settings, cluster, "ann", random, Tokens.From(random), new ClientDoor()));
        var calls = new Dictionary<string, (ClientCall Call, CancellationTokenSource? Source)>();

        for (var step = 0; step < 1000; step++)
        {
            if (random.Next(2) == 0)
            {
                var (call, source) = NewCall(random, $"c{calls.Count}");
                calls.Add($"c{calls.Count}", (call, source));
                client.Tell(call);
            }

            if (calls.Count > 0 && random.Next(20) == 0)
                calls.Values.ElementAt(random.Next(calls.Count)).Source?.Cancel();
            cluster.Live();
            Pass(Milliseconds(random.Next(1, 30)));
        }

        // Once the faults stop, it serves again, and nothing that is still on its way breaks a promise.
        network.Faults = 0;
        PassHealed(cluster, Seconds(10));
        var afterwards = new ClientCall(ClientCallKind.Command, ClientTest.Bytes("afterwards"), Seconds(2));
        client.Tell(afterwards);
        PassHealed(cluster, Seconds(3));

        var trouble = afterwards.Outcome.Exception?.InnerException?.Message ?? "it waits";
        Assert.True(
            afterwards.Outcome.IsCompletedSuccessfully, $"seed {seed}: it does not serve again: {trouble}");
        foreach (var (name, (call, source)) in calls)
        {
            Judge(seed, name, call, cluster.TimesApplied(name));
            source?.Dispose();
        }
    }

    private void PassHealed(ModelCluster cluster, TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += Milliseconds(20))
        {
            cluster.Heal();
            Pass(Milliseconds(20));
        }
    }

    private static (ClientCall Call, CancellationTokenSource? Source) NewCall(Random random, string name)
    {
        var kind = random.Next(10) == 0 ? ClientCallKind.Query : ClientCallKind.Command;
        var call = new ClientCall(kind, ClientTest.Bytes(name), Milliseconds(random.Next(50, 5000)));
        if (random.Next(5) != 0) return (call, null);

        var source = new CancellationTokenSource();
        call.CancelWith(source.Token);
        return (call, source);
    }

    private static void Judge(int seed, string name, ClientCall call, int timesApplied)
    {
        Assert.True(call.Outcome.IsCompleted, $"seed {seed}: {name} hangs");
        var failure = call.Outcome.Exception?.InnerException;
        var isRight = failure switch
        {
            null when call.Kind == ClientCallKind.Query => timesApplied == 0,
            null => timesApplied == 1 && ClientTest.Text(call.Outcome.Result) == name + "!",
            CommandNotAppliedException or QueryFailedException => timesApplied == 0,
            CallCanceledException { OutcomeUnknown: false } => timesApplied == 0,
            OutcomeUnknownException or CallCanceledException => timesApplied <= 1,
            _ => false,
        };
        var reported = failure?.Message ?? "done";
        Assert.True(
            isRight, $"seed {seed}: {name} was applied {timesApplied} times, and reported as: {reported}");
    }
}
