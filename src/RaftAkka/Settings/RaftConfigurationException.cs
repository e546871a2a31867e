namespace RaftAkka.Settings;

/// <summary>
/// A configuration cannot be used, and nothing was started with it. The message is for a person: it names the
/// file and lists every mistake that was found, with the key, what it says, and what to write.
/// </summary>
public sealed class RaftConfigurationException : Exception
{
    /// <summary>Makes the exception from the mistakes found in one source.</summary>
    /// <param name="source">Where the configuration came from: a file's name.</param>
    /// <param name="mistakes">One sentence or two for each mistake; at least one mistake.</param>
    public RaftConfigurationException(string source, IReadOnlyList<string> mistakes)
        : base(Describe(source, mistakes)) => Mistakes = mistakes;

    /// <summary>The mistakes, one by one.</summary>
    public IReadOnlyList<string> Mistakes { get; }

    private static string Describe(string source, IReadOnlyList<string> mistakes)
    {
        ArgumentNullException.ThrowIfNull(mistakes);
        var count = mistakes.Count == 1 ? "1 mistake" : $"{mistakes.Count} mistakes";
        var lines = string.Join('\n', mistakes.Select(mistake => $"  {mistake}"));
        return $"{source} has {count}; nothing was started:\n{lines}";
    }
}
