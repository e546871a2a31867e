using System.CommandLine;
using RaftAkka.Tool.Cli;
using RaftAkka.Tool.Up;

namespace RaftAkka.Tool.Verbs;

/// <summary><c>raftakka up</c>: a cluster on this machine, with a shell.</summary>
internal static class UpVerb
{
    public static Verb Make(Services services)
    {
        var nodes = new Option<int?>("--nodes")
        {
            Description = $"How many servers, 1 to {UpDirectory.NodesMax}. Default: as many as DIR has, or 3.",
            HelpName = "N",
            CustomParser = Parse.NodeCount,
        };
        var directory = new Option<string>("--dir")
        {
            Description = "Where the servers' files and data are. Run again with the same one, it finds its data again.",
            HelpName = "DIR",
            DefaultValueFactory = static _ => "raftakka-data",
        };

        var verb = new Verb(
            "up",
            "Starts a cluster of real server processes on this machine and opens a shell: put, get, del, cas, list, "
            + "status, kill, start, help, exit. If standard input is not a terminal, runs the lines that it reads and "
            + "exits with the status of the first line that failed, or 0. No process is left behind.",
            "raftakka up",
            "raftakka up --nodes 5 --dir /tmp/five",
            "printf 'put k v\\nget k\\n' | raftakka up")
        {
            nodes, directory,
        };
        verb.SetAction(result => services.RunUp(
            new UpArguments(result.GetValue(nodes), result.GetRequiredValue(directory))));
        return verb;
    }
}
