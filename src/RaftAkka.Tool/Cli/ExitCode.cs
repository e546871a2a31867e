namespace RaftAkka.Tool.Cli;

/// <summary>What the executable's exit status means. Scripts build on these numbers.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>A definite failure: the key is absent, the comparison failed, the cluster refused, the node broke.</summary>
    public const int Failed = 1;

    /// <summary>The command line or the configuration is wrong; nothing was tried.</summary>
    public const int Usage = 2;

    /// <summary>The outcome is unknown, or no quorum answered within the time given.</summary>
    public const int Unknown = 3;
}
