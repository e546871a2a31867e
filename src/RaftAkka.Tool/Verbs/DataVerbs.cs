using System.CommandLine;
using RaftAkka.Operations;
using RaftAkka.Protocol;
using RaftAkka.Tool.Cli;
using RaftAkka.Tool.Output;

namespace RaftAkka.Tool.Verbs;

/// <summary>The verbs that work on files, without a cluster: <c>inspect</c> and <c>restore</c>.</summary>
internal static class DataVerbs
{
    public static Verb Inspect(ToolConsole console)
    {
        var directory = new Argument<string>("DIR") { Description = "A server's data directory." };
        var json = new Option<bool>("--json")
        {
            Description = "Answer with one JSON document on standard output, for scripts.",
        };
        var verb = new Verb(
            "inspect",
            "Says what a data directory holds and whether it is sound: reads every byte as a start would, and changes "
            + "none. For a server that does not run: one that does is not read, and none starts meanwhile. "
            + "Exit status 0: sound; 1: damaged, and what to do; 2: no data directory, or one that this user cannot read; "
            + "3: a running node has it open.",
            "raftakka inspect /var/lib/raft/n1",
            "raftakka inspect --json raftakka-data/n1/data")
        {
            directory, json,
        };
        verb.SetAction(result =>
        {
            var report = DataDirectory.Inspect(result.GetRequiredValue(directory));
            if (result.GetValue(json)) InspectionJson.Write(report, console);
            else InspectionText.Write(report, console);
            return report.Verdict switch
            {
                DataVerdict.Sound => ExitCode.Done,
                DataVerdict.Damaged => ExitCode.Failed,
                DataVerdict.NotData or DataVerdict.Unreadable => ExitCode.Usage,
                _ => ExitCode.Unknown,
            };
        });
        return verb;
    }

    public static Verb Restore(ToolConsole console)
    {
        var file = new Argument<string>("FILE") { Description = "The backup, as 'raftakka backup' wrote it." };
        var data = new Option<string>("--data")
        {
            Description = "The new server's data directory: empty, or missing and then made.",
            HelpName = "DIR",
            Required = true,
        };
        var cluster = new Option<ClusterId?>("--cluster")
        {
            Description = "The new cluster's name; not the old one's, so that nobody takes one for the other.",
            HelpName = "NAME",
            CustomParser = Parse.ClusterId,
            Required = true,
        };
        var id = new Option<ServerId?>("--id")
        {
            Description = "The new server's id in the new cluster.",
            HelpName = "ID",
            CustomParser = Parse.ServerId,
            Required = true,
        };
        var verb = new Verb(
            "restore",
            "Makes the data directory of one server of a new cluster from a backup. Run it for each server of the new "
            + "cluster, with the same FILE and NAME and with the server's own id and directory; then start the servers as "
            + "usual, with that name in their files. They begin with the backup's state, and with its client sessions: "
            + "what a client had applied is not applied again. The members are those of the servers' files. The whole "
            + "file is verified before anything is written; a directory that holds something is refused. A restore that "
            + "was interrupted leaves a directory with which no node starts; run it again. "
            + "Exit status 0: done; 1: the backup is damaged, or the disk refused; 2: wrong usage, nothing was changed.",
            "raftakka restore friday.backup --data /var/lib/raft/n1 --cluster orders-2 --id n1",
            "raftakka restore friday.backup --data /var/lib/raft/n2 --cluster orders-2 --id n2")
        {
            file, data, cluster, id,
        };
        verb.SetAction(result =>
        {
            var (name, server) = (result.GetRequiredValue(cluster)!.Value, result.GetRequiredValue(id)!.Value);
            var restored = Restoration.Run(
                result.GetRequiredValue(file), result.GetRequiredValue(data), name, server);
            console.Error.WriteLine(
                $"ok, {result.GetRequiredValue(data)} is the data of server {server} of cluster {name}, "
                + $"with everything up to index {restored.Last.Index}");
            return ExitCode.Done;
        });
        return verb;
    }
}
