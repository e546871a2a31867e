using RaftAkka.Protocol;
using RaftAkka.Simulation.Engine;

namespace RaftAkka.Simulation.Worlds;

/// <summary>A user's machine that has a bug: one query throws, and another one takes long.</summary>
internal sealed class TroublesomeQueries(IStateMachine machine, World world) : IStateMachine
{
    /// <summary>The query that throws.</summary>
    public static readonly byte[] Throws = [0xFF, 1];

    /// <summary>The query that takes as long as an election.</summary>
    public static readonly byte[] Stalls = [0xFF, 2];

    private static readonly TimeSpan StallTime = TimeSpan.FromMilliseconds(400);

    public ReadOnlyMemory<byte> Apply(in CommittedCommand command) => machine.Apply(command);

    public ReadOnlyMemory<byte> Query(ReadOnlyMemory<byte> query)
    {
        if (query.Span.SequenceEqual(Throws))
        {
            world.QueriesThatThrew++;
            throw new InvalidOperationException("this query throws");
        }

        if (!query.Span.SequenceEqual(Stalls)) return machine.Query(query);

        world.QueriesThatStalled++;
        Host.RunningOrNull?.Stall(StallTime);
        return new byte[] { 0 };
    }

    public ISnapshotSource CaptureSnapshot() => machine.CaptureSnapshot();

    public void Restore(Stream snapshot) => machine.Restore(snapshot);
}
