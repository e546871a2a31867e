using RaftAkka.Simulation.Worlds;

namespace RaftAkka.Simulation.Faults;

/// <summary>One thing that the nemesis may do to a world.</summary>
/// <param name="Name">What the summary calls it.</param>
/// <param name="Kind">What it belongs to.</param>
/// <param name="Hit">Does it; returns how to undo it after a while, or null where nothing was done.</param>
internal sealed record Strike(string Name, FaultKinds Kind, Func<Nemesis, World, Action?> Hit)
{
    public static readonly Action NothingToUndo = () => { };

    /// <summary>How long it lasts, with nothing else happening meanwhile; null for a time that the dice choose.</summary>
    public TimeSpan? Alone { get; init; }
}
