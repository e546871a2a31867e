using RaftAkka.Log;
using RaftAkka.Protocol;
using RaftAkka.Tests.Server.Cast;
using Xunit;
using static RaftAkka.Tests.Server.Cast.Logs;

namespace RaftAkka.Tests.Server;

public sealed class ReplicationTests : ServerStory
{
    [Fact]
    public void Until_a_follower_says_what_it_has_one_message_at_a_time_looks_for_it()
    {
        Leads(term: 5);

        Cora.Proposes(batch: 1);
        Cora.Proposes(batch: 2);
        Ann.HearsNothing();   // The leader's first entry is on its way and unanswered.

        Ann.Accepts(term: 5, matched: 1);
        Assert.Equal([Id(2, 5), Id(3, 5)], Ann.Hears<AppendEntries>().Entries.Ids());
    }

    [Fact]
    public void Afterwards_nothing_waits_for_an_answer()
    {
        LeadsInHarmony(term: 5);

        Cora.Proposes(batch: 1);
        Cora.Proposes(batch: 2);

        var (first, second) = (Ann.Hears<AppendEntries>(), Ann.Hears<AppendEntries>());
        Assert.Equal((Id(1, 5), Id(2, 5)), (first.Previous, Assert.Single(first.Entries).Id));
        Assert.Equal((Id(2, 5), Id(3, 5)), (second.Previous, Assert.Single(second.Entries).Id));
    }

    [Fact]
    public void So_many_entries_are_on_their_way_and_no_more()
    {
        Settings = Settings with { WindowEntriesMax = 2 };
        LeadsInHarmony(term: 5);
        for (var batch = 1; batch <= 5; batch++) Cora.Proposes(batch);
        Assert.Equal([Id(2, 5), Id(3, 5)], SentTo(Ann));

        Ann.Accepts(term: 5, matched: 2);   // One place is free; what waited goes together.
        Assert.Equal([Id(4, 5), Id(5, 5)], SentTo(Ann));

        Ann.Accepts(term: 5, matched: 5);
        Assert.Equal([Id(6, 5)], SentTo(Ann));
        Assert.Equal([Id(2, 5), Id(3, 5)], SentTo(Bea));   // Each follower has a window of its own.
    }

    [Fact]
    public void So_many_bytes_are_on_their_way_and_no_more()
    {
        Settings = Settings with { WindowBytesMax = 1_000 };
        LeadsInHarmony(term: 5);
        for (var batch = 1; batch <= 5; batch++) Cora.Proposes(batch, new string('x', 500));
        Assert.Equal([Id(2, 5), Id(3, 5)], SentTo(Ann));

        Ann.Accepts(term: 5, matched: 3);
        Assert.Equal([Id(4, 5), Id(5, 5), Id(6, 5)], SentTo(Ann));
    }

    [Fact]
    public void A_message_has_so_many_bytes_and_an_entry_that_is_larger_goes_alone()
    {
        Settings = Settings with { AppendBytesMax = 200 };
        LeadsInHarmony(term: 5);

        AllAtOnce(() =>
        {
            Cora.Proposes(batch: 1, new string('x', 50));
            Cora.Proposes(batch: 2, new string('x', 50));
            Cora.Proposes(batch: 3, new string('x', 500));
            Cora.Proposes(batch: 4, new string('x', 50));
        });

        Assert.Equal([[Id(2, 5), Id(3, 5)], [Id(4, 5)], [Id(5, 5)]],
            Ann.HearsAll().Cast<AppendEntries>().Select(append => append.Entries.Ids().ToArray()));
    }

    [Fact]
    public void A_follower_that_is_behind_is_met_where_its_log_ends()
    {
        Leads(term: 5, log: [1, 1, 4, 4]);

        Ann.Rejects(term: 5, rejected: Id(4, 4), conflict: Id(2, 0));

        var append = Ann.Hears<AppendEntries>();
        Assert.Equal((Id(1, 1), At(5)), (append.Previous, append.Entries.Last.Index));
    }

