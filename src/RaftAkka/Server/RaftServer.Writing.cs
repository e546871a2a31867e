using Akka.Actor;
using RaftAkka.Log;
using RaftAkka.Protocol;

namespace RaftAkka.Server;

/// <summary>Writing: what the server has its log make durable, and what it says only afterwards.</summary>
internal sealed partial class RaftServer
{
    private ServerLog _log = new(new LogTerms(), cacheBytesMax: 0);
    private WriteLedger _ledger = new(LogIndex.Zero);
    private WriteTicket _hardStateWrite;

    private void SaveHardState(HardState state)
    {
        _hardState = state;
        _hardStateWrite = _ledger.Submit(Now);
        _parts.Log.Tell(new WriteLog(_hardStateWrite, state, LogSlice.Empty));
    }

    private WriteTicket Write(LogSlice entries)
    {
        _log.Append(entries);
        TrackMembers(entries);
        var write = _ledger.Submit(entries, Now);
        _parts.Log.Tell(new WriteLog(write, HardState: null, entries));
        return write;
    }

    /// <summary>Sends a message that promises something durable: not before the write is on disk.</summary>
    private void TellOnceDurable(WriteTicket write, ServerId peer, IPeerMessage message)
    {
        _ledger.Keep(write, peer, message);
        TellWhatIsDurable();
    }

    /// <summary>The same for an acceptance, of which one is enough for each write.</summary>
    private void AcceptOnceDurable(WriteTicket write, ServerId leader, AppendAccepted accepted)
    {
        _ledger.KeepAccepted(write, leader, accepted);
        TellWhatIsDurable();
    }

    private void TellWhatIsDurable()
    {
        while (_ledger.TryTakeKept(out var peer, out var message)) Tell(peer, message);
    }

    private void OnLogWritten(LogWritten written)
    {
        _ledger.Acknowledge(written.Through);
        TellWhatIsDurable();
        CheckDisk();
    }
}
