namespace RaftAkka.Simulation.Runs;

/// <summary>A broken promise, for the person who has to find out why.</summary>
internal static class ViolationReport
{
    private const int EventsMax = 60;

    public static void Write(TextWriter output, CommandLine line, RunResult result)
    {
        output.WriteLine($"Seed {result.Seed} with {result.Servers} servers broke a promise.");
        foreach (var violation in result.Violations) output.WriteLine($"  {violation}");
        output.WriteLine($"Faults: {result.Plan}");
        output.WriteLine($"The last events, of {result.Steps} steps in {result.Simulated.TotalSeconds:F3} s:");
        foreach (var happened in result.LastEvents.TakeLast(EventsMax)) output.WriteLine($"  {happened}");
        output.WriteLine($"Run it again: {line.Replay(result.Seed)}");
    }
}
