using RaftAkka.Simulation.Faults;
using RaftAkka.Simulation.Worlds;

namespace RaftAkka.Simulation.Runs;

/// <summary>What the command line says about every seed's run.</summary>
internal sealed record RunSettings
{
    /// <summary>How many servers; null lets each seed choose 3 or 5.</summary>
    public int? Servers { get; init; }

    /// <summary>How many steps the faults last: turns of actors, arrivals of messages, timers.</summary>
    public int Steps { get; init; } = 20_000;

    public FaultKinds Faults { get; init; } = FaultKinds.All;

    /// <summary>The name of a known bug to bring back.</summary>
    public string? Break { get; init; }

    /// <summary>The promise at the end: once the faults stop, every client's command is answered within this.</summary>
    public static TimeSpan ServesAgainWithin { get; } = TimeSpan.FromSeconds(10);

    /// <summary>And by then all servers have the same state.</summary>
    public static TimeSpan AgreesWithin { get; } = TimeSpan.FromSeconds(10);

    public Breakage MakeBreak() => Break is null ? Breakage.None : Breaks.AllBreaks.Make(Break);
}
