using RaftAkka.Log;

namespace RaftAkka.Simulation.Checks;

/// <summary>What waits for a disk stays within limits, however long the disk takes.</summary>
internal sealed partial class ProtocolChecks
{
    // A leader's own entries besides commands, and the one command that goes beyond the limit.
    private const long Slack = 64 * 1024;

    /// <summary>The most bytes of a leader's own entries that may wait for its disk.</summary>
    public long WaitingBytesMax { get; init; } = long.MaxValue;

    private void CheckWaiting(ServerShadow shadow, WriteLog write)
    {
        if (write.Entries.IsEmpty || shadow.State.Vote != shadow.Server) return;
        _violations.Require(shadow.WaitingBytes <= WaitingBytesMax + Slack, "what waits for a disk is bounded",
            $"{shadow.WaitingBytes} bytes wait for the disk of {shadow.Server}; its limit is {WaitingBytesMax}");
    }
}
