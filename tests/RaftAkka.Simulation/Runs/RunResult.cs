using RaftAkka.Simulation.Checks;

namespace RaftAkka.Simulation.Runs;

/// <summary>What came of one seed.</summary>
internal sealed record RunResult(ulong Seed, string Plan)
{
    public required int Servers { get; init; }

    public required long Steps { get; init; }

    public required TimeSpan Simulated { get; init; }

    /// <summary>How long after the faults every client had been served.</summary>
    public required TimeSpan ServedAfter { get; init; }

    public required int Elections { get; init; }

    public required int Acknowledged { get; init; }

    public required int Unknown { get; init; }

    /// <summary>How often a log let go of entries for a snapshot.</summary>
    public required int Compactions { get; init; }

    /// <summary>How often a server got a snapshot of another one.</summary>
    public required int Installations { get; init; }

    /// <summary>How many changes of membership were committed; one of voters is two.</summary>
    public required int MemberChanges { get; init; }

    /// <summary>How often each fault was injected.</summary>
    public required IReadOnlyDictionary<string, long> Faults { get; init; }

    public required IReadOnlyList<Violation> Violations { get; init; }

    /// <summary>The judge did not come to an end within its budget.</summary>
    public required bool IsUndecided { get; init; }

    /// <summary>Tells two runs apart: the same for every run of a seed.</summary>
    public required ulong Fingerprint { get; init; }

    /// <summary>The last events, where something was violated.</summary>
    public required IReadOnlyList<string> LastEvents { get; init; }

    /// <summary>What is broken where an exception came out of no actor.</summary>
    public const string SimulatorFails = "the simulator itself runs to its end";

    /// <summary>A seed of which nothing is known but that the simulator failed at it.</summary>
    public static RunResult Failed(ulong seed, Exception failure) => new(seed, "unknown")
    {
        Servers = 0,
        Steps = 0,
        Simulated = TimeSpan.Zero,
        ServedAfter = TimeSpan.Zero,
        Elections = 0,
        Acknowledged = 0,
        Unknown = 0,
        Compactions = 0,
        Installations = 0,
        MemberChanges = 0,
        Faults = new Dictionary<string, long>(),
        Violations = [new Violation(SimulatorFails, $"{failure}")],
        IsUndecided = false,
        Fingerprint = 0,
        LastEvents = [],
    };
}
