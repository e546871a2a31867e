using Akka.Actor;
using RaftAkka.Dispatch;
using RaftAkka.Protocol;

namespace RaftAkka.Log;

/// <summary>Reading back what is on the disk, and what waits to be.</summary>
internal sealed partial class DurableLog
{
    private void OnReadLog(OpenedLog log, ReadLog read)
    {
        try
        {
            Sender.Tell(new LogRead(read.From, LogSlice.Of([.. Entries(log, read)]), read.Token));
        }
        catch (DiskException e) when (e.Failure == DiskFailure.OutOfResources)
        {
            // The reader waits: what it asked for is on the disk, and can be read once a file can be opened.
            WarnOfResources(log.Name, e);
            Context.System.Scheduler.TellAfter(_settings.NoSpaceRetryInterval, Self, read, Sender);
        }
    }

    private List<LogEntry> Entries(OpenedLog log, ReadLog read)
    {
        var entries = new List<LogEntry>();
        var to = LogIndex.Min(read.To, LastIndex(log));
        if (read.From > (_queue.Base ?? log.Journal.Contents.Base).Index && read.From <= to)
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

        return entries;
    }

    private LogIndex LastIndex(OpenedLog log) => _queue.Last ?? log.Journal.Contents.Last.Index;

    private static T OnDisk<T>(OpenedLog log, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (DiskException e) when (e.Failure != DiskFailure.OutOfResources)
        {
            throw log.Faults.NotRead(e);
        }
    }
}
