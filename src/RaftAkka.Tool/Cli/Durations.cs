using System.Globalization;

namespace RaftAkka.Tool.Cli;

/// <summary>Times as people write them: <c>500ms</c>, <c>5s</c>, <c>2m</c>, or plain seconds.</summary>
internal static class Durations
{
    public const string Form = "a time is a positive number with a unit, like 500ms, 5s or 2m; without one it is in seconds";

    private static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    public static TimeSpan? Parse(string text)
    {
        var digits = text.TrimEnd(static c => char.IsAsciiLetter(c));
        var seconds = text[digits.Length..] switch
        {
            "ms" => 0.001,
            "s" or "" => 1,
            "m" => 60,
            _ => double.NaN,
        };
        if (!double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            return null;

        var total = number * seconds;
        return total >= 0.001 && total <= Longest.TotalSeconds ? TimeSpan.FromSeconds(total) : null;
    }

    private static string TrimEnd(this string text, Func<char, bool> unwanted)
    {
        var end = text.Length;
        while (end > 0 && unwanted(text[end - 1])) end--;
        return text[..end];
    }
}
