using RaftAkka.Server;
using RaftAkka.Simulation.Worlds;

namespace RaftAkka.Simulation.Breaks;

/// <summary>A leader answers linearizable reads without the word of a majority that nobody else leads by now.</summary>
internal sealed class ReadWithoutQuorum : Breakage
{
    public override ServerRules Rules { get; } = ServerRules.Default with { ConfirmsRound = (_, _) => true };
}
