using System.CommandLine;
using System.Text;
using RaftAkka.Tool.Cli;
using RaftAkka.Tool.Cluster;
using RaftAkka.Tool.Output;

namespace RaftAkka.Tool.Verbs;

/// <summary>
/// The one-shot client verbs: <c>put</c>, <c>get</c>, <c>del</c>, <c>cas</c>, <c>list</c>, <c>status</c>, <c>snapshot</c>,
/// <c>backup</c>.
/// </summary>
internal sealed class KeyVerbs
{
    private const string Statuses =
        " Exit status 0: done; 1: a definite failure; 2: wrong usage; 3: outcome unknown, or no quorum in time.";

    private readonly ToolConsole _console;
    private readonly Services _services;

    private KeyVerbs(ToolConsole console, Services services) => (_console, _services) = (console, services);

    public static IEnumerable<Verb> All(ToolConsole console, Services services)
    {
        var verbs = new KeyVerbs(console, services);
        return [
            verbs.Put(), verbs.Get(), verbs.Delete(), verbs.CompareAndSwap(), verbs.List(), verbs.Status(), verbs.Snapshot(),
            verbs.Backup()];
    }

    private Verb Put()
    {
        var key = Text("KEY", "The key.");
        var value = Text("VALUE", "The value, as UTF-8; - reads it from standard input, byte for byte.");
        return Make(
            new Verb("put", "Writes a value." + Statuses,
                "raftakka put --seed 127.0.0.1:4051 colour blue",
                "raftakka put --config hocon/client.conf picture - < picture.png")
            {
                key, value,
            },
            (commands, result, stop) => commands.PutAsync(
                Bytes(result.GetRequiredValue(key)), Value(result.GetRequiredValue(value)), stop));
    }

    private Verb Get()
    {
        var key = Text("KEY", "The key.");
        return MakeReading(
            new Verb("get", "Reads a value: its bytes alone go to standard output, and a newline if that is a terminal. "
                + "Fails where the key is absent." + Statuses,
                "raftakka get --seed 127.0.0.1:4051 colour",
                "raftakka get --config hocon/client.conf --consistency stale colour")
            {
                key,
            },
            (commands, result, stop) => commands.GetAsync(Bytes(result.GetRequiredValue(key)), stop));
    }

    private Verb Delete()
    {
        var key = Text("KEY", "The key.");
        return Make(
            new Verb("del", "Deletes a key. Fails where it is absent." + Statuses,
                "raftakka del --seed 127.0.0.1:4051 colour")
            {
                key,
            },
            (commands, result, stop) => commands.DeleteAsync(Bytes(result.GetRequiredValue(key)), stop));
    }

    private Verb CompareAndSwap()
    {
        var key = Text("KEY", "The key.");
        var expected = Text("OLD", "The value that the key must have.");
        var wanted = Text("NEW", "The value that it gets.");
        return Make(
            new Verb("cas", "Writes a value if the key has the expected one, and fails otherwise." + Statuses,
                "raftakka cas --seed 127.0.0.1:4051 colour blue green")
            {
                key, expected, wanted,
            },
            (commands, result, stop) => commands.CompareAndSwapAsync(
                Bytes(result.GetRequiredValue(key)), Bytes(result.GetRequiredValue(expected)),
                Bytes(result.GetRequiredValue(wanted)), stop));
    }

    private Verb List()
    {
        var prefix = new Argument<string>("PREFIX")
        {
            Description = "What the keys start with. Default: all keys.",
            DefaultValueFactory = static _ => "",
        };
        return MakeReading(
            new Verb("list", "Lists keys and their values, a line for each, with a tab between them; "
                + "what would break a line is escaped with a backslash. "
                + "They are read page by page, so a list may be of any length; what changes behind the place where it stands is "
                + "missed." + Statuses,
                "raftakka list --seed 127.0.0.1:4051 user/")
            {
                prefix,
            },
            (commands, result, stop) => commands.ListAsync(Bytes(result.GetValue(prefix) ?? ""), stop));
    }

    private Verb Status() => Make(
        new Verb("status", "Shows how every server stands. Exit status 3 says that there is no quorum."
            + " Unknown names and numbers are null in JSON.",
            "raftakka status --seed 127.0.0.1:4051 --seed 127.0.0.1:4052",
            "raftakka status --config hocon/client.conf --json"),
        (commands, _, stop) => commands.StatusAsync(stop));

    private Verb Snapshot()
    {
        var server = Text("SERVER", "The server's id.");
        return Make(
            new Verb("snapshot", "Has a server write its state as a snapshot now, and let go of the log before it. Servers "
                + "do so by themselves; this is for before a backup or an upgrade. Waits a minute, or --timeout, and says "
                + "which index the snapshot reaches." + Statuses,
                "raftakka snapshot --seed 127.0.0.1:4051 n1")
            {
                server,
            },
            (commands, result, stop) => commands.SnapshotAsync(result.GetRequiredValue(server), stop));
    }

    private Verb Backup()
    {
        var file = Text("FILE", "Where to. Its directory has to exist.");
        var server = new Option<string?>("--server")
        {
            Description = "The server that it comes from. Default: a follower that answers.",
            HelpName = "ID",
        };
        var force = new Option<bool>("--force") { Description = "Take the place of a file of that name." };
        return Make(
            new Verb("backup", "Saves the cluster's state in a file. Everything that was acknowledged before the command "
                + "started is in it, as a linearizable read would see it, and perhaps what came meanwhile; so a majority "
                + "has to be there. The servers go on serving. The file gets its name when it is whole, verified and on "
                + "the disk; 'raftakka restore' makes a new cluster of it. Waits for a minute, or --timeout, without "
                + "progress. Exit status 0: done; 1: there is no backup, and why; 2: wrong usage.",
                "raftakka backup --seed 127.0.0.1:4051 friday.backup",
                "raftakka backup --config hocon/client.conf --server n2 --force latest.backup")
            {
                file, server, force,
            },
            (commands, result, stop) => commands.BackupAsync(
                result.GetRequiredValue(file), result.GetValue(server), result.GetValue(force), stop));
    }

    private Verb MakeReading(Verb verb, Func<KeyCommands, ParseResult, CancellationToken, Task<int>> run)
    {
        var reads = new ReadOptions();
        reads.AddTo(verb);
        return Make(verb, run, reads.Target);
    }

    private Verb Make(
        Verb verb, Func<KeyCommands, ParseResult, CancellationToken, Task<int>> run,
        Func<ClientTarget, ParseResult, ClientTarget>? specify = null)
    {
        var options = new ClientOptions();
        options.AddTo(verb);
        verb.SetAction(async (result, stop) =>
        {
            await using var cluster = await _services.Connect(
                specify is null ? options.Target(result) : specify(options.Target(result), result));
            return await run(new KeyCommands(cluster, options.Results(result, _console)), result, stop);
        });
        return verb;
    }

    private static Argument<string> Text(string name, string description) => new(name) { Description = description };

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private ReadOnlyMemory<byte> Value(string text)
    {
        if (text != "-") return Bytes(text);

        using var all = new MemoryStream();
        _console.In.CopyTo(all);
        return all.ToArray();
    }
}
