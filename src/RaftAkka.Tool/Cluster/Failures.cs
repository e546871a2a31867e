using RaftAkka.Client;
using RaftAkka.KeyValue;
using RaftAkka.Log;
using RaftAkka.Operations;
using RaftAkka.Settings;
using RaftAkka.Snapshots;
using RaftAkka.Tool.Cli;

namespace RaftAkka.Tool.Cluster;

/// <summary>Turns what a call threw into an exit status and a message.</summary>
internal static class Failures
{
    /// <summary>The exit status and message for an expected failure; null for a bug, which is not to be hidden.</summary>
    public static (int ExitCode, string Message)? Explain(Exception exception) => exception switch
    {
        ToolException tool => (tool.ExitCode, tool.Message),
        RaftConfigurationException mistakes => (ExitCode.Usage, mistakes.Message),
        CallCanceledException stopped => (stopped.OutcomeUnknown ? ExitCode.Unknown : ExitCode.Failed, $"Stopped. {stopped.Message}"),
        OutcomeUnknownException unknown => (ExitCode.Unknown, unknown.Message),
        OperationRefusedException refused => (ExitCode.Usage, refused.Message),
        DiskException disk => (
            ExitCode.Failed, disk.Message.EndsWith('.') ? disk.Message : $"{disk.Message}. {disk.Cure}"),
        DamagedSnapshotException or UnusableLogException => (ExitCode.Failed, exception.Message),
        RaftClientException refused => (ExitCode.Failed, refused.Message),
        // A change that was answered so may have been made.
        KeyValueException odd => (ExitCode.Unknown, odd.Message),
        _ => null,
    };
}
