namespace RaftAkka.UserCode;

/// <summary>
/// An exception that the user's code threw, in words that may be logged and sent. Its text is the user's code too: it may
/// throw, and it may be as long as a client's command.
/// </summary>
internal static class UserFailure
{
    /// <summary>The most characters of a description, which travels to clients.</summary>
    public const int DescriptionMax = 1024;

    /// <summary>The most characters of an exception in the log, with its stack trace.</summary>
    public const int LoggedMax = 16 * 1024;

    /// <summary>The exception's type and message, on one line and of at most <see cref="DescriptionMax"/> characters.</summary>
    public static string Describe(Exception failure) =>
        Cut($"{failure.GetType().Name}: {MessageOf(failure).ReplaceLineEndings(" ")}", DescriptionMax);

    /// <summary>
    /// The exception itself where a logger can print it; otherwise one that names its type. Akka's logger restarts over an
    /// exception whose text throws, and logs from then on nothing but its own errors, without end.
    /// </summary>
    public static Exception Printable(Exception failure)
    {
        var text = TextOf(failure, out var isWhole);
        return isWhole && text.Length <= LoggedMax && HasMessage(failure)
            ? failure
            : new UnprintableException(Describe(failure), Cut(text, LoggedMax));
    }

    private static bool HasMessage(Exception failure)
    {
        try
        {
            return failure.Message is not null;
        }
        catch (Exception)
        {
            return false;
        }
    }

    private static string MessageOf(Exception failure)
    {
        try
        {
            return failure.Message ?? "(no message)";
        }
        catch (Exception e)
        {
            return $"(its message cannot be read: {e.GetType().Name})";
        }
    }

    private static string TextOf(Exception failure, out bool isWhole)
    {
        try
        {
            var text = failure.ToString();
            isWhole = text is not null;
            return text ?? Describe(failure);
        }
        catch (Exception)
        {
            isWhole = false;
            return $"{Describe(failure)}{Environment.NewLine}{failure.StackTrace}";
        }
    }

    private static string Cut(string text, int most) =>
        text.Length <= most ? text : string.Concat(text.AsSpan(0, most - 1), "…");
}

/// <summary>Stands in for an exception of the user's code whose own text throws or is too long for a log.</summary>
internal sealed class UnprintableException(string message, string text) : Exception(message)
{
    /// <inheritdoc/>
    public override string ToString() => text;
}
