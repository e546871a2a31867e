using RaftAkka.Log;
using RaftAkka.Protocol;
using RaftAkka.Server;
using Xunit;
using static RaftAkka.Tests.Server.Cast.Logs;

namespace RaftAkka.Tests.Server;

public sealed class WriteLedgerTests
{
    private static readonly ServerId Ann = new("ann");

    [Fact]
    public void A_ticket_can_be_written_to_a_log_line() =>
        Assert.Equal("3", WriteTicket.None.Next.Next.Next.ToString());

    [Fact]
    public void What_was_read_back_is_durable_and_what_is_submitted_is_not_yet()
    {
        var ledger = new WriteLedger(At(4));

        var write = ledger.Submit(Entries(5, 1, 1));
        Assert.Equal((At(4), false), (ledger.Durable, ledger.IsDurable(write)));

        ledger.Acknowledge(write);
        Assert.Equal((At(6), true), (ledger.Durable, ledger.IsDurable(write)));
    }

    [Fact]
    public void A_replaced_entry_is_no_longer_durable()
    {
        var ledger = new WriteLedger(At(4));

        var write = ledger.Submit(Entries(3, 2));
        Assert.Equal(At(2), ledger.Durable);

        ledger.Acknowledge(write);
        Assert.Equal(At(3), ledger.Durable);
    }

    [Fact]
    public void An_older_write_does_not_speak_for_the_indexes_that_were_replaced_since()
    {
        var ledger = new WriteLedger(At(4));
        var old = ledger.Submit(Entries(5, 1, 1, 1));
        var replacement = ledger.Submit(Entries(6, 2));

        ledger.Acknowledge(old);
        Assert.Equal(At(5), ledger.Durable);   // Of its own entries only the first is still in the log.

        ledger.Acknowledge(replacement);
        Assert.Equal(At(6), ledger.Durable);
    }

    [Fact]
    public void A_write_of_the_hard_state_alone_makes_no_entry_durable()
    {
        var ledger = new WriteLedger(At(4));
        ledger.Submit(Entries(5, 1));
        ledger.Submit();
        ledger.Submit(LogSlice.Empty);
        Assert.Equal(At(4), ledger.Durable);

        ledger.Acknowledge(ledger.Last);
        Assert.Equal(At(5), ledger.Durable);
    }

    [Fact]
    public void A_late_acknowledgement_takes_nothing_back()
    {
        var ledger = new WriteLedger(At(4));
        var first = ledger.Submit(Entries(5, 1));
        var second = ledger.Submit(Entries(6, 1));

        ledger.Acknowledge(second);
        ledger.Acknowledge(first);

        Assert.Equal((At(6), true), (ledger.Durable, ledger.IsDurable(second)));
    }

    [Fact]
    public void An_acknowledgement_of_what_was_never_submitted_is_a_broken_invariant() =>
        Assert.Throws<InvariantBrokenException>(() => new WriteLedger(At(4)).Acknowledge(new WriteTicket(1)));

    [Fact]
    public void A_kept_message_is_due_once_its_own_write_is_durable()
    {
        var ledger = new WriteLedger(At(0));
        var (first, second) = (ledger.Submit(), ledger.Submit());
        var (early, late) = (Message(1), Message(2));
        ledger.Keep(first, Ann, early);
        ledger.Keep(second, Ann, late);

        Assert.False(ledger.TryTakeKept(out _, out _));

        ledger.Acknowledge(first);
        Assert.True(ledger.TryTakeKept(out var to, out var message));
        Assert.Equal((Ann, early), (to, message));
        Assert.False(ledger.TryTakeKept(out _, out _));

        ledger.Acknowledge(second);
        Assert.True(ledger.TryTakeKept(out _, out message));
        Assert.Equal(late, message);
    }

    [Fact]
    public void Writes_from_before_a_compaction_that_empties_the_log_do_not_speak_for_it()
    {
        var ledger = new WriteLedger(At(0));
        var durable = ledger.Submit(Entries(1, 1, 1, 1, 1, 1));
        ledger.Acknowledge(durable);
        var late = ledger.Submit(Entries(6, 1, 1, 1));

        var compaction = ledger.SubmitCompaction(At(3), keepsEntries: false);
        Assert.Equal(At(0), ledger.Durable);
        ledger.Acknowledge(late);
        Assert.Equal(At(0), ledger.Durable);

        ledger.Acknowledge(compaction);
        Assert.Equal(At(3), ledger.Durable);
    }

    [Fact]
    public void A_forgotten_message_is_never_due()
    {
        var ledger = new WriteLedger(At(0));
        var write = ledger.Submit();
        ledger.Keep(write, Ann, Message(1));

        ledger.ForgetPromises();
        ledger.Acknowledge(write);

        Assert.False(ledger.TryTakeKept(out _, out _));
    }

    [Theory]
    [InlineData(41)]
    [InlineData(42)]
    [InlineData(43)]
    public void It_calls_durable_what_a_disk_with_every_write_in_view_would(int seed)
    {
        var random = new Random(seed);
        var ledger = new WriteLedger(At(0));
        var log = new List<long>();       // The ticket of the write that put each entry there.
        var acknowledged = 0L;

        for (var step = 0; step < 2_000; step++)
        {
            if (random.Next(3) == 0 && acknowledged < ledger.Last.Value)
            {
                acknowledged += random.Next(1, (int)(ledger.Last.Value - acknowledged) + 1);
                ledger.Acknowledge(new WriteTicket(acknowledged));
            }
            else
            {
                var from = random.Next(5) == 0 ? random.Next(Math.Max(0, log.Count - 6), log.Count + 1) : log.Count;
                var count = random.Next(4);
                var ticket = ledger.Submit(Entries(from + 1, [.. Enumerable.Repeat(1, count)]));
                if (count > 0)
                {
                    log.RemoveRange(from, log.Count - from);
                    log.AddRange(Enumerable.Repeat(ticket.Value, count));
                }
            }

            var durable = log.FindIndex(ticket => ticket > acknowledged) is var first and >= 0 ? first : log.Count;
            Assert.Equal(At(durable), ledger.Durable);
        }
    }

    private static VoteReply Message(int term) =>
        new(new MessageHeader(new ClusterId("c"), new GroupName("g"), Ann, new Term(term)), Granted: true);
}