    [Fact]
    public void Figure_7_f_a_follower_that_differs_is_met_behind_the_last_common_term()
    {
        Leads(term: 8, log: [1, 1, 1, 4, 4, 5, 5, 6, 6, 6]);

        // It has 1 1 1 2 2 2 3 3 3 3 3.
        Ann.Rejects(term: 8, rejected: Id(10, 6), conflict: Id(7, 3));

        var append = Ann.Hears<AppendEntries>();
        Assert.Equal((Id(3, 1), At(11)), (append.Previous, append.Entries.Last.Index));
        Ann.Accepts(term: 8, matched: 11);
        Assert.Equal(At(11), Status().CommitIndex);
    }

    [Fact]
    public void A_rejection_of_an_older_question_does_not_start_the_search_anew()
    {
        Leads(term: 5, log: [1, 1, 4, 4]);
        Ann.Rejects(term: 5, rejected: Id(4, 4), conflict: Id(3, 0));
        Assert.Equal(Id(2, 1), Ann.Hears<AppendEntries>().Previous);

        Ann.Rejects(term: 5, rejected: Id(4, 4), conflict: Id(3, 0));   // It came twice.

        Ann.HearsNothing();
    }

    [Fact]
    public void What_matched_once_is_not_asked_about_again()
    {
        LeadsInHarmony(term: 5, log: [1, 1]);
        Cora.Proposes(batch: 1);
        ForgetAllThatWasSaid();

        Ann.Rejects(term: 5, rejected: Id(2, 1), conflict: Id(1, 0));   // From before Ann had anything.

        Ann.HearsNothing();
    }

    [Fact]
    public void The_rejection_of_an_earlier_leaderships_append_is_not_taken_for_an_empty_log()
    {
        Leads(term: 5, log: [4, 4]);

        // Ann knew of term 5 before it got an append of term 4, and says so only now.
        Ann.Rejects(term: 5, rejected: Id(2, 4), conflict: EntryId.Zero);

        Ann.HearsNothing();
    }

    [Fact]
    public void A_lost_message_shows_at_the_next_one_and_is_sent_again()
    {
        LeadsInHarmony(term: 5);
        Cora.Proposes(batch: 1);
        Cora.Proposes(batch: 2);
        Assert.Equal([Id(2, 5), Id(3, 5)], SentTo(Ann));

        // 2@5 never arrived.
        Ann.Rejects(term: 5, rejected: Id(2, 5), conflict: Id(2, 0));

        Assert.Equal([Id(2, 5), Id(3, 5)], SentTo(Ann));
    }

    [Fact]
    public void A_lost_last_message_shows_at_the_next_heartbeat()
    {
        LeadsInHarmony(term: 5);
        Cora.Proposes(batch: 1);
        ForgetAllThatWasSaid();

        Wait(50);
        Assert.Equal(Id(2, 5), Ann.Hears<AppendEntries>().Previous);
        Ann.Rejects(term: 5, rejected: Id(2, 5), conflict: Id(2, 0));

        Assert.Equal([Id(2, 5)], SentTo(Ann));
    }

    [Fact]
    public void A_lost_first_message_shows_when_a_heartbeat_is_answered()
    {
        Leads(term: 5, log: [4]);

        Wait(50);
        Assert.Equal((Id(1, 4), 0), (Ann.Hears<AppendEntries>() is var beat ? beat.Previous : default, beat.Entries.Count));
        Ann.Accepts(term: 5, matched: 1);

        Assert.Equal([Id(2, 5)], SentTo(Ann));
    }

    [Fact]
    public void A_lost_first_message_that_filled_the_window_does_not_fill_it_for_ever()
    {
        Settings = Settings with { WindowEntriesMax = 2 };
        Leads(term: 5, log: [4, 4, 4]);
        Ann.Rejects(term: 5, rejected: Id(3, 4), conflict: Id(2, 0));
        Assert.Equal([Id(2, 4), Id(3, 4)], SentTo(Ann));   // Lost.

        Wait(50);
        Ann.Accepts(term: 5, matched: 1);

        Assert.Equal([Id(2, 4), Id(3, 4)], SentTo(Ann));
    }

