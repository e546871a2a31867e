using RaftAkka.Log;
using RaftAkka.Protocol;
using RaftAkka.Simulation.Checks;
using Xunit;

namespace RaftAkka.Simulation.Tests;

/// <summary>What a server may have on its disk after a crash, and what it may not.</summary>
public sealed class ServerShadowTests
{
    private static readonly HardState State = new(new Term(1), Vote: null);

    private readonly ServerShadow _shadow = new(new ServerId("s1"), committed: index => EntryStamp.Of(Entry(index.Value)));

    public ServerShadowTests()
    {
        _shadow.Submit(new WriteLog(new WriteTicket(1), State, Entries(1, 3)));
        _shadow.Confirm(new LogWritten(new WriteTicket(1)));
    }

    [Fact]
    public void What_was_promised_has_to_be_there()
    {
        Assert.True(_shadow.MayRecover(Opened(@base: 0, last: 3)));
        Assert.False(_shadow.MayRecover(Opened(@base: 0, last: 2)));
        Assert.False(_shadow.MayRecover(Opened(@base: 0, last: 4)));
        Assert.False(_shadow.MayRecover(Opened(@base: 2, last: 3)));   // Nobody asked for that.
    }

    [Fact]
    public void Of_what_was_on_its_way_any_first_part_may_be_there()
    {
        _shadow.Submit(new WriteLog(new WriteTicket(2), HardState: null, Entries(4, 5)));

        foreach (var last in new[] { 3, 4, 5 }) Assert.True(_shadow.MayRecover(Opened(@base: 0, last)));
        Assert.False(_shadow.MayRecover(Opened(@base: 0, last: 6)));
    }

    // Seed 6080, while snapshots were new: a full disk, and the power failed before there was space for the write.
    [Fact]
    public void A_base_may_be_there_ahead_of_a_write_that_waits_for_space()
    {
        _shadow.Submit(new WriteLog(new WriteTicket(2), HardState: null, Entries(4, 4)));
        _shadow.Submit(new CompactLog(new WriteTicket(3), Entry(2).Id));

        Assert.True(_shadow.MayRecover(Opened(@base: 2, last: 3)));
        Assert.True(_shadow.MayRecover(Opened(@base: 2, last: 4)));
        Assert.False(_shadow.MayRecover(Opened(@base: 2, last: 2)));
        Assert.False(_shadow.MayRecover(Opened(@base: 3, last: 3)));
    }

    [Fact]
    public void A_base_behind_what_is_on_disk_does_not_go_ahead_of_the_write_that_brings_it()
    {
        _shadow.Submit(new WriteLog(new WriteTicket(2), HardState: null, Entries(4, 5)));
        _shadow.Submit(new CompactLog(new WriteTicket(3), Entry(4).Id));

        Assert.False(_shadow.MayRecover(Opened(@base: 4, last: 4)));
        Assert.True(_shadow.MayRecover(Opened(@base: 4, last: 5)));
    }

    private static LogEntry Entry(long index) =>
        LogEntry.Create(new EntryId(new Term(1), new LogIndex(index)), EntryKind.Commands, [(byte)index]);

    private static LogSlice Entries(long first, long last) =>
        LogSlice.Of([.. Enumerable.Range((int)first, (int)(last - first + 1)).Select(index => Entry(index))]);

    private static LogOpened Opened(long @base, long last)
    {
        var tail = @base < last ? Entries(@base + 1, last) : LogSlice.Empty;
        return new LogOpened(State, tail.IsEmpty ? [] : [tail.First.Id], tail.IsEmpty ? Entry(@base).Id : tail.Last.Id, tail)
        {
            Base = @base == 0 ? EntryId.Zero : Entry(@base).Id,
        };
    }
}
