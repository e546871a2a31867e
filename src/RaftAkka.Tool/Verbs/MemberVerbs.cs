using System.CommandLine;
using RaftAkka.Protocol;
using RaftAkka.Tool.Cli;
using RaftAkka.Tool.Cluster;
using RaftAkka.Tool.Output;

namespace RaftAkka.Tool.Verbs;

/// <summary>The verb <c>member</c>, and what it does to whom: who belongs to the cluster, and changes of that.</summary>
internal sealed class MemberVerbs
{
    private const string Statuses =
        " Exit status 0: done; 1: refused, and why; 2: wrong usage; 3: outcome unknown, or no quorum in time. Safe to repeat.";

    private static readonly TimeSpan CatchUpPatience = TimeSpan.FromMinutes(1);

    private readonly ToolConsole _console;
    private readonly Services _services;

    private MemberVerbs(ToolConsole console, Services services) => (_console, _services) = (console, services);

    public static Verb Make(ToolConsole console, Services services)
    {
        var verbs = new MemberVerbs(console, services);
        return new Verb(
            "member",
            "Shows or changes who belongs to the cluster, while it serves. One change at a time; each is in effect when the "
            + "command returns, on whoever leads then.",
            "raftakka member list --config hocon/client.conf",
            "raftakka member add --config hocon/client.conf n6 10.0.0.6:4051",
            "raftakka member remove --config hocon/client.conf n1")
        {
            verbs.List(), verbs.Add(), verbs.Remove(), verbs.Promote(), verbs.Update(),
        };
    }

    public static Verb Transfer(ToolConsole console, Services services)
    {
        var id = new Argument<ServerId?>("ID")
        {
            Description = "Who is to lead. Default: the leader chooses, by priority and by who is the most up to date.",
            Arity = ArgumentArity.ZeroOrOne,
            CustomParser = Parse.ServerId,
        };
        return new MemberVerbs(console, services).Made(
            new Verb("transfer", "Hands leadership over, without an outage: commands that come meanwhile wait. A server that "
                + "lags or is dead is given up within one election timeout, and the leader goes on." + Statuses,
                "raftakka transfer --seed 127.0.0.1:4051 n2", "raftakka transfer --config hocon/client.conf")
            {
                id,
            },
            (commands, result, stop) => commands.TransferAsync(result.GetValue(id), stop));
    }

    private Verb List() => Made(
        new Verb("list", "Lists the members as the leader knows them, and how far each is." + Statuses,
            "raftakka member list --seed 127.0.0.1:4051", "raftakka member list --config hocon/client.conf --json"),
        (commands, _, stop) => commands.ListAsync(stop));

    private Verb Add()
    {
        var (id, address) = (Id("The server's id, which no server of this cluster had before."), Address());
        var replica = new Option<bool>("--replica")
        {
            Description = "It stays a learner: it gets everything, answers reads, and never votes.",
        };
        var noWait = new Option<bool>("--no-wait") { Description = "Return as soon as the cluster knows the server." };
        return Made(
            new Verb("add", "Takes a server in. It is started with raft.join = on, before or after. It counts for nothing "
                + "until it has received snapshot and log; then it becomes a voter by itself, which the command waits for, "
                + "a minute or --timeout." + Statuses,
                "raftakka member add --seed 127.0.0.1:4051 n6 10.0.0.6:4051",
                "raftakka member add --config hocon/client.conf --replica reports 10.0.0.9:4051")
            {
                id, address, replica, noWait,
            },
            (commands, result, stop) => commands.AddAsync(
                result.GetRequiredValue(id)!.Value, result.GetRequiredValue(address)[0], result.GetValue(replica),
                result.GetValue(noWait) ? TimeSpan.Zero : ClientOptions.Timeout(result) ?? CatchUpPatience, stop));
    }

    private Verb Remove()
    {
        var id = Id("The server's id.");
        return Made(
            new Verb("remove", "Takes a server out for good, running or not, the leader too. Its id is not used again: to come "
                + "back it needs a new one, and an empty data directory." + Statuses,
                "raftakka member remove --seed 127.0.0.1:4051 n2")
            {
                id,
            },
            (commands, result, stop) =>
                commands.ChangeAsync([new MemberChange.Remove(result.GetRequiredValue(id)!.Value)], stop));
    }

    private Verb Promote()
    {
        var id = Id("The server's id.");
        return Made(
            new Verb("promote", "Makes a learner or a replica a voter now, however far it is behind: nothing is committed "
                + "without a majority of voters that have it." + Statuses,
                "raftakka member promote --seed 127.0.0.1:4051 reports")
            {
                id,
            },
            (commands, result, stop) => commands.ChangeAsync(
                [new MemberChange.SetRole(result.GetRequiredValue(id)!.Value, MemberRole.Voter)], stop));
    }

    private Verb Update()
    {
        var id = Id("The server's id.");
        var address = new Argument<string[]>("HOST:PORT")
        {
            Description = "Where it is reached now.",
            Arity = ArgumentArity.ZeroOrOne,
            CustomParser = Parse.Addresses,
        };
        var priority = new Option<int?>("--priority")
        {
            Description = "How gladly it leads: leadership goes to a server of a greater priority that is up to date. Default 0.",
            HelpName = "N",
        };
        return Made(
            new Verb("update", "Says where a server is that has moved to another host or port, with its data; or how gladly it "
                + "leads. Servers and clients learn it from the log; correct the address in its own file, too." + Statuses,
                "raftakka member update --seed 127.0.0.1:4051 n2 10.0.0.12:4051",
                "raftakka member update --config hocon/client.conf n1 --priority 1")
            {
                id, address, priority,
            },
            (commands, result, stop) => commands.ChangeAsync(
                Changes(result.GetRequiredValue(id)!.Value, result.GetValue(address)?.SingleOrDefault(), result.GetValue(priority)),
                stop));
    }

    private static List<MemberChange> Changes(ServerId server, string? address, int? priority)
    {
        var changes = new List<MemberChange>();
        if (address is not null) changes.Add(new MemberChange.SetAddress(server, address));
        if (priority is { } number) changes.Add(new MemberChange.SetPriority(server, number));
        return changes.Count > 0
            ? changes
            : throw ToolException.Usage("Say what changes: the address HOST:PORT, or --priority N.");
    }

    private Verb Made(Verb verb, Func<MemberCommands, ParseResult, CancellationToken, Task<int>> run)
    {
        var options = new ClientOptions();
        options.AddTo(verb);
        verb.SetAction(async (result, stop) =>
        {
            await using var cluster = await _services.Connect(options.Target(result));
            return await run(new MemberCommands(cluster, options.Results(result, _console), _console), result, stop);
        });
        return verb;
    }

    private static Argument<ServerId?> Id(string description) =>
        new("ID") { Description = description, CustomParser = Parse.ServerId };

    private static Argument<string[]> Address() => new("HOST:PORT")
    {
        Description = "Where it is reached.",
        Arity = ArgumentArity.ExactlyOne,
        CustomParser = Parse.Addresses,
    };
}
