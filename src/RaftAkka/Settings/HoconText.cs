namespace RaftAkka.Settings;

/// <summary>
/// Finds what Akka's HOCON parser takes without a word and reads as something else: a bracket that is missing
/// (settings end up in the wrong section), one too many (everything behind it is dropped), an open quote, and
/// the parts of HOCON that it does not know.
/// </summary>
internal sealed class HoconText
{
    private static readonly string[] UnknownIncludes =
        ["include file(", "include required(", "include url(", "include classpath("];

    private readonly string _text;
    private readonly List<string> _mistakes = [];
    private readonly Stack<(char Bracket, int Line)> _open = new();
    private int _at;
    private int _line = 1;

    private HoconText(string text) => _text = text;

    public static IReadOnlyList<string> Mistakes(string text)
    {
        var scan = new HoconText(text);
        scan.Run();
        return scan._mistakes;
    }

    private void Run()
    {
        while (_at < _text.Length)
        {
            if (Starts("#") || Starts("//")) SkipLine();
            else if (Starts("\"\"\"")) SkipLongText();
            else if (Starts("\"")) SkipText();
            else Take(_text[_at]);
        }

        foreach (var (bracket, line) in _open.Reverse())
            _mistakes.Add(
                $"Line {line}: '{bracket}' is never closed. Add '{Closing(bracket)}' where it ends.");
    }

    private void Take(char c)
    {
        if (Starts("${?"))
            Mistake("'${?…}' (a substitution that may be missing) is not known to Akka.NET. "
                + "Write '${…}', or the value.");
        else if (Starts("+="))
            Mistake("'+=' is not known to Akka.NET. Write the whole list with '='.");
        else if (UnknownIncludes.Any(Starts))
            Mistake("Akka.NET knows only include \"FILE\". Write the file's name alone, in quotes.");

        switch (c)
        {
            case '\n':
                _line++;
                break;
            case '{' or '[':
                _open.Push((c, _line));
                break;
            case '}' or ']':
                Close(c);
                break;
        }

        _at++;
    }

    private void Close(char c)
    {
        if (!_open.TryPop(out var open))
            Mistake($"This '{c}' closes nothing; what follows it would be dropped. "
                + "Remove it, or add what it is to close.");
        else if (Closing(open.Bracket) != c)
            Mistake($"This '{c}' cannot close the '{open.Bracket}' of line {open.Line}. "
                + $"Write '{Closing(open.Bracket)}' first.");
    }

    private void SkipLine()
    {
        while (_at < _text.Length && _text[_at] != '\n') _at++;
    }

    private void SkipText()
    {
        for (_at++; _at < _text.Length && _text[_at] != '\n'; _at++)
        {
            if (_text[_at] == '\\') _at++;
            else if (_text[_at] == '"')
            {
                _at++;
                return;
            }
        }

        Mistake("A quoted text does not end on its line. Add the '\"' where it ends.");
    }

    private void SkipLongText()
    {
        var first = _line;
        var end = _text.IndexOf("\"\"\"", _at + 3, StringComparison.Ordinal);
        if (end < 0)
            _mistakes.Add($"Line {first}: a text in '\"\"\"' does not end. Add '\"\"\"' where it ends.");

        var next = end < 0 ? _text.Length : end + 3;
        _line += _text.AsSpan(_at, next - _at).Count('\n');
        _at = next;
    }

    private void Mistake(string what) => _mistakes.Add($"Line {_line}: {what}");

    private bool Starts(string what) => string.CompareOrdinal(_text, _at, what, 0, what.Length) == 0;

    private static char Closing(char bracket) => bracket == '{' ? '}' : ']';
}
