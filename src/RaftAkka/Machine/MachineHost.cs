using Akka.Actor;
using Akka.Event;
using RaftAkka.Protocol;
using RaftAkka.Server;
using RaftAkka.Snapshots;
using RaftAkka.UserCode;

namespace RaftAkka.Machine;

/// <summary>
/// Committed entries, in order and without a gap; answered with <see cref="Applied"/>.
/// </summary>
/// <param name="Entries">The entries.</param>
/// <param name="Waiters">Those who wait for one of them, in the same order; only a leader has any.</param>
internal sealed record ApplyEntries(LogSlice Entries, IReadOnlyList<Waiter> Waiters) : INoSerializationVerificationNeeded;

/// <summary>
/// Applies committed entries to the state machine, in order, each command once, and answers those who wait.
/// What a command throws, it throws on every server that gets the same entry: the node stops, and is not restarted over it.
/// What a query or a capture throws is that query's or snapshot's failure alone.
/// </summary>
internal sealed partial class MachineHost : UntypedActor
{
    private readonly IStateMachine _machine;
    private readonly MachineSnapshots _snapshots;
    private readonly MachineFailureLog _failedQueries;
    private readonly MachineFailureLog _failedCaptures;
    private SessionTable _sessions = new();
    private LogIndex _applied;
    private Term _appliedTerm;

    public MachineHost(Func<IStateMachine> makeMachine, MachineSnapshots snapshots)
    {
        (_machine, _snapshots) = (Make(makeMachine), snapshots);
        var (log, scheduler) = (Context.GetLogger(), Context.System.Scheduler);
        _failedQueries = new MachineFailureLog(log, () => scheduler.MonotonicClock);
        _failedCaptures = new MachineFailureLog(log, () => scheduler.MonotonicClock);
    }

    public static Props Props(Func<IStateMachine> makeMachine) => Props(makeMachine, MachineSnapshots.None);

    public static Props Props(Func<IStateMachine> makeMachine, MachineSnapshots snapshots) =>
        Akka.Actor.Props.Create(() => new MachineHost(makeMachine, snapshots));

    private SessionsNow SessionsNow => new(_sessions.Count, _sessions.Time);

    // What the machine throws ends this actor, and the supervisors log it.
    protected override bool AroundReceive(Receive receive, object message)
    {
        try
        {
            return base.AroundReceive(receive, message);
        }
        catch (Exception e) when (UserFailure.Printable(e) is UnprintableException printable)
        {
            throw printable;
        }
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case RestoreEnded ended:    OnRestoreEnded(ended);                       break;
            case GoOn:                  OnGoOn();                                    break;
            case var _ when HasToWait:  _behindRestore.Enqueue((message, Sender));   break;
            default:                    Handle(message, Sender);                     break;
        }
    }

    private static IStateMachine Make(Func<IStateMachine> makeMachine)
    {
        try
        {
            return makeMachine();
        }
        catch (Exception e) when (UserFailure.Printable(e) is UnprintableException printable)
        {
            throw printable;
        }
    }

    private void Handle(object message, IActorRef from)
    {
        switch (message)
        {
            case ApplyEntries apply:      OnApplyEntries(apply, from);      break;
            case AnswerQueries queries:   OnAnswerQueries(queries, from);   break;
            case SessionNews news:        OnSessionNews(news, from);        break;
            case CaptureSnapshot:         OnCaptureSnapshot(from);          break;
            case SnapshotWritten:         OnSnapshotEnded(message);         break;
            case SnapshotNotWritten:      OnSnapshotEnded(message);         break;
            case RestoreSnapshot restore: OnRestoreSnapshot(restore, from); break;
            default:                      Unhandled(message);               break;
        }
    }

    private void OnApplyEntries(ApplyEntries apply, IActorRef server)
    {
        var nextWaiter = 0;
        foreach (var entry in apply.Entries)
        {
            Invariant.Holds(entry.Index == _applied.Next, "entries are applied in order, each once");

            var waiter = nextWaiter < apply.Waiters.Count && apply.Waiters[nextWaiter].Index == entry.Index
                ? apply.Waiters[nextWaiter++]
                : (Waiter?)null;
            var results = Apply(entry, isAwaited: waiter is not null);
            (_applied, _appliedTerm) = (entry.Index, entry.Term);
            waiter?.From.Tell(new ProposalApplied(waiter.Value.Batch, entry.Index, results));
        }

        Invariant.Holds(nextWaiter == apply.Waiters.Count, "everyone who waits waits for an entry that was applied");
        server.Tell(new Applied(_applied, SessionsNow));
    }

    private CommandResult[] Apply(LogEntry entry, bool isAwaited)
    {
        switch (entry.Kind)
        {
            case EntryKind.NoOp:
                return [];

            case EntryKind.Configuration:
                _configuration = entry.Payload.ToArray();   // Of a message's buffer, which snapshots should not keep.
                return [];

            case EntryKind.RegisterSession:
                _sessions.Register(entry.Index);
                return [];

            case EntryKind.OpenSession:
                var opening = DecodeOpening(entry);
                _sessions.Register(entry.Index, opening.Token, opening.Owner);
                return [];

            case EntryKind.CloseSession:
                _sessions.Close(DecodeClosing(entry).Session);
                return [];

            case EntryKind.Commands:
                if (isAwaited) return _sessions.Execute(entry.Index, Decode(entry), _machine);
                _sessions.ExecuteUnanswered(entry.Index, Decode(entry), _machine);
                return [];

            case EntryKind.Clock:
                _sessions.Tick(DecodeTick(entry));
                return [];

            case EntryKind.Queries:
                return [];   // Of an old log: whoever asked has had an answer, or waits no more.

            default:
                throw new InvariantBrokenException($"entry {entry} is of a kind that this version does not know");
        }
    }

    private void OnSessionNews(SessionNews news, IActorRef leader)
    {
        if (_sessions.Contains(news.Session)) leader.Tell(new SessionConfirmed(news));
    }

    private static SessionOpening DecodeOpening(LogEntry entry) =>
        SessionOpening.TryDecode(entry.Payload.Span, out var opening)
            ? opening
            : throw new InvariantBrokenException($"entry {entry} opens no session: every session actor encodes that itself");

    private static SessionClosing DecodeClosing(LogEntry entry) =>
        SessionClosing.TryDecode(entry.Payload.Span, out var closing)
            ? closing
            : throw new InvariantBrokenException($"entry {entry} closes no session: a leader wrote it");

    private static CommandBatch Decode(LogEntry entry) =>
        CommandBatch.TryDecode(entry.Payload, out var batch)
            ? batch
            : throw new InvariantBrokenException($"entry {entry} holds no batch of commands: every session checks that first");

    private static ClockTick DecodeTick(LogEntry entry) =>
        ClockTick.TryDecode(entry.Payload.Span, out var tick)
            ? tick
            : throw new InvariantBrokenException($"entry {entry} holds no tick of the clock: a leader wrote it");
}
