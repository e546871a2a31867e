using System.Text;
using Akka.Actor;
using RaftAkka.Protocol;
using RaftAkka.Server;
using RaftAkka.UserCode;

namespace RaftAkka.Machine;

/// <content>
/// Answers queries from the state as it is when their turn comes. A query that throws has changed nothing, so it fails
/// alone: the others of its batch are answered, and the server goes on.
/// </content>
internal sealed partial class MachineHost
{
    // After so much, entries and other actors have their turn before the rest: a page of a list takes milliseconds.
    private const int AnsweredBytesMax = 1024 * 1024;
    private const int AnsweredQueriesMax = 4096;

    private void OnAnswerQueries(AnswerQueries queries, IActorRef server)
    {
        Invariant.Holds(queries.At <= _applied, "a read is answered once all that it must reflect is applied");

        var (bytes, count) = (0L, 0);
        for (var i = 0; i < queries.Reads.Count; i++)
        {
            var read = queries.Reads[i];
            var results = Query(Decode(read), ref bytes);
            count += results.Length;
            read.From.Tell(new QueriesAnswered(read.Batch, results), Self);
            queries.Quota.Return(read.Payload.Length);
            if (i + 1 == queries.Reads.Count || (bytes < AnsweredBytesMax && count < AnsweredQueriesMax)) continue;

            // Later answers reflect a later state, which a linearizable read may.
            Self.Tell(queries with { Reads = [.. queries.Reads.Skip(i + 1)] }, server);
            return;
        }
    }

    // No more than fits one answer is computed, and at least one result: the client asks again for the others. Without that,
    // a batch of short queries for large values would cost many times what the client gets of it.
    private CommandResult[] Query(CommandBatch batch, ref long bytes)
    {
        var commands = batch.Commands;
        var results = new CommandResult[commands.Count];
        var size = 0L;
        for (var i = 0; i < results.Length; i++)
        {
            var result = Query(commands[i]);
            size += result.Result.Length;
            if (i > 0 && size > IStateMachine.ResultBytesMax) return results[..i];

            results[i] = result;
            bytes += result.Result.Length;
        }

        return results;
    }

    // OutOfMemoryException is no exception to this: whoever asks for too much is told so, and what the attempt allocated is
    // free again. Stopping over it would have the client stop the next server with the same query.
    private CommandResult Query(in Command query)
    {
        try
        {
            var result = _machine.Query(query.Body);
            return result.Length <= IStateMachine.ResultBytesMax
                ? new CommandResult(query.Sequence, CommandStatus.Done, result)
                : new CommandResult(query.Sequence, CommandStatus.ResultTooLarge, default);
        }
        catch (Exception e)
        {
            var why = UserFailure.Describe(e);
            _failedQueries.Warn(e, "raft {0}: a query failed in the state machine: {1}. Its client is told so; the server goes on.",
                _snapshots.Server, why);
            return new CommandResult(query.Sequence, CommandStatus.QueryFailed, Encoding.UTF8.GetBytes(why));
        }
    }

    private static CommandBatch Decode(QueuedRead read) =>
        CommandBatch.TryDecode(read.Payload, out var batch)
            ? batch
            : throw new InvariantBrokenException(
                $"read {read.Batch} holds no batch of queries: every session checks that first");
}
