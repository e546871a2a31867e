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

    [Fact]
    public void What_is_up_to_the_base_matches_whatever_was_sent_of_it()
    {
        var follower = Compacted(3, 1, 1, 2, 2, 2);

        Assert.Equal(new LogMatch.Known(At(3)), LogMatching.Compare(follower, EntryId.Zero, LogSlice.Empty));
        Assert.Equal(new LogMatch.Known(At(3)), LogMatching.Compare(follower, Id(1, 1), Entries(2, 1)));
        Assert.Equal(new LogMatch.Known(At(3)), LogMatching.Compare(follower, Id(1, 1), Entries(2, 1, 2)));
        Assert.Equal(new LogMatch.Known(At(3)), LogMatching.Compare(follower, Id(3, 2), LogSlice.Empty));
    }

    [Fact]
    public void Entries_that_reach_over_the_base_are_compared_behind_it()
    {
        var follower = Compacted(3, 1, 1, 2, 2, 2);

        Assert.Equal(
            new LogMatch.Known(At(4)), LogMatching.Compare(follower, Id(1, 1), Entries(2, 1, 2, 2)));
        var news = Assert.IsType<LogMatch.News>(
            LogMatching.Compare(follower, Id(1, 1), Entries(2, 1, 2, 3, 3)));
        Assert.Equal([Id(4, 3), Id(5, 3)], news.Entries.Select(entry => entry.Id));
    }

    [Fact]
    public void The_first_entry_behind_the_base_fits_a_log_that_has_only_a_base()
    {
        var news = Assert.IsType<LogMatch.News>(
            LogMatching.Compare(Compacted(2, 1, 1), Id(2, 1), Entries(3, 4)));

        Assert.Equal(Id(3, 4), news.Entries.First.Id);
    }

    [Fact]
    public void A_conflict_behind_the_base_names_nothing_before_it() =>
        Assert.Equal(
            new LogMatch.Gap(Id(4, 2)),
            LogMatching.Compare(Compacted(3, 1, 1, 2, 2, 2), Id(5, 4), LogSlice.Empty));

    [Fact]
    public void Nothing_matches_that_differs_from_what_a_snapshot_took_the_place_of()
    {
        var follower = Compacted(3, 1, 1, 2, 2, 2);

        // No leader sends this; who does is not followed any further (MessageRule).
        Assert.IsType<LogMatch.Gap>(LogMatching.Compare(follower, Id(3, 1), LogSlice.Empty));
        Assert.IsType<LogMatch.Gap>(LogMatching.Compare(follower, Id(2, 1), Entries(3, 3, 3)));
    }

    [Theory]
    [InlineData(2, 0)]   // The follower's log ends before the base,
    [InlineData(4, 1)]   // or has something older at the base,
    [InlineData(2, 2)]   // or something else.
    public void A_follower_that_lacks_the_base_is_told_by_a_next_index_that_is_not_behind_it(int index, int term) =>
        Assert.InRange(
            LogMatching.NextAfter(Compacted(3, 1, 1, 3, 3, 5), Id(index, term)).Value, 1, 3);

    [Fact]
    public void The_leader_goes_on_behind_its_base_where_the_follower_may_hold_it() =>
        Assert.Equal(At(4), LogMatching.NextAfter(Compacted(3, 1, 1, 3, 5, 5), conflict: Id(5, 3)));

    // A compacted log is to answer as the whole one would, wherever it can know.
    [Theory]
    [InlineData(21)]
    [InlineData(22)]
    public void Compacted_logs_agree_as_the_whole_ones_would(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 3000; round++)
        {
            // Two logs that part somewhere behind what is committed.
            int[] common = [.. Terms(random, random.Next(1, 6), 1)];
            int[] leader = [.. common, .. Terms(random, random.Next(5), common[^1] + random.Next(3))];
            int[] follower = [.. common, .. Terms(random, random.Next(5), common[^1] + random.Next(3))];
            var compacted = Compacted(random.Next(common.Length + 1), follower);
            var previous = random.Next(leader.Length + 1);
            var id = previous == 0 ? EntryId.Zero : Id(previous, leader[previous - 1]);
            var entries = Entries(previous + 1, leader[previous..random.Next(previous, leader.Length + 1)]);

            switch (LogMatching.Compare(Log(follower), id, entries), LogMatching.Compare(compacted, id, entries))
            {
                case (LogMatch.News whole, LogMatch.News part):
                    Assert.Equal(whole.Entries.First.Id, part.Entries.First.Id);
                    break;
                case (LogMatch.Known whole, LogMatch.Known part):
                    Assert.Equal(LogIndex.Max(whole.Through, compacted.Base.Index), part.Through);
                    break;
                case (LogMatch.Gap whole, LogMatch.Gap part):
                    var cut = LogIndex.Max(whole.Conflict.Index, compacted.Base.Index.Next);
                    Assert.Equal(whole.Conflict with { Index = cut }, part.Conflict);
                    var own = Compacted(random.Next(common.Length + 1), leader);
                    var next = LogMatching.NextAfter(own, part.Conflict);
                    var wholeNext = LogMatching.NextAfter(Log(leader), part.Conflict);
                    if (next > own.Base.Index) Assert.Equal(wholeNext, next);
                    else Assert.True(wholeNext <= own.Base.Index, $"{wholeNext}, but {next}");
                    break;
                case var (whole, part):
                    Assert.Fail($"{whole}, but {part}");
                    break;
            }
        }
    }

    private static IEnumerable<int> Terms(Random random, int count, int term) =>
        Enumerable.Range(0, count).Select(_ => term += random.Next(2));

    private static LogTerms Compacted(int @base, params int[] terms)
    {
        var log = Log(terms);
        if (@base > 0) log.CompactTo(Id(@base, terms[@base - 1]));
        return log;
    }
}