    [Fact]
    public void An_acceptance_of_less_takes_nothing_back()
    {
        LeadsInHarmony(term: 5);
        Cora.Proposes(batch: 1);
        Disk.CatchesUp();
        Ann.Accepts(term: 5, matched: 2);
        Assert.Equal(At(2), Status().CommitIndex);
        ForgetAllThatWasSaid();

        Ann.Accepts(term: 5, matched: 1);
        Cora.Proposes(batch: 2);

        Assert.Equal([Id(3, 5)], SentTo(Ann));
    }

    [Fact]
    public void Entries_that_have_left_memory_are_read_back_and_sent()
    {
        Leads(term: 5, log: [1, 1, 4, 4], cached: 1);

        Ann.Rejects(term: 5, rejected: Id(4, 4), conflict: Id(2, 0));
        var read = Disk.Hears<ReadLog>();
        Assert.Equal((At(2), At(5), Settings.AppendBytesMax), (read.From, read.To, read.BytesMax));
        Ann.HearsNothing();

        Disk.Returns(read, Entries(2, 1, 4));
        var append = Ann.Hears<AppendEntries>();
        Assert.Equal(Id(1, 1), append.Previous);
        Assert.Equal([Id(2, 1), Id(3, 4)], append.Entries.Ids());

        // The rest is in memory.
        Ann.Accepts(term: 5, matched: 3);
        Assert.Equal([Id(4, 4), Id(5, 5)], SentTo(Ann));
        Disk.HearsNothing();
    }

    [Fact]
    public void One_reading_at_a_time_is_enough()
    {
        Leads(term: 5, log: [1, 1, 4, 4], cached: 1);
        Ann.Rejects(term: 5, rejected: Id(4, 4), conflict: Id(2, 0));
        Disk.Hears<ReadLog>();

        Cora.Proposes(batch: 1);

        Disk.Takes();
        Disk.HearsNothing();
    }

    [Fact]
    public void What_was_read_for_a_place_that_the_follower_has_left_is_not_sent()
    {
        Leads(term: 5, log: [1, 1, 4, 4], cached: 1);
        Ann.Rejects(term: 5, rejected: Id(4, 4), conflict: Id(3, 0));
        var read = Disk.Hears<ReadLog>();

        Ann.Accepts(term: 5, matched: 4);   // An answer that was on its way: Ann has more than was thought.
        ForgetAllThatWasSaid();
        Disk.Returns(read, Entries(3, 4, 4));

        Assert.Equal([Id(5, 5)], SentTo(Ann));
    }

    [Fact]
    public void What_was_read_for_an_earlier_leadership_is_not_sent()
    {
        Settings = Settings with { CacheBytesMax = 1 };
        Leads(term: 5, log: [1, 1, 4, 4]);
        Ann.Rejects(term: 5, rejected: Id(4, 4), conflict: Id(2, 0));
        var old = Disk.Hears<ReadLog>();

        // Bea leads term 6 and replaces what was read; then Sam leads again, and Ann still lacks the same entries.
        Bea.Appends(term: 6, previous: Id(1, 1), Entries(2, 6, 6, 6));
        WaitUntil(ServerRole.PreCandidate);
        Bea.PreVotes(proposed: 7);
        Disk.CatchesUp();
        Bea.Votes(term: 7);
        Disk.CatchesUp();
        ForgetAllThatWasSaid();
        Ann.Rejects(term: 7, rejected: Id(4, 6), conflict: Id(2, 0));
        var read = Disk.Hears<ReadLog>();

        Disk.Returns(old, Entries(2, 1, 4));
        Ann.HearsNothing();   // They are not Sam's entries any more.

        Disk.Returns(read, Entries(2, 6, 6));
        Assert.Equal([Id(2, 6), Id(3, 6)], SentTo(Ann));
    }

    private static EntryId[] SentTo(Peer peer) =>
        [.. peer.HearsAll().Cast<AppendEntries>().SelectMany(append => append.Entries.Ids())];
}
