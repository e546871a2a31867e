using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using RaftAkka.Tool.Cluster;
using RaftAkka.Tool.Output;
using RaftAkka.Tool.Verbs;

namespace RaftAkka.Tool.Cli;

/// <summary>Parses a command line, runs its verb, and turns every outcome into an exit status.</summary>
internal sealed class CommandLine
{
    private readonly RootCommand _root;
    private readonly ToolConsole _console;

    public CommandLine(ToolConsole console, Services services)
    {
        _console = console;
        _root = new RootCommand("Strong consistency for Akka.NET: run Raft servers, and read and write their keys.")
        {
            HelpName = "raftakka",
        };
        // Otherwise a key in square brackets would be taken for an instruction to the parser.
        _root.Directives.Clear();

        _root.Add(UpVerb.Make(services));
        _root.Add(NodeVerb.Make(services));
        foreach (var verb in KeyVerbs.All(console, services)) _root.Add(verb);
        _root.Add(MemberVerbs.Make(console, services));
        _root.Add(MemberVerbs.Transfer(console, services));
        _root.Add(DataVerbs.Inspect(console));
        _root.Add(DataVerbs.Restore(console));
        _root.Add(RecoverVerb.Make(console));
        _root.Add(BenchVerb.Make(services));
        GiveExamples();
    }

    /// <summary>Whether a command line's verb ends by itself, and in order, once it is told to stop.</summary>
    public static bool HeedsSignals(IReadOnlyList<string> arguments) => arguments.Count > 0 && arguments[0]
        is "node" or "put" or "get" or "del" or "cas" or "list" or "status" or "snapshot" or "backup" or "member" or "transfer";

    /// <param name="arguments">The command line.</param>
    /// <param name="stop">Ends the waiting of a verb that heeds it.</param>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken stop = default)
    {
        // No response files: a value may start with an @.
        var parsed = _root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (!AsksForHelp(parsed) && UnknownOptions.Mistake(parsed, arguments) is { } mistake) return Misused(parsed, [mistake]);
        if (parsed.Action is ParseErrorAction)
            // The parser first complains that no verb came, which is no news where the verb is just misspelt.
            return Misused(parsed, parsed.Errors.Skip(parsed.Errors.Count > 1 && parsed.CommandResult.Command == _root ? 1 : 0)
                .Select(error => error.Message));

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                Output = _console.Out,
                Error = _console.Error,
                EnableDefaultExceptionHandler = false,
                // A verb that has something to put in order before it ends listens to signals itself.
                ProcessTerminationTimeout = null,
            }, stop);
        }
        catch (Exception exception) when (Failures.Explain(exception) is { } failure)
        {
            _console.Error.WriteLine($"raftakka: {failure.Message}");
            return failure.ExitCode;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            _console.Error.WriteLine("raftakka: Stopped before there was an answer.");
            return ExitCode.Failed;
        }
    }

    private static bool AsksForHelp(ParseResult parsed) => parsed.Action is HelpWithExamples;

    private int Misused(ParseResult parsed, IEnumerable<string> mistakes)
    {
        foreach (var mistake in mistakes) _console.Error.WriteLine($"raftakka: {mistake}");

        var verb = "";
        for (var result = parsed.CommandResult; result.Command != _root; result = (CommandResult)result.Parent!)
            verb = $" {result.Command.Name}{verb}";
        _console.Error.WriteLine($"'raftakka{verb} --help' tells what is possible.");
        return ExitCode.Usage;
    }

    private void GiveExamples()
    {
        // The option is recursive: verbs ask the root's for help.
        var help = _root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!,
        [
            "raftakka up                                    three servers on this machine, and a shell",
            "raftakka node hocon/node1.conf                 one server, in the foreground",
            "raftakka put --config hocon/client.conf k v    a value goes in",
            "raftakka bench --config hocon/client.conf      how fast, and is all of it kept",
        ]);
    }
}
