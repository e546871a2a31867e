using System.CommandLine;
using RaftAkka.Protocol;
using RaftAkka.Tool.Cli;
using RaftAkka.Tool.Node;

namespace RaftAkka.Tool.Verbs;

/// <summary><c>raftakka node</c>: one server, in the foreground.</summary>
internal static class NodeVerb
{
    public static Verb Make(Services services)
    {
        var file = new Argument<string>("FILE.conf") { Description = "The server's HOCON file; hocon/node1.conf is one." };
        var id = new Option<ServerId?>("--id")
        {
            Description = "The server's id, in place of the file's.",
            HelpName = "ID",
            CustomParser = Parse.ServerId,
        };
        var port = new Option<int?>("--port")
        {
            Description = "Its port, in place of the file's. The other servers' files must say the same.",
            HelpName = "PORT",
            CustomParser = Parse.Port,
        };
        var listen = new Option<string?>("--listen")
        {
            Description = "Where it listens, in place of the file's raft.listen, if that is not where others reach it: in a "
                + "container, behind a port mapping. 0.0.0.0:PORT or [::]:PORT is on all addresses of this machine.",
            HelpName = "HOST:PORT",
            CustomParser = Parse.ListenAddress,
        };
        var data = new Option<string?>("--data")
        {
            Description = "Its data directory, in place of the file's.",
            HelpName = "DIR",
        };
        var verbose = new Option<bool>("--verbose")
        {
            Description = "Log to standard error what happens, not only what goes wrong.",
        };
        var stopOnInputEnd = new Option<bool>("--stop-on-stdin-eof") { Hidden = true };

        var verb = new Verb(
            "node",
            "Runs one server in the foreground. Says on one line of standard output when it is ready. SIGTERM, "
            + "SIGHUP (a terminal that is closed) and Ctrl-C stop it cleanly, with exit status 0: a leader hands leadership over "
            + "first. Under nohup SIGHUP is ignored. The file is read at the start alone. Exit status 1: it broke, "
            + "and says why on standard error; "
            + "2: it cannot start with this configuration.",
            "raftakka node hocon/node1.conf",
            "raftakka node hocon/cluster.conf --id n2 --data /var/lib/raft/n2")
        {
            file, id, port, listen, data, verbose, stopOnInputEnd,
        };
        verb.SetAction(result => services.RunNode(new NodeArguments(
            result.GetRequiredValue(file), result.GetValue(id), result.GetValue(port), result.GetValue(data),
            result.GetValue(verbose), result.GetValue(stopOnInputEnd))
        {
            Listen = result.GetValue(listen),
        }));
        return verb;
    }
}
