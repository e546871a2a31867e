using Akka.Actor;
using RaftAkka.Protocol;
using RaftAkka.Simulation.Engine;
using RaftAkka.Simulation.Worlds;

namespace RaftAkka.Simulation.Breaks;

/// <summary>A server answers queries from its own state at once, without asking whether it still leads.</summary>
internal sealed class StaleRead : Breakage
{
    public override object? Arriving(World world, Host to, object message, IActorRef receiver, IActorRef sender)
    {
        if (message is not SendQueries queries || !CommandBatch.TryDecode(queries.Payload, out var batch)) return message;

        var server = world[new ServerId(to.Name)];
        var results = batch.Commands.Select(query =>
            new CommandResult(query.Sequence, CommandStatus.Done, server.Query(query.Body)));
        sender.Tell(new BatchResults(queries.Batch, [.. results]), receiver);
        return null;
    }
}
