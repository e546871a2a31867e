namespace RaftAkka.Tool.Cli;

/// <summary>A verb ends early: with this exit status, after this message to the person who called it.</summary>
internal sealed class ToolException(int exitCode, string message, Exception? inner = null)
    : Exception(message, inner)
{
    public int ExitCode { get; } = exitCode;

    public static ToolException Usage(string message) => new(Cli.ExitCode.Usage, message);

    public static ToolException Failed(string message) => new(Cli.ExitCode.Failed, message);

    public static ToolException Unknown(string message) => new(Cli.ExitCode.Unknown, message);
}
