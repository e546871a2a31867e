using System.CommandLine;
using RaftAkka.Client;
using RaftAkka.Protocol;
using RaftAkka.Tool.Cli;
using RaftAkka.Tool.Cluster;

namespace RaftAkka.Tool.Verbs;

/// <summary>The options of the verbs that read: what the answer is to promise, and who is to give it.</summary>
internal sealed class ReadOptions
{
    private readonly Option<ReadConsistency> _consistency = new("--consistency")
    {
        Description = "linearizable: everything that was acknowledged before is seen; stale: whatever the server that "
            + "answers has, of any age, also without a leader. Default: linearizable.",
        HelpName = "linearizable|stale",
        CustomParser = result => Parse.OneOf(
            result, ("linearizable", ReadConsistency.Linearizable), ("stale", ReadConsistency.Stale)),
    };

    private readonly Option<ReadFrom?> _from = new("--from")
    {
        Description = "leader: it answers; any: whichever server answers first. Either way the answer is as "
            + "consistent as --consistency says. Default: the file's, or leader.",
        HelpName = "leader|any",
        CustomParser = result => Parse.OneOf<ReadFrom?>(result, ("leader", ReadFrom.Leader), ("any", ReadFrom.Any)),
    };

    public void AddTo(Verb verb)
    {
        verb.Add(_consistency);
        verb.Add(_from);
    }

    public ClientTarget Target(ClientTarget target, ParseResult result) => target with
    {
        Consistency = result.GetValue(_consistency),
        ReadFrom = result.GetValue(_from),
    };
}
