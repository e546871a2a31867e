using System.Buffers;

namespace RaftAkka.Settings;

/// <summary>
/// Finds what Akka's HOCON parser takes without a word and reads as something else: a bracket that is missing
/// (settings end up in the wrong section), one too many (everything behind it is dropped), an open quote, two sections
/// of a list that become one, and the parts of HOCON that it does not know.
/// </summary>
internal sealed class HoconText
{
    private static readonly string[] UnknownIncludes =
        ["include file(", "include required(", "include url(", "include classpath("];

    private static readonly SearchValues<char> BeforeKeys = SearchValues.Create(" \t{,}");

    private readonly string _text;
    private readonly List<string> _mistakes = [];
    private readonly Stack<Opened> _open = new();
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

        foreach (var open in _open.Reverse())
            _mistakes.Add(
                $"Line {open.Line}: '{open.Bracket}' is never closed. Add '{Closing(open.Bracket)}' where it ends.");
    }

    private void Take(char c)
    {
        if (Starts("+="))
            Mistake("'+=' is not known to Akka.NET. Write the whole list with '='.");
        else if (UnknownIncludes.Any(Starts))
            Mistake("Akka.NET knows only include \"FILE\". Write the file's name alone, in quotes.");

        switch (c)
        {
            case '\n':
                _line++;
                break;
            case '{' when _at > 0 && _text[_at - 1] == '$':   // The end of a substitution closes it.
                _open.Push(new Opened(c, _line));
                break;
            case '{' or '[':
                Open(c);
                break;
            case '}' or ']':
                Close(c);
                break;
            case '=' or ':':
                OnKey();
                break;
        }

        _at++;
    }

    private void Open(char c)
    {
        // HOCON puts two sections together that stand side by side: of three servers on one line, one is left.
        if (c == '{' && IsInList && TextBefore(_at).EndsWith('}'))
            Mistake("Two sections of a list stand side by side, and HOCON makes one of them: the second takes the place of the "
                + "first. Write a comma between them, or each on a line of its own.");
        _open.Push(new Opened(c, _line) { IsInList = IsInList });
    }

    // Of a section in a list: a member, which has each of its keys once.
    private void OnKey()
    {
        if (!_open.TryPeek(out var section) || !section.IsInList || section.Bracket != '{') return;

        var before = TextBefore(_at);
        var start = before.LastIndexOfAny(BeforeKeys) + 1;
        var key = before[start..].Trim('"').ToString();
        if (key.Length > 0 && !section.Keys.Add(key))
            Mistake($"'{key}' stands twice in one section of a list, and the second takes the place of the first. "
                + "Remove one; or close the section before, and begin a new one with '{'.");
    }

    // What stands before a place on its line, without white space at its end.
    private ReadOnlySpan<char> TextBefore(int place)
    {
        var line = _text.LastIndexOf('\n', Math.Max(place - 1, 0)) + 1;
        return _text.AsSpan(line, place - line).TrimEnd();
    }

    private bool IsInList => _open.TryPeek(out var around) && around.Bracket == '[';

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

    /// <summary>A bracket that is open.</summary>
    private sealed record Opened(char Bracket, int Line)
    {
        public bool IsInList { get; init; }

        public HashSet<string> Keys { get; } = new(StringComparer.Ordinal);
    }

    private static char Closing(char bracket) => bracket == '{' ? '}' : ']';
}
