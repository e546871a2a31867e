using RaftAkka.Simulation.Worlds;

namespace RaftAkka.Simulation.Breaks;

/// <summary>The known bugs by the names that the command line has for them.</summary>
internal static class AllBreaks
{
    private static readonly SortedDictionary<string, Func<Breakage>> ByName = new(StringComparer.Ordinal)
    {
        ["ack-before-fsync"] = () => new AckBeforeFsync(),
    };

    public static IReadOnlyCollection<string> Names => ByName.Keys;

    public static Breakage Make(string name) => ByName[name]();
}
