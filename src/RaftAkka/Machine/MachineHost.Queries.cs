using RaftAkka.Protocol;
using RaftAkka.Server;

namespace RaftAkka.Machine;

/// <content>Answers queries from the state as it is when their turn comes.</content>
internal sealed partial class MachineHost
{
    private void OnAnswerQueries(AnswerQueries queries)
    {
        Invariant.Holds(queries.At <= _applied, "a read is answered once all that it must reflect is applied");

        foreach (var read in queries.Reads)
            read.From.Tell(new QueriesAnswered(read.Batch, Query(Decode(read))), Self);
    }

    private CommandResult[] Query(CommandBatch batch)
    {
        var results = new CommandResult[batch.Count];
        for (var i = 0; i < results.Length; i++)
        {
            var query = batch.Commands[i];
            results[i] = new CommandResult(query.Sequence, CommandStatus.Done, _machine.Query(query.Body));
        }

        return results;
    }

    private static CommandBatch Decode(QueuedRead read) =>
        CommandBatch.TryDecode(read.Payload, out var batch)
            ? batch
            : throw new InvariantBrokenException(
                $"read {read.Batch} holds no batch of queries: every session checks that first");
}
