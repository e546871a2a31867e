using System.Text;
using RaftAkka.Protocol;
using RaftAkka.Tool.Cli;
using RaftAkka.Tool.Cluster;
using RaftAkka.Tool.Output;
using RaftAkka.Tool.Up;

namespace RaftAkka.Tool.Shell;

/// <summary>The commands of the shell that <c>raftakka up</c> opens.</summary>
internal sealed class ShellCommands(KeyCommands keys, MemberCommands members, ILocalNodes nodes, ToolConsole console)
{
    private static readonly TimeSpan CatchUpPatience = TimeSpan.FromMinutes(1);

    private const string Help = """
        put KEY VALUE     write a value                          put greeting "hello world"
        get KEY           read it                                get greeting
        del KEY           delete the key                         del greeting
        cas KEY OLD NEW   write NEW if the value is OLD          cas greeting hello goodbye
        list [PREFIX]     keys that start with PREFIX            list user/
        status            how every server stands                status
        kill NODE         kill -9 a server, as a crash would     kill n2
        start NODE        start it again                         start n2
        members           who belongs to the cluster             members
        add               start one more server, and take it in  add
        remove NODE       take a server out, and stop it         remove n1
        transfer [NODE]   hand leadership over                   transfer n2
        help [COMMAND]    this text, or the command's line     help put
        exit              stop all servers and leave; the data stays
        Values with spaces go into quotes: "…" knows \n, \t, \" and \\; '…' is taken as it is.
        """;

    public async Task<int> RunAsync(IReadOnlyList<string> words, CancellationToken stop)
    {
        if (Option(words) is { } option)
        {
            console.Error.WriteLine(
                $"unknown option '{option}': the shell has none. Nothing was done. What begins with a dash goes behind '--'.");
            return ExitCode.Usage;
        }

        words = WithoutMark(words);
        switch (words)
        {
            case ["put", var key, var value]: return await keys.PutAsync(Bytes(key), Bytes(value), stop);
            case ["get", var key]: return await keys.GetAsync(Bytes(key), stop);
            case ["del", var key]: return await keys.DeleteAsync(Bytes(key), stop);
            case ["cas", var key, var expected, var wanted]:
                return await keys.CompareAndSwapAsync(Bytes(key), Bytes(expected), Bytes(wanted), stop);
            case ["list"]: return await keys.ListAsync(ReadOnlyMemory<byte>.Empty, stop);
            case ["list", var prefix]: return await keys.ListAsync(Bytes(prefix), stop);
            case ["status"]: return await keys.StatusAsync(stop);
            case ["kill", var node]: return await KillAsync(node);
            case ["start", var node]: return await StartAsync(node, stop);
            case ["members"]: return await members.ListAsync(stop);
            case ["add"]: return await AddAsync(stop);
            case ["remove", var node]: return await RemoveAsync(node, stop);
            case ["transfer"]: return await members.TransferAsync(target: null, stop);
            case ["transfer", var node]: return await TransferAsync(node, stop);
            case ["help"]: return ShowHelp();
            case ["help", var command]: return ShowHelp(command);
            default: return Misused(words);
        }
    }

    private async Task<int> KillAsync(string node)
    {
        await nodes.KillAsync(node);
        console.Error.WriteLine($"{node} is killed");
        return ExitCode.Done;
    }

    private async Task<int> StartAsync(string node, CancellationToken stop)
    {
        await nodes.StartAsync(node, stop);
        console.Error.WriteLine($"{node} is ready");
        return ExitCode.Done;
    }

    private async Task<int> AddAsync(CancellationToken stop)
    {
        var (id, address) = await nodes.AddAsync(stop);
        console.Error.WriteLine($"{id} is ready at {address}, and joins");
        return await members.AddAsync(new ServerId(id), address, staysReplica: false, CatchUpPatience, stop);
    }

    private async Task<int> RemoveAsync(string node, CancellationToken stop)
    {
        nodes.Require(node);
        var status = await members.ChangeAsync([new MemberChange.Remove(new ServerId(node))], stop);
        await nodes.RemoveAsync(node);
        console.Error.WriteLine($"{node} has left, and is stopped; its data stay");
        return status;
    }

    private Task<int> TransferAsync(string node, CancellationToken stop)
    {
        nodes.Require(node);
        return members.TransferAsync(new ServerId(node), stop);
    }

    // In a shell, too, a word that begins with a dash is rather an option than a key.
    private static string? Option(IReadOnlyList<string> words) =>
        words.TakeWhile(word => word != "--").FirstOrDefault(UnknownOptions.LooksLikeOption);

    private static IReadOnlyList<string> WithoutMark(IReadOnlyList<string> words)
    {
        var mark = words.TakeWhile(word => word != "--").Count();
        return mark == 0 ? words : [.. words.Where((_, place) => place != mark)];
    }

    private int ShowHelp(string command)
    {
        if (HelpOn(command) is not { } line) return Misused([command]);
        console.Out.WriteLine(line);
        return ExitCode.Done;
    }

    private static string? HelpOn(string command) => Help.Split('\n').FirstOrDefault(
        line => line.StartsWith(command + " ", StringComparison.Ordinal) && !char.IsUpper(command[0]));

    private int ShowHelp()
    {
        console.Out.WriteLine(Help);
        return ExitCode.Done;
    }

    private int Misused(IReadOnlyList<string> words)
    {
        var usage = HelpOn(words[0]);
        console.Error.WriteLine(usage is null
            ? $"'{words[0]}' is no command; 'help' lists them"
            : $"{words[0]} is used like this: {usage[..18].TrimEnd()}");
        return ExitCode.Usage;
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
