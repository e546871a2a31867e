namespace RaftAkka.Log;

/// <summary>
/// The files of a log are not what this server may start with, or go on with: damaged, incomplete, someone
/// else's, or of a format that this program does not know. The message says which, and what to do.
/// </summary>
/// <param name="message">What is wrong, and what to do.</param>
/// <param name="isForeign">
/// Whether the files are sound, but another server's: a mistake of the configuration.
/// </param>
internal sealed class UnusableLogException(string message, bool isForeign = false) : Exception(message)
{
    /// <summary>Whether the files are sound, but another server's: a mistake of the configuration.</summary>
    public bool IsForeign { get; } = isForeign;
}
