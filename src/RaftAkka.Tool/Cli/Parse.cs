using System.CommandLine.Parsing;
using System.Globalization;
using RaftAkka.Protocol;
using RaftAkka.Settings;
using RaftAkka.Tool.Up;

namespace RaftAkka.Tool.Cli;

/// <summary>Parsers for the options' values; each says what it takes where it cannot take something.</summary>
internal static class Parse
{
    public static ServerId? ServerId(ArgumentResult result) => Named(result, static name => new ServerId(name));

    public static ClusterId? ClusterId(ArgumentResult result) => Named(result, static name => new ClusterId(name));

    public static int? Port(ArgumentResult result)
    {
        if (PortNumber(result.Tokens[0].Value) is { } port) return port;
        result.AddError($"'{result.Tokens[0].Value}' is no port: it takes a number from 1 to 65535.");
        return null;
    }

    public static int? NodeCount(ArgumentResult result)
    {
        if (int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count is > 0 and <= UpDirectory.NodesMax)
            return count;
        result.AddError($"'{result.Tokens[0].Value}' servers cannot be: it takes a number from 1 to {UpDirectory.NodesMax}.");
        return null;
    }

    /// <summary>A parser of whole numbers within bounds.</summary>
    public static Func<ArgumentResult, int?> Count(string what, int least, int most) => result =>
    {
        if (int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count >= least && count <= most)
            return count;
        result.AddError($"'{result.Tokens[0].Value}' {what} cannot be: it takes a number from {least} to {most}.");
        return null;
    };

    public static TimeSpan? Duration(ArgumentResult result)
    {
        if (Durations.Parse(result.Tokens[0].Value) is { } time) return time;
        result.AddError($"'{result.Tokens[0].Value}' is no time: {Durations.Form}.");
        return null;
    }

    public static T? OneOf<T>(ArgumentResult result, params (string Word, T Value)[] choices)
    {
        foreach (var (word, value) in choices)
            if (word == result.Tokens[0].Value) return value;
        var words = string.Join(" or ", choices.Select(choice => choice.Word));
        result.AddError($"'{result.Tokens[0].Value}' is not one of these: it takes {words}.");
        return default;
    }

    public static string[] Addresses(ArgumentResult result)
    {
        foreach (var token in result.Tokens)
        {
            if (AddressRules.Mistake(token.Value) is { } mistake)
                result.AddError($"'{token.Value}' is no address of a server: it {mistake}");
        }
        return [.. result.Tokens.Select(token => Protocol.Addresses.Canonical(token.Value))];
    }

    /// <summary>An address to listen on, which may be a wildcard.</summary>
    public static string? ListenAddress(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (AddressRules.MistakeOfForm(text) is not { } mistake) return text;
        result.AddError($"'{text}' is no address to listen on: it {mistake}");
        return null;
    }

    private static int? PortNumber(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535
            ? port
            : null;

    private static T? Named<T>(ArgumentResult result, Func<string, T> make) where T : struct
    {
        try
        {
            return make(result.Tokens[0].Value);
        }
        catch (ArgumentException refused)
        {
            result.AddError(WithoutParameterName(refused.Message));
            return null;
        }
    }

    private static string WithoutParameterName(string message) => message.Split(" (Parameter ")[0];
}
