namespace RaftAkka.Log;

/// <summary>
/// The files of a log are not what this server may start with, or go on with: damaged, incomplete, someone else's,
/// or of a format that this program does not know. The message says which, and what to do.
/// </summary>
internal sealed class UnusableLogException(string message) : Exception(message);
