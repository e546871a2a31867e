using System.Globalization;
using RaftAkka.Simulation.Breaks;
using RaftAkka.Simulation.Faults;

namespace RaftAkka.Simulation.Runs;

/// <summary>The arguments of a simulation.</summary>
internal sealed record CommandLine
{
    private static readonly string KnownFaults = string.Join('|', Enum.GetValues<FaultKinds>()
        .Where(kind => System.Numerics.BitOperations.IsPow2((int)kind)).Select(kind => Name(kind)));

    public static string Usage => $"""
        --seeds FIRST..LAST | N     the seeds to run; default 1..200
        --campaign MINUTES          fresh seeds, from FIRST or where the clock says, until the time is up or Ctrl+C
        --servers N                 how many servers; default: each seed chooses 3 or 5
        --steps N                   how long the faults last, in steps; default {new RunSettings().Steps}
        --faults all|{KnownFaults}|none, or several with commas
        --trace FILE                writes every event of the (one) seed
        --violations N              goes on until N seeds broke a promise, and names them all; default 1
        --workers N                 seeds that run at the same time; default: one per processor
        --break NAME                brings a known bug back: {string.Join(", ", AllBreaks.Names)}
                                    exit: 0 all promises held, 1 one was broken, 2 wrong arguments
        """;

    public ulong First { get; init; } = 1;

    public ulong Last { get; init; } = 200;

    public TimeSpan? Campaign { get; init; }

    public string? TraceFile { get; init; }

    public int ViolationsMax { get; init; } = 1;

    public int Workers { get; init; } = Environment.ProcessorCount;

    public RunSettings Run { get; init; } = new();

    /// <summary>The command that runs one seed again in the same way.</summary>
    public string Replay(ulong seed)
    {
        var text = string.Create(CultureInfo.InvariantCulture,
            $"dotnet run -c Release --project tests/RaftAkka.Simulation -- --seeds {seed}..{seed} --steps {Run.Steps}");
        if (Run.Servers is { } servers) text += string.Create(CultureInfo.InvariantCulture, $" --servers {servers}");
        if (Run.Faults != FaultKinds.All) text += $" --faults {Name(Run.Faults)}";
        if (Run.Break is not null) text += $" --break {Run.Break}";
        return text + " --trace trace.txt";
    }

    /// <exception cref="FormatException">The arguments make no sense; the message says which.</exception>
    public static CommandLine Parse(IReadOnlyList<string> arguments)
    {
        var line = new CommandLine();
        for (var at = 0; at < arguments.Count; at += 2)
        {
            var name = arguments[at];
            var value = at + 1 < arguments.Count ? arguments[at + 1] : throw new FormatException($"{name} needs a value.");
            line = line.With(name, value);
        }

        // The clock runs through its numbers faster than any campaign, so that no two of them share a seed.
        if (line.Campaign is not null && !arguments.Contains("--seeds"))
            line = line with { First = (ulong)DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() };
        if (line.TraceFile is not null && (line.First != line.Last || line.Campaign is not null))
            throw new FormatException("--trace writes the events of one seed: say which, as --seeds 7..7.");
        return line;
    }

    private CommandLine With(string name, string value) => name switch
    {
        "--seeds" => WithSeeds(value),
        "--campaign" => this with { Campaign = TimeSpan.FromMinutes(Number(name, value, 0.01, 60 * 24 * 30)) },
        "--servers" => this with { Run = Run with { Servers = (int)Number(name, value, 1, 9) } },
        "--steps" => this with { Run = Run with { Steps = (int)Number(name, value, 1, int.MaxValue) } },
        "--violations" => this with { ViolationsMax = (int)Number(name, value, 1, int.MaxValue) },
        "--workers" => this with { Workers = (int)Number(name, value, 1, 1024) },
        "--faults" => this with { Run = Run with { Faults = Faults(value) } },
        "--trace" => this with { TraceFile = value },
        "--break" when AllBreaks.Names.Contains(value) => this with { Run = Run with { Break = value } },
        "--break" => throw new FormatException($"There is no break '{value}'; known are {string.Join(", ", AllBreaks.Names)}."),
        _ => throw new FormatException($"'{name}' is not an argument."),
    };

    private CommandLine WithSeeds(string value)
    {
        var ends = value.Split("..");
        if (ends.Length > 2
            || !ulong.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            || !ulong.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var last)
            || last < first)
            throw new FormatException($"'{value}' names no seeds: write FIRST..LAST, such as 1..200.");
        return this with { First = first, Last = last };
    }

    private static double Number(string name, string value, double least, double most) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        && number >= least && number <= most
            ? number
            : throw new FormatException($"{name} takes a number from {least} to {most}, not '{value}'.");

    private static FaultKinds Faults(string value)
    {
        var kinds = FaultKinds.None;
        foreach (var name in value.Split(','))
            kinds |= Enum.TryParse<FaultKinds>(name, ignoreCase: true, out var kind) && !char.IsDigit(name[0])
                ? kind
                : throw new FormatException($"'{name}' names no faults: write all, none, or some of {KnownFaults} with commas.");
        return kinds;
    }

    private static string Name(FaultKinds kinds) =>
        kinds.ToString().ToLowerInvariant().Replace(" ", "", StringComparison.Ordinal);
}
