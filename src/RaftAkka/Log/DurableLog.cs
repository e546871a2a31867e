using Akka.Actor;
using Akka.Event;
using RaftAkka.Dispatch;
using RaftAkka.Protocol;

namespace RaftAkka.Log;

/// <summary>
/// One server's log, term and vote on a disk, on a thread of its own. All writes that queue while one sync
/// runs share the next. A broken disk or a damaged log fails the actor with a message for people, and its
/// supervisor must stop the node: what was not acknowledged stays so, and a start from the disk is the only
/// way on.
/// </summary>
internal sealed partial class DurableLog : UntypedActor
{
    private readonly Func<IDisk> _openDisk;
    private readonly LogSettings _settings;
    private readonly Func<bool> _hasSnapshots;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly WriteQueue _queue = new();

    // What stopping has to close.
    private IDisk? _disk;
    private Journal? _journal;
    private ICancelable? _retry;

    private bool _flushSent;
    private bool _deletionSent;
    private bool _lacksResources;
    private bool _toldDeletionWaits;
    private string? _toldConcern;
    private string? _lastSegment;
    private bool _writing;   // Stays set when a write fails, so that stopping does not touch the disk again.

    public DurableLog(Func<IDisk> openDisk, LogSettings settings, Func<bool> hasSnapshots) =>
        (_openDisk, _settings, _hasSnapshots) = (openDisk, settings, hasSnapshots);

    /// <summary>How to start a log, on the dispatcher <c>raft.log-dispatcher</c>.</summary>
    /// <param name="openDisk">
    /// Opens the log's own directory: called when the log is to open, and closed by the log.
    /// </param>
    /// <param name="settings">How the log keeps its files.</param>
    /// <param name="hasSnapshots">
    /// Whether this server has snapshots, or parts of some: then it had a log, and begins no new one. None where it is
    /// not given.
    /// </param>
    public static Props Props(Func<IDisk> openDisk, LogSettings settings, Func<bool>? hasSnapshots = null)
    {
        var asks = hasSnapshots ?? (static () => false);
        return Akka.Actor.Props.Create(() => new DurableLog(openDisk, settings, asks)).WithDispatcher("raft.log-dispatcher");
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case OpenLog open: OnOpenLog(open);    break;
            default:           Unhandled(message); break;
        }
    }

    protected override void PostStop()
    {
        _retry?.Cancel();
        try
        {
            if (!_writing) _journal?.Finish();
        }
        finally
        {
            CloseAll();
        }
    }

    private void CloseAll()
    {
        _journal?.Dispose();
        _disk?.Dispose();
        (_journal, _disk) = (null, null);
    }

    // Once for each concern: it stays, and the operator knows.
    private void TellConcern(ServerId server)
    {
        var concern = _disk?.Concern;
        if (concern is not null && concern != _toldConcern) _log.Warning("raft {0}: {1}.", server, concern);
        _toldConcern = concern ?? _toldConcern;
    }

    private void WarnOfResources(ServerId server, DiskException cause)
    {
        if (_lacksResources) return;
        _lacksResources = true;
        _log.Warning("raft {0}: a file of the log cannot be opened at the moment: {1}. Nothing is lost; it is tried again "
            + "every {2}. {3}", server, cause.Message, _settings.NoSpaceRetryInterval, cause.Cure);
    }

    private void Writing(OpenedLog log, object message)
    {
        switch (message)
        {
            case WriteLog write:     OnWriteLog(log, write);     SendFlush(); break;
            case CompactLog compact: OnCompactLog(log, compact); SendFlush(); break;
            case Flush:              OnFlush(log);                            break;
            case MarkIfIdle:         OnMarkIfIdle(log);                       break;
            case DeleteUnneeded:     OnDeleteUnneeded(log);                   break;
            case ReadLog read:       OnReadLog(log, read);                    break;
            default:                 Unhandled(message);                      break;
        }
    }

    private void OutOfSpace(OpenedLog log, object message)
    {
        switch (message)
        {
            case WriteLog write:     OnWriteLog(log, write);     break;   // Waits for the retry,
            case CompactLog compact: OnCompactLog(log, compact); break;   // and this too.
            case RetryFlush:         OnRetryFlush(log);          break;
            case ReadLog read:       OnReadLog(log, read);       break;
            // What waits brings the mark along, and the retry deletes what it can.
            case MarkIfIdle:                                     break;
            case DeleteUnneeded:     _deletionSent = false;      break;
            default:                 Unhandled(message);         break;
        }
    }

    private void OnOpenLog(OpenLog open)
    {
        try
        {
            var opened = Open(open);
            var answer = Answer(opened);
            Become(message => Writing(opened, message));
            Sender.Tell(answer);
            Self.Tell(MarkIfIdle.Instance);
            SendDeletion(opened);   // The last process may have ended before it had deleted everything.
        }
        catch (DiskException e) when (e.Failure == DiskFailure.OutOfResources)
        {
            CloseAll();
            WarnOfResources(open.Identity.Server, e);
            _retry = Context.System.Scheduler.TellAfter(_settings.NoSpaceRetryInterval, Self, open, Sender);
        }
    }

    private OpenedLog Open(OpenLog open)
    {
        var faults = new LogFaults(open.Identity, _disk?.Location ?? "");
        try
        {
            _disk = _openDisk();
            faults = new LogFaults(open.Identity, _disk.Location);
            if (!Journal.IsIn(_disk) && _hasSnapshots()) throw faults.SnapshotsWithoutLog();
            _journal = Journal.Open(_disk, open.Identity, _settings, open.NewDisk);
            TellConcern(open.Identity.Server);
            return new OpenedLog(open.Identity.Server, Sender, _journal, faults);
        }
        catch (DiskException e) when (e.Failure is not (DiskFailure.Locked or DiskFailure.OutOfResources))
        {
            throw faults.NotOpened(e);
        }
    }

    private LogOpened Answer(OpenedLog log)
    {
        var contents = log.Journal.Contents;
        if (log.Journal.BytesCut > 0)
            _log.Warning(
                "raft {0}: cut off {1} bytes from {2} on: no whole record is there, and no mark behind it. It is the end of "
                + "a write that a crash interrupted, which was not acknowledged; or the disk has lost the end of one "
                + "that was, which cannot be told from here. After a loss of power the first is usual.",
                log.Name, log.Journal.BytesCut, log.Journal.Position);
        _log.Info("raft {0}: the log in {1} is open: term {2}, base {3}, last entry {4}.",
            log.Name, _disk!.Location, contents.HardState.Term, contents.Base, contents.Last);

        var tail = OnDisk(log, () => log.Journal.ReadTail(_settings.TailBytesMax));
        return new LogOpened(contents.HardState, [.. contents.Terms], contents.Last, tail)
        {
            Base = contents.Base,
            Configurations = [.. contents.Configurations],
            Disk = log.Journal.Disk,
            IsNew = log.Journal.IsNew,
        };
    }

    /// <summary>A log that is open. Its server hears of its own writes.</summary>
    private sealed record OpenedLog(ServerId Name, IActorRef Server, Journal Journal, LogFaults Faults);

    private sealed class Flush
    {
        public static readonly Flush Instance = new();
    }

    private sealed class RetryFlush
    {
        public static readonly RetryFlush Instance = new();
    }

    private sealed class MarkIfIdle
    {
        public static readonly MarkIfIdle Instance = new();
    }

    private sealed class DeleteUnneeded
    {
        public static readonly DeleteUnneeded Instance = new();
    }
}
