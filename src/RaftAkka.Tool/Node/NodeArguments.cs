using RaftAkka.Protocol;

namespace RaftAkka.Tool.Node;

/// <summary>What <c>raftakka node</c> was called with.</summary>
/// <param name="File">The HOCON file.</param>
/// <param name="Id">The server's id in place of the file's, or null.</param>
/// <param name="Port">Its port in place of the file's, or null.</param>
/// <param name="Data">Its data directory in place of the file's, or null.</param>
/// <param name="Verbose">Whether the log on standard error tells more than warnings.</param>
/// <param name="StopOnInputEnd">Whether the end of standard input stops the server: how <c>up</c> holds its nodes.</param>
internal sealed record NodeArguments(
    string File, ServerId? Id, int? Port, string? Data, bool Verbose, bool StopOnInputEnd)
{
    /// <summary>Where it listens in place of the file's <c>raft.listen</c>, or null.</summary>
    public string? Listen { get; init; }
}
