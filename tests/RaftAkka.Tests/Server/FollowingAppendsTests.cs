using RaftAkka.Protocol;
using RaftAkka.Tests.Server.Cast;
using Xunit;
using static RaftAkka.Tests.Server.Cast.Logs;

namespace RaftAkka.Tests.Server;

public sealed class FollowingAppendsTests : ServerStory
{
    [Fact]
    public void Entries_are_acknowledged_only_once_they_are_on_disk()
    {
        FollowsAnn(term: 5, log: [5]);

        Ann.Appends(term: 5, previous: Id(1, 5), Entries(2, 5, 5));
        var write = Disk.Takes();
        Assert.Equal([Id(2, 5), Id(3, 5)], write.Entries.Ids());
        Ann.HearsNothing();

        Disk.Finishes(write);
        Assert.Equal(At(3), Ann.Hears<AppendAccepted>().Matched);
    }

    [Fact]
    public void Each_append_is_acknowledged_by_its_own_write()
    {
        FollowsAnn(term: 5, log: [5]);
        Ann.Appends(term: 5, previous: Id(1, 5), Entries(2, 5));
        Ann.Appends(term: 5, previous: Id(2, 5), Entries(3, 5));
        var (first, second) = (Disk.Takes(), Disk.Takes());

        Disk.Finishes(first);
        Assert.Equal(At(2), Ann.Hears<AppendAccepted>().Matched);
        Ann.HearsNothing();

        Disk.Finishes(second);
        Assert.Equal(At(3), Ann.Hears<AppendAccepted>().Matched);
    }

    [Fact]
    public void A_heartbeat_is_answered_at_once_with_what_is_on_disk_and_later_with_the_rest()
    {
        FollowsAnn(term: 5, log: [5]);
        Ann.Appends(term: 5, previous: Id(1, 5), Entries(2, 5, 5));

        Ann.Beats(term: 5, previous: Id(3, 5));
        Assert.Equal(At(1), Ann.Hears<AppendAccepted>().Matched);   // This server lives, however slow its disk is.
        Ann.HearsNothing();

        Disk.CatchesUp();
        Assert.Equal(At(3), Assert.IsType<AppendAccepted>(Assert.Single(Ann.HearsAll())).Matched);   // Once for both.
    }

    [Fact]
    public void A_heartbeat_acknowledges_no_more_than_it_proves()
    {
        FollowsAnn(term: 5, log: [3, 4, 4]);

        Ann.Beats(term: 5, previous: Id(1, 3));

        Assert.Equal(At(1), Ann.Hears<AppendAccepted>().Matched);   // What is behind it may differ from Ann's log.
    }

    [Fact]
    public void An_append_that_comes_twice_is_written_once_and_acknowledged_twice()
    {
        FollowsAnn(term: 5, log: [5]);
        Ann.Appends(term: 5, previous: Id(1, 5), Entries(2, 5));
        Disk.CatchesUp();
        Assert.Equal(At(2), Ann.Hears<AppendAccepted>().Matched);

        Ann.Appends(term: 5, previous: Id(1, 5), Entries(2, 5));

        Assert.Equal(At(2), Ann.Hears<AppendAccepted>().Matched);
        Disk.HearsNothing();
    }

    [Fact]
    public void A_late_append_does_not_cut_off_what_a_newer_one_brought()
    {
        FollowsAnn(term: 5, log: [5, 5, 5, 5]);

        Ann.Appends(term: 5, previous: Id(1, 5), Entries(2, 5));

        Assert.Equal(At(4), Status().LastIndex);
        Disk.HearsNothing();
    }

    [Fact]
    public void A_log_that_is_too_short_says_where_it_ends()
    {
        FollowsAnn(term: 5, log: [3, 3]);

        Ann.Appends(term: 5, previous: Id(6, 5), Entries(7, 5));

        var rejected = Ann.Hears<AppendRejected>();
        Assert.Equal((Id(6, 5), Id(3, 0)), (rejected.Rejected, rejected.Conflict));
        Disk.HearsNothing();
    }

    [Fact]
    public void A_log_that_differs_says_where_the_differing_term_starts()
    {
        FollowsAnn(term: 5, log: [1, 2, 2, 2]);

        Ann.Appends(term: 5, previous: Id(4, 4), Entries(5, 5));

        var rejected = Ann.Hears<AppendRejected>();
        Assert.Equal((Id(4, 4), Id(2, 2)), (rejected.Rejected, rejected.Conflict));
        Assert.Equal(At(4), Status().LastIndex);
    }

