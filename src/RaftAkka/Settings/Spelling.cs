namespace RaftAkka.Settings;

/// <summary>Finds the word that somebody probably meant.</summary>
internal static class Spelling
{
    /// <summary>The known word nearest to a misspelt one, or null where none is near.</summary>
    public static string? Nearest(string word, IEnumerable<string> known)
    {
        var best = known.Order(StringComparer.Ordinal).Select(name => (Name: name, Distance: Distance(word, name)))
            .DefaultIfEmpty((Name: "", Distance: int.MaxValue)).MinBy(candidate => candidate.Distance);
        return best.Distance <= Math.Max(2, word.Length / 4) ? best.Name : null;
    }

    /// <summary>Levenshtein's distance: how many letters have to be added, dropped or changed.</summary>
    public static int Distance(string from, string to)
    {
        var previous = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 0; i < from.Length; i++)
        {
            var current = new int[to.Length + 1];
            current[0] = i + 1;
            for (var j = 0; j < to.Length; j++)
                current[j + 1] = Math.Min(
                    Math.Min(current[j], previous[j + 1]) + 1, previous[j] + (from[i] == to[j] ? 0 : 1));
            previous = current;
        }

        return previous[^1];
    }
}
