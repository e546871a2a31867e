using Akka.Actor;
using Akka.Event;
using RaftAkka.Protocol;

namespace RaftAkka.Log;

/// <summary>
/// One server's log, term and vote on a disk, on a thread of its own. All writes that queue while one sync
/// runs share the next. A broken disk or a damaged log fails the actor with a message for people, and its
/// supervisor must stop the node: what was not acknowledged stays so, and a start from the disk is the only
/// way on.
/// </summary>
internal sealed class DurableLog : UntypedActor
{
    private readonly Func<IDisk> _openDisk;
    private readonly LogSettings _settings;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly WriteQueue _queue = new();

    // What stopping has to close.
    private IDisk? _disk;
    private Journal? _journal;
    private ICancelable? _retry;

    private bool _flushSent;
    private bool _writing;   // Stays set when a write fails, so that stopping does not touch the disk again.

    public DurableLog(Func<IDisk> openDisk, LogSettings settings) =>
        (_openDisk, _settings) = (openDisk, settings);

    /// <summary>How to start a log, on the dispatcher <c>raft.log-dispatcher</c>.</summary>
    /// <param name="openDisk">
    /// Opens the log's own directory: called when the log is to open, and closed by the log.
    /// </param>
    /// <param name="settings">How the log keeps its files.</param>
    public static Props Props(Func<IDisk> openDisk, LogSettings settings) =>
        Akka.Actor.Props.Create(() => new DurableLog(openDisk, settings))
            .WithDispatcher("raft.log-dispatcher");

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
            _journal?.Dispose();
            _disk?.Dispose();
        }
    }

    private void Writing(OpenedLog log, object message)
    {
        switch (message)
        {
            case WriteLog write: OnWriteLog(log, write); SendFlush(); break;
            case Flush:          OnFlush(log);                        break;
            case MarkIfIdle:     OnMarkIfIdle(log);                   break;
            case ReadLog read:   OnReadLog(log, read);                break;
            default:             Unhandled(message);                  break;
        }
    }

    private void OutOfSpace(OpenedLog log, object message)
    {
        switch (message)
        {
            case WriteLog write: OnWriteLog(log, write);              break;   // Waits for the retry.
            case RetryFlush:     OnRetryFlush(log);                   break;
            case ReadLog read:   OnReadLog(log, read);                break;
            // What waits brings the mark along.
            case MarkIfIdle:                                          break;
            default:             Unhandled(message);                  break;
        }
    }

    private void OnOpenLog(OpenLog open)
    {
        _disk = _openDisk();
        var faults = new LogFaults(open.Identity, _disk.Location);
        try
        {
            _journal = Journal.Open(_disk, open.Identity, _settings);
        }
        catch (DiskException e)
        {
            throw faults.NotOpened(e);
        }

        var opened = new OpenedLog(open.Identity.Server, Sender, _journal, faults);
        Become(message => Writing(opened, message));
        Sender.Tell(Answer(opened));
        Self.Tell(MarkIfIdle.Instance);
    }

    private LogOpened Answer(OpenedLog log)
    {
        var contents = log.Journal.Contents;
        if (log.Journal.BytesCut > 0)
            _log.Warning(
                "raft {0}: cut off {1} bytes from {2} on: an interrupted write, never acknowledged.",
                log.Name, log.Journal.BytesCut, log.Journal.Position);
        _log.Info("raft {0}: the log in {1} is open: term {2}, last entry {3}.",
            log.Name, _disk!.Location, contents.HardState.Term, contents.Last);

        var tail = OnDisk(log, () => log.Journal.ReadTail(_settings.TailBytesMax));
        return new LogOpened(contents.HardState, [.. contents.Terms], contents.Last, tail)
        {
            IsNew = log.Journal.IsNew,
        };
    }

    private void OnWriteLog(OpenedLog log, WriteLog write)
    {
        if (write.Ticket <= _queue.LastTicket)
            throw log.Faults.NotAllowed($"ticket {write.Ticket.Value} came after {_queue.LastTicket.Value}");
        if (!write.Entries.IsEmpty && write.Entries.First.Index > LastIndex(log).Next)
            throw log.Faults.NotAllowed(
                $"entry {write.Entries.First.Id} cannot follow index {LastIndex(log)}");

        _queue.Add(write);
    }

    // Everything that is in the mailbox now comes before the flush, and shares its sync.
    private void SendFlush()
    {
        if (_flushSent) return;
        _flushSent = true;
        Self.Tell(Flush.Instance);
    }

    private void OnFlush(OpenedLog log)
    {
        _flushSent = false;
        if (TryFlush(log) is not { } noSpace)
        {
            Self.Tell(MarkIfIdle.Instance);
            return;
        }

        _log.Warning("raft {0}: {1}", log.Name, log.Faults.OutOfSpace(noSpace));
        log.Server.Tell(new LogOutOfSpace(log.Faults.OutOfSpace(noSpace)));
        Become(message => OutOfSpace(log, message));
        ScheduleRetry();
    }

    private void OnRetryFlush(OpenedLog log)
    {
        if (TryFlush(log) is not null)
        {
            ScheduleRetry();
            return;
        }

        _log.Info("raft {0}: the disk of {1} has space again; all that waited is written.",
            log.Name, _disk!.Location);
        log.Server.Tell(new LogHasSpace());
        Become(message => Writing(log, message));
        Self.Tell(MarkIfIdle.Instance);
    }

    /// <returns>Why there is no space; null if everything is durable and acknowledged.</returns>
    private DiskException? TryFlush(OpenedLog log)
    {
        _writing = true;
        try
        {
            _queue.WriteTo(log.Journal);
        }
        catch (DiskException e) when (e.Failure == DiskFailure.NoSpace)
        {
            _writing = false;
            return e;
        }
        catch (DiskException e)
        {
            throw log.Faults.NotWritten(e);
        }

        _writing = false;
        log.Server.Tell(new LogWritten(_queue.LastTicket));
        return null;
    }

    private void ScheduleRetry() =>
        _retry = Context.System.Scheduler.ScheduleTellOnceCancelable(
            _settings.NoSpaceRetryInterval, Self, RetryFlush.Instance, Self);

    private void OnMarkIfIdle(OpenedLog log)
    {
        if (_flushSent) return;   // The next records take the mark along.

        _writing = true;
        try
        {
            log.Journal.Mark();
        }
        catch (DiskException e)
        {
            throw log.Faults.NotWritten(e);
        }

        _writing = false;
    }

    private void OnReadLog(OpenedLog log, ReadLog read)
    {
        var entries = new List<LogEntry>();
        var to = LogIndex.Min(read.To, LastIndex(log));
        if (read.From >= new LogIndex(1) && read.From <= to)
        {
            // What waits replaces what the journal has from its first index on.
            var waitsFrom = _queue.EndFrom ?? to.Next;
            var bytes = read.From < waitsFrom
                ? OnDisk(log, () => log.Journal.Read(
                    read.From, LogIndex.Min(to, waitsFrom.Previous), read.BytesMax, entries))
                : 0;
            var next = read.From + entries.Count;
            if (next >= waitsFrom && next <= to) _queue.Read(next, to, read.BytesMax - bytes, entries);
        }

        Sender.Tell(new LogRead(read.From, LogSlice.Of([.. entries]), read.Token));
    }

    private LogIndex LastIndex(OpenedLog log) => _queue.Last ?? log.Journal.Contents.Last.Index;

    private static T OnDisk<T>(OpenedLog log, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (DiskException e)
        {
            throw log.Faults.NotRead(e);
        }
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
}