    [Fact]
    public void The_leaders_entries_replace_others_and_all_behind_them()
    {
        FollowsAnn(term: 3, log: [1, 1, 2, 2]);

        Ann.Appends(term: 3, previous: Id(1, 1), Entries(2, 1, 3));

        Assert.Equal([Id(3, 3)], Disk.Takes().Entries.Ids());   // Entry 2 is there already.
        Assert.Equal(At(3), Status().LastIndex);
        Disk.CatchesUp();
        Assert.Equal(At(3), Ann.Hears<AppendAccepted>().Matched);
    }

    [Fact]
    public void A_late_acknowledgement_of_an_older_write_does_not_count_for_the_entry_that_replaced_its_own()
    {
        FollowsAnn(term: 5, log: [5]);
        Ann.Appends(term: 5, previous: Id(1, 5), Entries(2, 5));
        var old = Disk.Takes();
        Bea.Appends(term: 6, previous: Id(1, 5), Entries(2, 6));   // Another entry at the same index.

        var term = Disk.Takes();

        Disk.Finishes(old);
        Disk.Finishes(term);
        Bea.Beats(term: 6, previous: Id(2, 6));
        Assert.Equal(At(1), Bea.Hears<AppendAccepted>().Matched);

        Disk.CatchesUp();
        Assert.Equal(At(2), Bea.Hears<AppendAccepted>().Matched);
    }

    [Fact]
    public void Not_even_what_is_on_disk_is_acknowledged_in_a_term_that_is_not()
    {
        // A server that forgot term 6 could let Ann, in term 5, replace what Bea takes for matched ever after.
        FollowsAnn(term: 5, log: [4]);
        Bea.Beats(term: 6, previous: Id(1, 4));
        Bea.HearsNothing();

        Disk.CatchesUp();
        Assert.Equal((At(1), new Term(6)), (Bea.Hears<AppendAccepted>() is var reply ? reply.Matched : default, reply.Header.Term));
    }

    [Fact]
    public void What_was_to_be_acknowledged_to_an_older_leader_never_is()
    {
        FollowsAnn(term: 5, log: [5]);
        Ann.Appends(term: 5, previous: Id(1, 5), Entries(2, 5));
        Bea.Beats(term: 6, previous: Id(1, 5));

        Disk.CatchesUp();

        Ann.HearsNothing();
    }

    [Fact]
    public void The_leaders_commit_index_is_followed()
    {
        FollowsAnn(term: 5, log: [5, 5]);

        Ann.Appends(term: 5, previous: Id(2, 5), Entries(3, 5), commit: 3);
        Assert.Equal([Id(1, 5), Id(2, 5), Id(3, 5)], MachineApplies().Entries.Ids());
        Assert.Equal((At(3), At(3), At(3)), Indexes());

        Ann.Beats(term: 5, previous: Id(3, 5), commit: 1);   // A late one takes nothing back.
        Assert.Equal(At(3), Status().CommitIndex);
    }

    [Fact]
    public void An_announcement_of_the_commit_index_is_followed_and_not_answered()
    {
        FollowsAnn(term: 5, log: [5, 5]);

        Ann.Announces(term: 5, previous: Id(2, 5), commit: 2);

        Assert.Equal(At(2), Status().CommitIndex);
        Ann.HearsNothing();
    }

    [Fact]
    public void An_announcement_that_does_not_fit_is_answered_for_the_follower_lacks_entries()
    {
        FollowsAnn(term: 5, log: [5, 5]);

        Ann.Announces(term: 5, previous: Id(3, 5), commit: 3);

        Assert.Equal(Id(3, 5), Ann.Hears<AppendRejected>().Rejected);
    }

    [Fact]
    public void A_stale_follower_never_commits_past_what_the_message_at_hand_proves()
    {
        // It has entries of term 2 from index 3 on that Ann has not; Ann has committed others there.
        FollowsAnn(term: 3, log: [1, 1, 2, 2, 2]);

        Ann.Beats(term: 3, previous: Id(2, 1), commit: 5);

        Assert.Equal(At(2), Status().CommitIndex);
        Assert.Equal([Id(1, 1), Id(2, 1)], Machine.Hears<RaftAkka.Machine.ApplyEntries>().Entries.Ids());
    }

    [Fact]
    public void An_append_that_does_not_fit_commits_nothing()
    {
        FollowsAnn(term: 3, log: [1, 1, 2]);

        Ann.Appends(term: 3, previous: Id(3, 3), Entries(4, 3), commit: 4);

        Assert.Equal(At(0), Status().CommitIndex);
        Machine.HearsNothing();
    }

    [Fact]
    public void What_would_replace_a_committed_entry_is_dropped_and_its_term_is_not_entered()
    {
        FollowsAnn(term: 5, log: [5, 5], commit: 2);

        DropsWithOneWarning(
            "entry 2@5 is committed here", () => Bea.Appends(term: 6, previous: Id(1, 5), Entries(2, 6)));

        Disk.HearsNothing();
        Assert.Equal((ServerRole.Follower, 5), Role());
    }
}
