namespace RaftAkka.Simulation.Scenarios;

/// <summary>All graphs of five servers, one of every shape. A graph is a set of links, a bit for each pair.</summary>
internal static class Graphs
{
    private const int Servers = 5;

    private static readonly (int Left, int Right)[] Pairs =
    [
        .. from left in Enumerable.Range(0, Servers)
           from right in Enumerable.Range(left + 1, Servers - left - 1)
           select (left, right),
    ];

    private static readonly int[][] Renamings = [.. Permutations([], Enumerable.Range(0, Servers).ToArray())];

    public static IEnumerable<int> OfFive() =>
        Enumerable.Range(0, 1 << Pairs.Length)
            .Where(links => Renamings.All(names => Renamed(links, names) >= links));

    public static IEnumerable<(int Left, int Right)> Missing(int links) =>
        Pairs.Where(pair => !IsLinked(links, pair.Left, pair.Right));

    /// <summary>One server is linked to two others, with whom it is a majority.</summary>
    public static bool HasHub(int links) =>
        Enumerable.Range(0, Servers).Any(hub => Enumerable.Range(0, Servers)
            .Count(other => other != hub && IsLinked(links, hub, other)) >= 2);

    private static bool IsLinked(int links, int left, int right) =>
        (links >> Array.IndexOf(Pairs, left < right ? (left, right) : (right, left)) & 1) == 1;

    private static int Renamed(int links, int[] names)
    {
        var renamed = 0;
        for (var pair = 0; pair < Pairs.Length; pair++)
            if (IsLinked(links, names[Pairs[pair].Left], names[Pairs[pair].Right])) renamed |= 1 << pair;
        return renamed;
    }

    private static IEnumerable<int[]> Permutations(int[] chosen, int[] rest) => rest.Length == 0
        ? [chosen]
        : rest.SelectMany(next => Permutations([.. chosen, next], [.. rest.Where(other => other != next)]));
}
