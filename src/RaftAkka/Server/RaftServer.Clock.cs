using Akka.Actor;
using RaftAkka.Protocol;

namespace RaftAkka.Server;

/// <summary>
/// The leader's part in the expiry of sessions: with its heartbeats it counts the time, and from time to time it puts
/// that into the log. Which sessions expire is decided where the log is applied, on every server alike.
/// </summary>
internal sealed partial class RaftServer
{
    private SessionsNow _sessionsNow;

    // The machine knows the session. So nobody fills the clock's list, or the log, with sessions that there are not.
    private void OnSessionConfirmed(Leadership leadership, SessionNews news)
    {
        if (news is SessionAlive)
        {
            leadership.Clock.Renew(new LogIndex(news.Session.Value));
        }
        else if (WhyDiskTakesNoMore() is null && leadership.UncommittedBytes < _settings.UncommittedBytesMax)
        {
            var closing = new SessionClosing(news.Session).Encode();
            Append(leadership, new Proposal(ActorRefs.Nobody, Batch: 0, EntryKind.CloseSession, closing));
        }
    }

    private void BeatClock(Leadership leadership)
    {
        leadership.Clock.Beat(Now);

        // Older leaders' ticks may wait to be applied; behind its own first entry there are none but its own.
        if (!ReadRule.KnowsCommitted(_log.Terms, _appliedIndex, CurrentTerm)) return;

        // A client's command could not get in either. What was renewed is kept for the tick that can.
        if (WhyDiskTakesNoMore() is not null || leadership.UncommittedBytes >= _settings.UncommittedBytesMax) return;

        // Nobody waits for it: whether it was applied shows in the time that the machine reports.
        if (leadership.Clock.TakeDue(_sessionsNow) is { } tick)
            Append(leadership, new Proposal(ActorRefs.Nobody, Batch: 0, EntryKind.Clock, tick));
    }
}
