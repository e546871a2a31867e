using Xunit;
using static RaftAkka.Protocol.Tests.Logs;

namespace RaftAkka.Protocol.Tests.Rules;

public sealed class LogMatchingTests
{
    [Fact]
    public void The_first_entry_of_all_fits_an_empty_log()
    {
        var news = Assert.IsType<LogMatch.News>(LogMatching.Compare(Log(), EntryId.Zero, Entries(1, 1, 1)));

        Assert.Equal([Id(1, 1), Id(2, 1)], news.Entries.Select(entry => entry.Id));
    }

    [Fact]
    public void A_heartbeat_proves_what_is_before_it_and_no_more() =>
        Assert.Equal(new LogMatch.Known(At(2)), LogMatching.Compare(Log(1, 1, 1, 1), Id(2, 1), LogSlice.Empty));

    [Fact]
    public void A_log_that_is_too_short_says_where_it_ends()
    {
        Assert.Equal(new LogMatch.Gap(Id(3, 0)), LogMatching.Compare(Log(1, 1), Id(5, 2), Entries(6, 2)));
        Assert.Equal(new LogMatch.Gap(Id(1, 0)), LogMatching.Compare(Log(), Id(5, 2), LogSlice.Empty));
    }

    [Fact]
    public void A_conflict_names_the_first_entry_of_the_conflicting_term() =>
        Assert.Equal(new LogMatch.Gap(Id(3, 2)), LogMatching.Compare(Log(1, 1, 2, 2, 2), Id(5, 4), LogSlice.Empty));

    [Fact]
    public void Entries_that_are_there_already_are_left_alone()
    {
        // A late message with a part of what is here: what is behind it must not be cut off (§5.3).
        Assert.Equal(new LogMatch.Known(At(3)), LogMatching.Compare(Log(1, 1, 1, 1), Id(1, 1), Entries(2, 1, 1)));
    }

    [Fact]
    public void Only_what_is_new_is_appended()
    {
        var news = Assert.IsType<LogMatch.News>(
            LogMatching.Compare(Log(1, 1, 1), Id(1, 1), Entries(2, 1, 1, 2)));

        Assert.Equal([Id(4, 2)], news.Entries.Select(entry => entry.Id));
    }

    [Fact]
    public void A_differing_entry_is_replaced_with_all_behind_it()
    {
        var follower = Log(1, 1, 2, 2, 2);

        var news = Assert.IsType<LogMatch.News>(LogMatching.Compare(follower, Id(1, 1), Entries(2, 1, 3)));
        follower.Append(news.Entries);

        Assert.Equal(Id(3, 3), news.Entries.First.Id);
        Assert.Equal(Id(3, 3), follower.Last);
    }

    [Fact]
    public void The_leader_goes_on_at_the_end_of_a_shorter_log() =>
        Assert.Equal(At(4), LogMatching.NextAfter(Log(1, 1, 1, 4, 4, 5), conflict: Id(4, 0)));

    [Fact]
    public void The_leader_goes_on_behind_its_own_last_entry_of_the_conflicting_term() =>
        // Figure 7 (e): the follower has 4 4 4 4 from index 4 on; the leader's last of term 4 is 5.
        Assert.Equal(At(6), LogMatching.NextAfter(Log(1, 1, 1, 4, 4, 5, 5), conflict: Id(4, 4)));

    [Fact]
    public void The_leader_skips_a_term_that_it_has_nothing_of() =>
        Assert.Equal(At(4), LogMatching.NextAfter(Log(1, 1, 1, 4, 4, 4, 4, 4), conflict: Id(4, 3)));

    [Fact]
    public void The_leader_skips_its_own_later_terms_too() =>
        // The follower's term 3 starts at 7; of what the leader has before, 4 to 6 are of later terms.
        Assert.Equal(At(4), LogMatching.NextAfter(Log(1, 1, 1, 4, 4, 5, 5, 6, 6, 6), conflict: Id(7, 3)));

    [Fact]
    public void The_leader_skips_its_own_later_terms_also_where_it_has_something_of_the_conflicting_one() =>
        Assert.Equal(At(4), LogMatching.NextAfter(Log(1, 1, 2, 4, 4, 5, 5), conflict: Id(6, 2)));

    [Fact]
    public void The_leader_never_goes_on_behind_its_own_end() =>
        Assert.Equal(At(3), LogMatching.NextAfter(Log(1, 1), conflict: Id(9, 0)));
}
