using System.CommandLine;
using RaftAkka.Protocol;
using RaftAkka.Tool.Cli;
using RaftAkka.Tool.Cluster;
using RaftAkka.Tool.Output;

namespace RaftAkka.Tool.Verbs;

/// <summary>The options that all client verbs take: where the cluster is, and how to answer.</summary>
internal sealed class ClientOptions
{
    private const string TimeoutName = "--timeout";

    private readonly Option<string[]> _seeds = new("--seed")
    {
        Description = "The address of a server, in place of the file's; the others are learned from it. May be repeated.",
        HelpName = "HOST:PORT",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = Parse.Addresses,
    };

    private readonly Option<string?> _config = new("--config")
    {
        Description = "A HOCON file that names the cluster and its servers, like hocon/client.conf.",
        HelpName = "FILE",
    };

    private readonly Option<ClusterId?> _cluster = new("--cluster")
    {
        Description = $"The cluster's name. Default: the file's, or {ClientTarget.DefaultCluster}.",
        HelpName = "NAME",
        CustomParser = Parse.ClusterId,
    };

    private readonly Option<TimeSpan?> _timeout = new(TimeoutName)
    {
        Description = "How long to try, like 500ms, 5s or 2m. Default: the file's, or 10s; status waits 2s; snapshot, backup and a "
            + "server that is added 1m.",
        HelpName = "TIME",
        CustomParser = Parse.Duration,
    };

    private readonly Option<bool> _json = new("--json")
    {
        Description = "Answer with one JSON document on standard output, for scripts.",
    };

    public void AddTo(Verb verb)
    {
        verb.Add(_seeds);
        verb.Add(_config);
        verb.Add(_cluster);
        verb.Add(_timeout);
        verb.Add(_json);
    }

    public ClientTarget Target(ParseResult result)
    {
        var target = new ClientTarget(
            result.GetValue(_seeds) ?? [], result.GetValue(_config), result.GetValue(_cluster),
            result.GetValue(_timeout));
        if (target.Seeds.Count == 0 && target.ConfigFile is null)
            throw ToolException.Usage(
                "Say where the cluster is: by --seed HOST:PORT, once or more often, or by --config FILE.");
        return target;
    }

    /// <summary>How long to try, where the command line says so.</summary>
    public static TimeSpan? Timeout(ParseResult result) => result.GetValue<TimeSpan?>(TimeoutName);

    public bool IsJson(ParseResult result) => result.GetValue(_json);

    public Results Results(ParseResult result, ToolConsole console) => IsJson(result)
        ? new JsonResults(console)
        : new TextResults(console, valueEndsLine: console.OutIsTerminal);
}
