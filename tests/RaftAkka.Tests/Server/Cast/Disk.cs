using Akka.Actor;
using Akka.TestKit;
using RaftAkka.Log;
using RaftAkka.Protocol;
using Xunit;

namespace RaftAkka.Tests.Server.Cast;

/// <summary>The server's log, played by the test: nothing is durable before the test says so.</summary>
internal sealed class Disk(TestProbe probe, Func<IActorRef> server) : Listener(probe, server)
{
    private WriteTicket _last;

    /// <summary>The next write that the server asks for.</summary>
    public WriteLog Takes()
    {
        var write = Hears<WriteLog>();
        Assert.Equal(_last.Next, write.Ticket);
        _last = write.Ticket;
        return write;
    }

    /// <summary>The compaction that the server asks for next.</summary>
    public CompactLog Compacts()
    {
        var compact = Hears<CompactLog>();
        Assert.Equal(_last.Next, compact.Ticket);
        _last = compact.Ticket;
        return compact;
    }

    public void Finishes(CompactLog compact) => Says(new LogWritten(compact.Ticket));

    /// <summary>Everything up to a write is durable.</summary>
    public void Finishes(WriteLog write) => Says(new LogWritten(write.Ticket));

    /// <summary>Everything that the server has asked for is durable, one acknowledgement for all of it.</summary>
    public void CatchesUp()
    {
        foreach (var message in HearsAll())
            _last = message is CompactLog compact ? compact.Ticket : Assert.IsType<WriteLog>(message).Ticket;
        Says(new LogWritten(_last));
    }

    /// <summary>Entries that the server asked to read back.</summary>
    public void Returns(ReadLog read, LogSlice entries) => Says(new LogRead(read.From, entries, read.Token));

    public static LogOpened Opened(int term, ServerId? vote, LogSlice log, int cached, EntryId @base = default)
    {
        var runs = log.Where((entry, i) => i == 0 || log[i - 1].Term != entry.Term).Select(entry => entry.Id);
        var tail = log.IsEmpty || cached == 0 ? LogSlice.Empty : log.From(Math.Max(0, log.Count - cached));
        return new LogOpened(
            new HardState(new Term(term), vote), [.. runs], log.IsEmpty ? @base : log.Last.Id, tail) { Base = @base };
    }
}
