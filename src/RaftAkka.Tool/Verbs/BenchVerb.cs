using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using RaftAkka.KeyValue;
using RaftAkka.Tool.Bench;
using RaftAkka.Tool.Cli;

namespace RaftAkka.Tool.Verbs;

/// <summary><c>raftakka bench</c>: load, and what came of it.</summary>
internal sealed class BenchVerb
{
    private const int InFlightMax = 100_000;
    private const int ClientsMax = 1_000;
    private const int OpenLoopInFlight = 1_000;
    private const double RateMax = 10_000_000;

    private static readonly BenchSettings Defaults = new();

    private readonly ClientOptions _cluster = new();

    private readonly Option<BenchOperation> _operation = new("--op")
    {
        Description = "What to call. Default: put.",
        HelpName = "put|get|mixed",
        CustomParser = OneOf(("put", BenchOperation.Put), ("get", BenchOperation.Get), ("mixed", BenchOperation.Mixed)),
    };

    private readonly Option<int?> _reads = new("--reads")
    {
        Description = $"With --op mixed, how many of a hundred are gets. Default: {Defaults.MixedReadsPercent}.",
        HelpName = "PERCENT",
        CustomParser = Parse.Count("percent", 0, 100),
    };

    private readonly Option<int?> _inFlight = new("--in-flight")
    {
        Description = "How many operations are under way at any time; with --rate, the most that are. "
            + $"Default: {Defaults.InFlight}, with --rate {OpenLoopInFlight}.",
        HelpName = "N",
        CustomParser = Parse.Count("operations in flight", 1, InFlightMax),
    };

    private readonly Option<double?> _rate = new("--rate")
    {
        Description = "Begin so many operations per second, whether or not earlier ones have ended. Latency counts from "
            + "the time at which an operation was to begin, so that a stall is not hidden.",
        HelpName = "N",
        CustomParser = Rate,
    };

    private readonly Option<int?> _valueBytes = new("--value-bytes")
    {
        Description = $"The length of a value. Default: {Defaults.ValueBytes}.",
        HelpName = "N",
        CustomParser = Parse.Count("bytes", 0, KeyValueLimits.ValueBytesMax),
    };

    private readonly Option<int?> _keys = new("--keys")
    {
        Description = "How many keys, bench/000000 and so on. They stay in the store. "
            + $"Default: {Defaults.Keys}.",
        HelpName = "N",
        CustomParser = Parse.Count("keys", 1, BenchKey.CountMax),
    };

    private readonly Option<KeyDistribution> _distribution = new("--distribution")
    {
        Description = "How keys are chosen; zipf: a few of them very often. Default: uniform.",
        HelpName = "uniform|zipf|sequential",
        CustomParser = OneOf(
            ("uniform", KeyDistribution.Uniform), ("zipf", KeyDistribution.Zipf),
            ("sequential", KeyDistribution.Sequential)),
    };

    private readonly Option<int?> _clients = new("--clients")
    {
        Description = "How many clients, each an actor system with connections of its own. Default: 1.",
        HelpName = "N",
        CustomParser = Parse.Count("clients", 1, ClientsMax),
    };

    private readonly Option<TimeSpan?> _warmUp = Time("--warm-up", "before it is measured", Defaults.WarmUp);

    private readonly Option<TimeSpan?> _duration = Time("--seconds", "is measured", Defaults.Duration);

    private readonly Option<bool> _noVerify = new("--no-verify")
    {
        Description = "Do not read back at the end what was acknowledged.",
    };

    public static Verb Make(Services services)
    {
        var options = new BenchVerb();
        var verb = new Verb(
            "bench",
            "Puts a cluster under load and reports throughput, latencies, errors and CPU time (of the nodes too, where they "
            + "run on this machine). Then it reads back what was acknowledged. Ctrl-C ends it early, with a report. Exit "
            + "status 0: done; 1: an acknowledged write was not there; 2: wrong usage; 3: no quorum, or no answer.",
            "raftakka bench --seed 127.0.0.1:4051",
            "raftakka bench --seed 127.0.0.1:4051 --op get --in-flight 1000 --seconds 30 --json",
            "raftakka bench --config hocon/client.conf --op mixed --reads 90 --rate 5000 --distribution zipf");
        options._cluster.AddTo(verb);
        options.AddTo(verb);
        verb.SetAction(result => services.RunBench(new BenchArguments(
            options._cluster.Target(result), options.Settings(result), options._cluster.IsJson(result))));
        return verb;
    }

    private void AddTo(Verb verb)
    {
        foreach (var option in (Option[])
            [_operation, _reads, _inFlight, _rate, _valueBytes, _keys, _distribution, _clients, _warmUp, _duration, _noVerify])
            verb.Add(option);
    }

    private BenchSettings Settings(ParseResult result)
    {
        var operation = result.GetValue(_operation);
        if (result.GetValue(_reads) is not null && operation != BenchOperation.Mixed)
            throw ToolException.Usage("--reads says how to mix: it goes with --op mixed.");

        var rate = result.GetValue(_rate);
        var clients = result.GetValue(_clients) ?? Defaults.Clients;
        var inFlight = result.GetValue(_inFlight)
            ?? Math.Max(clients, rate is null ? Defaults.InFlight : OpenLoopInFlight);
        if (inFlight < clients)
            throw ToolException.Usage(
                $"{clients} clients cannot share {inFlight} operations in flight: give each one at least.");

        return new BenchSettings
        {
            Operation = operation,
            MixedReadsPercent = result.GetValue(_reads) ?? Defaults.MixedReadsPercent,
            InFlight = inFlight,
            Rate = rate,
            ValueBytes = result.GetValue(_valueBytes) ?? Defaults.ValueBytes,
            Keys = result.GetValue(_keys) ?? Defaults.Keys,
            Distribution = result.GetValue(_distribution),
            Clients = clients,
            WarmUp = result.GetValue(_warmUp) ?? Defaults.WarmUp,
            Duration = result.GetValue(_duration) ?? Defaults.Duration,
            Verify = !result.GetValue(_noVerify),
        };
    }

    private static Option<TimeSpan?> Time(string name, string what, TimeSpan otherwise) => new(name)
    {
        Description = $"How long {what}, in seconds or like 500ms or 2m. Default: {otherwise.TotalSeconds}.",
        HelpName = "TIME",
        CustomParser = Parse.Duration,
    };

    private static double? Rate(ArgumentResult result)
    {
        if (double.TryParse(
                result.Tokens[0].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var rate)
            && rate is > 0 and <= RateMax)
            return rate;
        result.AddError($"'{result.Tokens[0].Value}' per second is no rate: it takes a number above 0, up to {RateMax:F0}.");
        return null;
    }

    private static Func<ArgumentResult, T> OneOf<T>(params (string Word, T Value)[] choices) where T : struct => result =>
    {
        foreach (var (word, value) in choices)
            if (word == result.Tokens[0].Value) return value;
        result.AddError(
            $"'{result.Tokens[0].Value}' is not one of these: {string.Join(", ", choices.Select(choice => choice.Word))}.");
        return default;
    };
}
