using Akka.Actor;
using Akka.Event;
using RaftAkka.Dispatch;

namespace RaftAkka.Log;

/// <summary>Writing: one sync for all that queued, and waiting for space where there is none.</summary>
internal sealed partial class DurableLog
{
    private void OnWriteLog(OpenedLog log, WriteLog write)
    {
        CheckOrder(log, write.Ticket);
        if (!write.Entries.IsEmpty && write.Entries.First.Index > LastIndex(log).Next)
            throw log.Faults.NotAllowed(
                $"entry {write.Entries.First.Id} cannot follow index {LastIndex(log)}");

        _queue.Add(write);
    }

    private void OnCompactLog(OpenedLog log, CompactLog compact)
    {
        CheckOrder(log, compact.Ticket);
        _queue.Add(compact, log.Journal.Contents);
    }

    private void CheckOrder(OpenedLog log, WriteTicket ticket)
    {
        if (ticket <= _queue.LastTicket)
            throw log.Faults.NotAllowed($"ticket {ticket.Value} came after {_queue.LastTicket.Value}");
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
            SendDeletion(log);
            return;
        }

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

        log.Server.Tell(new LogHasSpace());
        Become(message => Writing(log, message));
        Self.Tell(MarkIfIdle.Instance);
        SendDeletion(log);
    }

    /// <returns>Why there is no space; null if everything is durable and acknowledged.</returns>
    private DiskException? TryFlush(OpenedLog log)
    {
        var noSpace = TryWrite(log);
        if (noSpace is not null && TryFreeSpace(log)) noSpace = TryWrite(log);
        if (noSpace is not null) return noSpace;

        _lacksResources = false;
        TellConcernInNewSegment(log);

        // Last: the server runs on this thread, behind this message. It must not wait for what the disk is asked besides.
        log.Server.Tell(new LogWritten(_queue.LastTicket));
        return null;
    }

    // Whether the directory is still where it was matters when the next file's name is made in it.
    private void TellConcernInNewSegment(OpenedLog log)
    {
        if (log.Journal.ActiveName == _lastSegment) return;
        _lastSegment = log.Journal.ActiveName;
        TellConcern(log.Name);
    }

    private DiskException? TryWrite(OpenedLog log) =>
        TryOnDisk(() => _queue.WriteTo(log.Journal), log.Faults.NotWritten);

    // A base that waits behind writes that wait for space would wait for ever: it goes ahead of them.
    private bool TryFreeSpace(OpenedLog log)
    {
        var noSpace = TryOnDisk(() =>
        {
            _queue.CompactAhead(log.Journal);
            log.Journal.Sync();
        }, log.Faults.NotWritten);
        if (noSpace is not null || !log.Journal.HasUnneeded) return false;

        while (noSpace is null && log.Journal.HasUnneeded)
            noSpace = TryOnDisk(() => log.Journal.DeleteOldest(isSpaceNeeded: true), log.Faults.NotDeleted);
        return true;
    }

    // One segment at a time, behind whatever came in meanwhile, so that no write waits for all of them.
    private void OnDeleteUnneeded(OpenedLog log)
    {
        _deletionSent = false;
        if (!log.Journal.HasUnneeded) return;
        if (TryOnDisk(() => log.Journal.DeleteOldest(isSpaceNeeded: false), log.Faults.NotDeleted) is { } refused)
        {
            // It is tried with every write; one line says so until it succeeds.
            if (!_toldDeletionWaits)
                _log.Warning("raft {0}: an old log segment could not be deleted yet: {1}. It is tried again with the next "
                    + "writes. {2}", log.Name, refused.Message, refused.Cure);
            _toldDeletionWaits = true;
            return;
        }

        _toldDeletionWaits = false;
        SendDeletion(log);
    }

    private void SendDeletion(OpenedLog log)
    {
        if (_deletionSent || !log.Journal.HasUnneeded) return;
        _deletionSent = true;
        Self.Tell(DeleteUnneeded.Instance);
    }

    /// <returns>Why there is no space; null if it was done.</returns>
    private DiskException? TryOnDisk(Action change, Func<DiskException, DiskException> broken)
    {
        _writing = true;
        DiskException? noSpace = null;
        try
        {
            change();
        }
        catch (DiskException e) when (e.MayPass)
        {
            noSpace = e;
        }
        catch (DiskException e)
        {
            throw broken(e);
        }

        _writing = false;
        return noSpace;
    }

    private void ScheduleRetry() =>
        _retry = Context.System.Scheduler.TellAfter(_settings.NoSpaceRetryInterval, Self, RetryFlush.Instance);

    private void OnMarkIfIdle(OpenedLog log)
    {
        if (_flushSent) return;   // The next records take the mark along.
        TryOnDisk(log.Journal.Mark, log.Faults.NotWritten);
    }
}
