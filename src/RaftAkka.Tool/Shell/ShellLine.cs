using System.Text;

namespace RaftAkka.Tool.Shell;

/// <summary>Splits a line into words, the way shells do it.</summary>
internal static class ShellLine
{
    /// <summary>
    /// Splits at white space. Single quotes keep everything as it is; double quotes keep white space and know
    /// <c>\"</c>, <c>\\</c>, <c>\n</c> and <c>\t</c>. A <c>#</c> that starts a word starts a comment.
    /// </summary>
    /// <returns>The words, or what is wrong with the line.</returns>
    public static (IReadOnlyList<string> Words, string? Error) Split(string line)
    {
        var words = new List<string>();
        var position = 0;
        while (true)
        {
            while (position < line.Length && char.IsWhiteSpace(line[position])) position++;
            if (position == line.Length || line[position] == '#') return (words, null);

            var word = new StringBuilder();
            if (Word(line, ref position, word) is { } error) return ([], error);
            words.Add(word.ToString());
        }
    }

    private static string? Word(string line, ref int position, StringBuilder word)
    {
        while (position < line.Length && !char.IsWhiteSpace(line[position]))
        {
            var c = line[position++];
            var error = c switch
            {
                '\'' => SingleQuoted(line, ref position, word),
                '"' => DoubleQuoted(line, ref position, word),
                _ => Plain(c, word),
            };
            if (error is not null) return error;
        }
        return null;
    }

    private static string? Plain(char c, StringBuilder word)
    {
        word.Append(c);
        return null;
    }

    private static string? SingleQuoted(string line, ref int position, StringBuilder word)
    {
        var end = line.IndexOf('\'', position);
        if (end < 0) return "a single quote (') is not closed";

        word.Append(line, position, end - position);
        position = end + 1;
        return null;
    }

    private static string? DoubleQuoted(string line, ref int position, StringBuilder word)
    {
        while (position < line.Length)
        {
            var c = line[position++];
            if (c == '"') return null;
            if (c == '\\' && position < line.Length) c = Escaped(line[position++], word);
            word.Append(c);
        }
        return "a double quote (\") is not closed";
    }

    private static char Escaped(char c, StringBuilder word)
    {
        switch (c)
        {
            case 'n': return '\n';
            case 't': return '\t';
            case '"' or '\\': return c;
            default:
                word.Append('\\');   // Not an escape: the backslash stands for itself.
                return c;
        }
    }
}
