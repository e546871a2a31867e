namespace RaftAkka.Tool.Shell;

/// <summary>Where the shell's lines come from.</summary>
internal interface ILineSource
{
    /// <summary>The next line without its end, or null behind the last one.</summary>
    /// <exception cref="OperationCanceledException">It was told to stop waiting.</exception>
    Task<string?> NextAsync(CancellationToken stop);
}
