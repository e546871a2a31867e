using Akka.Actor;
using RaftAkka.Log;
using RaftAkka.Protocol;

namespace RaftAkka.Server;

/// <summary>Recovering: the log is being read back. Nothing is promised to anyone, and peers' messages count as lost.</summary>
internal sealed partial class RaftServer
{
    private void Recovering(object message)
    {
        switch (message)
        {
            case LogOpened opened: OnLogOpened(opened);                                             break;
            case Propose propose:  Refuse(Sender, propose.Batch, RefusalReason.NotLeader, "");      break;
            case ReadQueries read: Refuse(Sender, read.Batch, RefusalReason.NotLeader, "");         break;
            case ReportStatus:     Sender.Tell(Status());                                           break;
            case IPeerMessage:                                                                      break;
            case PeerConnectionLost:                                                                break;
            default:               Unhandled(message);                                              break;
        }
    }

    private void OnLogOpened(LogOpened opened)
    {
        Invariant.Holds(opened.HardState.Term >= opened.Last.Term, "the term on disk is at least that of the last entry");

        _hardState = opened.HardState;
        _log = new ServerLog(new LogTerms(opened.Terms, opened.Last), _settings.CacheBytesMax);
        _log.Remember(opened.Tail);
        _ledger = new WriteLedger(opened.Last.Index);
        _lines.Recovered(opened);

        Bind(Now);

        // A server alone has nobody to wait for.
        if (_others.Length == 0) BecomeCandidate();
        else BecomeFollower(leader: null);
        _parts.Observer.Tell(new ServerReady(opened.Last.Index));
    }
}
