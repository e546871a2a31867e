using System.Globalization;
using System.Text.RegularExpressions;

namespace RaftAkka.Settings;

/// <summary>Says in which line Akka's HOCON parser gave up, and why.</summary>
internal static partial class HoconParseError
{
    private const string Unresolved = "Unresolved substitution: ";

    /// <param name="message">What the parser said: with a position, or a name, or neither; in pictures over several lines.</param>
    /// <param name="text">The text that it read.</param>
    public static string Explain(string message, string text)
    {
        if (message.StartsWith(Unresolved, StringComparison.Ordinal))
        {
            var name = message[Unresolved.Length..].Trim();
            return At(text, text.IndexOf($"${{{name}}}", StringComparison.Ordinal))
                + $"${{{name}}} is neither a key of the file nor a variable of the environment. Set it, write the value, or write "
                + $"'${{?{name}}}' for a key that may be missing. For a server's id, data directory and port there are also --id, "
                + "--data and --port.";
        }

        var what = OneLine(message);
        if (Position().Match(what) is { Success: true } position)
            return At(text, int.Parse(position.Groups[1].ValueSpan, CultureInfo.InvariantCulture))
                + "It is no HOCON that Akka.NET reads from here on. (A comma behind '}' is one cause.)";

        var unquoted = UnquotedColon().Match(text);
        return At(text, unquoted.Success ? unquoted.Index + unquoted.Length - 1 : -1) + $"It is no HOCON that Akka.NET reads: {what}";
    }

    private static string At(string text, int position) => position < 0 || position > text.Length
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $"Line {1 + text.AsSpan(0, position).Count('\n')}: ");

    private static string OneLine(string message) =>
        string.Join(' ', message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    [GeneratedRegex(@"at position (\d+)")]
    private static partial Regex Position();

    // A value that is not quoted and has a ':' or '=' in it.
    [GeneratedRegex(@"^[^#""\n]*[=:][ \t]*[^\s#""{\[=:][^#""{\[,\n]*[=:]", RegexOptions.Multiline)]
    private static partial Regex UnquotedColon();
}
