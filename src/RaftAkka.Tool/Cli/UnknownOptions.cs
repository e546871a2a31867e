using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using RaftAkka.Settings;

namespace RaftAkka.Tool.Cli;

/// <summary>
/// Finds options that a verb does not have. The parser would take them for arguments, so a misspelt option would become a
/// key or a value.
/// </summary>
internal static class UnknownOptions
{
    /// <summary>The first unknown option before <c>--</c>, with the option that was probably meant; null where there is none.</summary>
    public static string? Mistake(ParseResult parsed, IReadOnlyList<string> arguments)
    {
        var options = OptionsOf(parsed.CommandResult);
        for (var at = 0; at < arguments.Count && arguments[at] != "--"; at++)
        {
            if (!LooksLikeOption(arguments[at])) continue;

            var name = NameIn(arguments[at]);
            if (options.FirstOrDefault(option => IsCalled(option, name)) is not { } option)
                return Text(name, options);

            var takesNext = option.Arity.MinimumNumberOfValues > 0 && name == arguments[at];
            if (takesNext) at++;   // Its value, which may begin with a dash.
        }

        return null;
    }

    /// <summary>Whether a word is an option, and no number or name of standard input.</summary>
    public static bool LooksLikeOption(string word) =>
        word.Length > 1 && word[0] == '-'
        && !double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    private static string Text(string name, IReadOnlyList<Option> options)
    {
        var nearest = Spelling.Nearest(name, options.Where(option => !option.Hidden).Select(option => option.Name));
        return $"unknown option '{name}'." + (nearest is null ? "" : $" Did you mean '{nearest}'?")
            + " Nothing was done. A key or value that begins with a dash goes behind '--'.";
    }

    private static string NameIn(string argument)
    {
        var end = argument.AsSpan(1).IndexOfAny('=', ':');
        return end < 0 ? argument : argument[..(end + 1)];
    }

    private static bool IsCalled(Option option, string name) => option.Name == name || option.Aliases.Contains(name);

    private static List<Option> OptionsOf(CommandResult called)
    {
        var options = called.Command.Options.ToList();
        for (var parent = called.Parent as CommandResult; parent is not null; parent = parent.Parent as CommandResult)
            options.AddRange(parent.Command.Options.Where(option => option.Recursive));
        if (called.Parent is null) options.AddRange(called.Command.Options);
        return options;
    }
}
