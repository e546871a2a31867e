using System.CommandLine;
using RaftAkka.Operations;
using RaftAkka.Tool.Cli;
using RaftAkka.Tool.Output;

namespace RaftAkka.Tool.Verbs;

/// <summary>The verb <c>recover</c>: a new cluster of one server from what a lost majority left.</summary>
internal static class RecoverVerb
{
    public static Verb Make(ToolConsole console)
    {
        var data = new Option<string>("--data")
        {
            Description = "The survivor's data directory.",
            HelpName = "DIR",
            Required = true,
        };
        var address = new Option<string[]>("--address")
        {
            Description = "Where the server is reached. Default: where it was, as its log says.",
            HelpName = "HOST:PORT",
            Arity = ArgumentArity.ExactlyOne,
            CustomParser = Parse.Addresses,
        };
        var yes = new Option<bool>("--yes") { Description = "Do not ask; for scripts." };
        var verb = new Verb(
            "recover",
            "For when a majority of the servers is lost for good, and nothing else is left: makes the data of one survivor "
            + "those of a cluster of this server alone. What the lost servers had acknowledged and the survivor does not "
            + "have is lost; so take the one whose last index is the highest ('raftakka inspect'), and copy its directory "
            + "first. Says what is to happen and asks before it changes anything. Then start this server, and add others "
            + "with new ids and empty data directories. The lost servers have left for good, and are told so if they come "
            + "back. While a majority can come back, wait for it instead. "
            + "Exit status 0: done; 1: the data are damaged, or the disk refused; 2: wrong usage, or not confirmed, and nothing "
            + "was changed.",
            "raftakka recover --data /var/lib/raft/n3",
            "raftakka recover --data /var/lib/raft/n3 --address 10.0.0.13:4051 --yes")
        {
            data, address, yes,
        };
        verb.SetAction(result =>
        {
            var directory = result.GetRequiredValue(data);
            var plan = LostQuorum.Plan(directory, result.GetValue(address)?.SingleOrDefault());
            console.Error.WriteLine(Announcement(directory, plan));
            if (!result.GetValue(yes)) Confirm(console);

            LostQuorum.Run(directory, plan);
            console.Error.WriteLine(
                $"ok, {plan.Identity.Server} is a cluster of its own now: start it, and add others by 'raftakka member add'");
            return ExitCode.Done;
        });
        return verb;
    }

    private static string Announcement(string directory, LostQuorumPlan plan)
    {
        var gone = plan.Gone.Count == 0 ? "all other servers" : string.Join(", ", plan.Gone);
        return $"""
            {directory} is the data of server {plan.Identity.Server} of cluster {plan.Identity.Cluster}; its last entry is {plan.Last}.
            It becomes the only server of that cluster, at {plan.Members.Members[0].Address}. {gone} will have left for good.
            Whatever they had acknowledged and this server does not have is LOST: nobody can tell from here what that is.
            Entries that were not acknowledged yet take effect now, if this server has them.
            """;
    }

    private static void Confirm(ToolConsole console)
    {
        if (!console.InIsTerminal)
            throw ToolException.Usage("Nothing was changed: there is no terminal to ask at. Repeat it with --yes if this is meant.");

        console.Error.Write("Type 'yes' to go on: ");
        if (Console.ReadLine() != "yes") throw ToolException.Usage("Nothing was changed.");
    }
}
