using System.Text;

namespace RaftAkka.Settings;

/// <summary>
/// Gives substitutions the values of environment variables, and lets optional ones (<c>${?NAME}</c>) be missing, as HOCON's
/// specification says and Akka's parser does not: a key of the file comes first, then the environment. What Akka's parser
/// gets is a text of as many lines, without them.
/// </summary>
/// <param name="variable">The value of an environment variable, or null.</param>
internal sealed class HoconSubstitutions(Func<string, string?> variable)
{
    private readonly HashSet<string> _ofFile = new(StringComparer.Ordinal);
    private readonly HashSet<string> _replaced = new(StringComparer.Ordinal);

    /// <summary>
    /// Takes note of what was replaced and is a key of the file after all, which is known once all files were read: then
    /// they are to be read again.
    /// </summary>
    /// <returns>Whether there is such a key.</returns>
    public bool LearnKeys(Predicate<string> isKey)
    {
        var found = _replaced.Where(name => isKey(name)).ToArray();
        _ofFile.UnionWith(found);
        _replaced.Clear();
        return found.Length > 0;
    }

    /// <summary>Replaces the substitutions of a text.</summary>
    /// <param name="text">A text without mistakes of brackets and quotes.</param>
    /// <param name="mistakes">Where mistakes are added.</param>
    public string Replace(string text, List<string> mistakes)
    {
        var result = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length;)
        {
            var length = LengthOfPlainText(text, at);
            if (length > 0 || string.CompareOrdinal(text, at, "${", 0, 2) != 0)
            {
                result.Append(text, at, Math.Max(length, 1));
                at += Math.Max(length, 1);
                continue;
            }

            var end = text.IndexOf('}', at) + 1;
            at = Substitute(text, at, end, result, mistakes);
        }

        return result.ToString();
    }

    // Returns where the text goes on.
    private int Substitute(string text, int start, int end, StringBuilder result, List<string> mistakes)
    {
        var isOptional = text[start + 2] == '?';
        var name = text[(start + (isOptional ? 3 : 2))..(end - 1)].Trim();
        if (_ofFile.Contains(name))
        {
            result.Append("${").Append(name).Append('}');
        }
        else if (variable(name) is { } value)
        {
            _replaced.Add(name);
            result.Append(Quoted(value, result, text, end));
        }
        else if (!isOptional)
        {
            result.Append(text, start, end - start);
        }
        else
        {
            _replaced.Add(name);
            return Drop(text, start, end, result, mistakes);
        }

        return end;
    }

    // An optional substitution that is missing: a field whose whole value it is does not come into being, and keeps the value
    // that it had; in a longer value it stands for nothing.
    private static int Drop(string text, int start, int end, StringBuilder result, List<string> mistakes)
    {
        var isLast = IsEndOfValue(text, end);
        var before = result.ToString().AsSpan().TrimEnd([' ', '\t']);
        if (isLast && before.Length > 0 && before[^1] is '=' or ':')
        {
            var key = before[..^1].TrimEnd([' ', '\t']);
            var from = key.LastIndexOfAny(['\n', ',', '{', '}']) + 1;
            result.Length = from;
            var next = end;
            while (next < text.Length && text[next] is ' ' or '\t') next++;
            return next < text.Length && text[next] == ',' ? next + 1 : end;   // The field's comma goes with it.
        }
        else if (isLast && before.Length > 0 && before[^1] is '[' or ',' or '\n')
        {
            var line = 1 + text.AsSpan(0, start).Count('\n');
            mistakes.Add($"Line {line}: An element of a list cannot be missing. Write '${{…}}', or the value.");
        }

        return end;
    }

    private static bool IsEndOfValue(string text, int at)
    {
        while (at < text.Length && text[at] is ' ' or '\t' or '\r') at++;
        return at >= text.Length || text[at] is '\n' or ',' or '}' or ']' or '#' || string.CompareOrdinal(text, at, "//", 0, 2) == 0;
    }

    // Three quotes in a row would begin a long text.
    private static string Quoted(string value, StringBuilder before, string text, int end)
    {
        var isBesideQuote = (before.Length > 0 && before[^1] == '"') || (end < text.Length && text[end] == '"');
        if (value.Length == 0) return isBesideQuote ? "" : "\"\"";

        var quoted = new StringBuilder("\"");
        foreach (var c in value)
            quoted.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                _ => c.ToString(),
            });
        return quoted.Append('"').ToString();
    }

    // Comments and quoted texts, in which nothing is substituted.
    private static int LengthOfPlainText(string text, int at)
    {
        if (text[at] == '#' || string.CompareOrdinal(text, at, "//", 0, 2) == 0) return UpTo(text.IndexOf('\n', at), 0);
        if (string.CompareOrdinal(text, at, "\"\"\"", 0, 3) == 0)
            return UpTo(text.IndexOf("\"\"\"", at + 3, StringComparison.Ordinal), 3);
        if (text[at] != '"') return 0;

        var end = at + 1;
        while (end < text.Length && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
        return Math.Min(end + 1, text.Length) - at;

        int UpTo(int found, int more) => (found < 0 ? text.Length : found + more) - at;
    }
}
