using Xunit;
using static RaftAkka.Protocol.Tests.Logs;

namespace RaftAkka.Protocol.Tests.Rules;

public sealed class LogTermsTests
{
    [Fact]
    public void An_empty_log_holds_the_place_before_its_first_entry_and_nothing_else()
    {
        var log = new LogTerms();

        Assert.Equal(EntryId.Zero, log.Last);
        Assert.Equal(Term.Zero, log.TermAt(LogIndex.Zero));
        Assert.Null(log.TermAt(At(1)));
        Assert.True(log.Holds(EntryId.Zero));
        Assert.False(log.Holds(Id(0, 1)));
        Assert.Equal(EntryId.Zero, log.LastOfTermAtMost(new Term(9)));
    }

    [Fact]
    public void A_log_that_was_read_back_is_the_log_that_was_written()
    {
        var log = new LogTerms([Id(1, 1), Id(4, 4)], last: Id(5, 4));

        Assert.Equal(new Term(1), log.TermAt(At(3)));
        Assert.Equal(new Term(4), log.TermAt(At(4)));
        Assert.Equal(Id(4, 4), log.RunAt(At(5)));
        Assert.Null(log.TermAt(At(6)));
        Assert.Null(log.TermAt(new LogIndex(-1)));
    }

    [Fact]
    public void A_gap_is_refused() =>
        Assert.Throws<ArgumentException>(() => Log(1, 1).Append(Entries(4, 1)));

    [Fact]
    public void There_is_no_run_where_there_is_no_entry()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Log(1, 1).RunAt(At(3)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Log(1, 1).RunAt(At(0)));
    }

    [Fact]
    public void Replacing_the_first_entry_replaces_the_log()
    {
        var log = Log(1, 1, 2);
        log.Append(Entries(1, 3));

        Assert.Equal(Id(1, 3), log.Last);
        Assert.Null(log.TermAt(At(2)));
    }

    [Fact]
    public void Appending_nothing_changes_nothing()
    {
        var log = Log(1, 2);
        log.Append(LogSlice.Empty);

        Assert.Equal(Id(2, 2), log.Last);
    }

    [Fact]
    public void A_log_that_was_compacted_knows_its_base_and_nothing_before_it()
    {
        var log = Log(1, 1, 2, 2, 5);
        log.CompactTo(Id(3, 2));

        Assert.Equal((Id(3, 2), Id(5, 5)), (log.Base, log.Last));
        Assert.Equal(new Term(2), log.TermAt(At(3)));
        Assert.Null(log.TermAt(At(2)));
        Assert.Null(log.TermAt(At(0)));
        Assert.True(log.Holds(Id(3, 2)));
        Assert.Equal(Id(4, 2), log.RunAt(At(4)));   // Of a run that the base cuts, what is left.
        Assert.Throws<ArgumentOutOfRangeException>(() => log.RunAt(At(3)));
        Assert.Equal(EntryId.Zero, log.LastOfTermAtMost(new Term(1)));
    }

    [Fact]
    public void A_log_that_is_compacted_to_its_last_entry_ends_with_its_base()
    {
        var log = Log(1, 2);
        log.CompactTo(Id(2, 2));

        Assert.Equal((Id(2, 2), Id(2, 2)), (log.Base, log.Last));
        Assert.Equal(Id(2, 2), log.LastOfTermAtMost(new Term(2)));
        Assert.Null(log.TermAt(At(3)));
    }

    [Theory]
    [InlineData(9, 3)]   // Behind the last entry.
    [InlineData(3, 3)]   // In a suffix that another leader replaced.
    [InlineData(4, 3)]
    public void A_base_that_the_log_does_not_hold_takes_the_place_of_the_whole_log(int index, int term)
    {
        var log = Log(1, 1, 2, 2);
        log.CompactTo(Id(index, term));

        Assert.Equal((Id(index, term), Id(index, term)), (log.Base, log.Last));
        Assert.Null(log.TermAt(At(index + 1)));

        log.Append(Entries(index + 1, term));
        Assert.Equal(Id(index + 1, term), log.RunAt(At(index + 1)));
    }

    [Fact]
    public void A_base_never_goes_back()
    {
        var log = Log(1, 1, 2, 2);
        log.CompactTo(Id(3, 2));
        log.CompactTo(Id(2, 1));
        log.CompactTo(Id(3, 9));

        Assert.Equal((Id(3, 2), Id(4, 2)), (log.Base, log.Last));
    }

    [Fact]
    public void Nothing_is_appended_before_the_base()
    {
        var log = Log(1, 1, 2, 2);
        log.CompactTo(Id(3, 2));

        Assert.Throws<ArgumentException>(() => log.Append(Entries(3, 2)));
        log.Append(Entries(4, 6));
        Assert.Equal((Id(3, 2), Id(4, 6)), (log.Base, log.Last));
    }

    [Fact]
    public void A_compacted_log_that_was_read_back_is_the_log_that_was_written()
    {
        var log = new LogTerms(Id(7, 3), [Id(8, 3), Id(9, 4)], last: Id(9, 4));

        Assert.Equal([3, 3, 4], new[] { 7, 8, 9 }.Select(index => log.TermAt(At(index))!.Value.Value));
        Assert.Null(log.TermAt(At(6)));
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public void It_answers_as_a_list_of_all_terms_would(int seed)
    {
        var random = new Random(seed);
        var model = new List<int>();
        var @base = 0;
        var log = new LogTerms();

        for (var step = 0; step < 400; step++)
        {
            // Now and then a new leader replaces a tail; otherwise entries are added.
            var from = random.Next(4) == 0 ? random.Next(@base, model.Count + 1) : model.Count;
            model.RemoveRange(from, model.Count - from);
            var term = (model.Count == 0 ? 1 : model[^1]) + random.Next(3);
            int[] terms = [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => term += random.Next(2))];
            model.AddRange(terms);
            log.Append(Entries(from + 1, terms));

            if (random.Next(4) == 0)
            {
                @base = random.Next(@base, model.Count + 1);
                log.CompactTo(@base == 0 ? EntryId.Zero : Id(@base, model[@base - 1]));
            }

            AgreesWith(model, @base, log, random);
        }
    }

    private static void AgreesWith(List<int> model, int @base, LogTerms log, Random random)
    {
        Assert.Equal(Id(model.Count, model[^1]), log.Last);
        Assert.Equal(@base == 0 ? EntryId.Zero : Id(@base, model[@base - 1]), log.Base);

        var index = random.Next(1, model.Count + 1);
        var term = model[index - 1];
        Assert.Equal(index < @base ? null : new Term(term), log.TermAt(At(index)));
        Assert.Equal(index >= @base, log.Holds(Id(index, term)));
        Assert.False(log.Holds(Id(index, term + 1)));
        if (index > @base)
            Assert.Equal(Id(Math.Max(model.IndexOf(term), @base) + 1, term), log.RunAt(At(index)));

        var wanted = random.Next(0, model[^1] + 2);
        var last = model.FindLastIndex(t => t <= wanted);
        var known = last >= 0 && last + 1 >= @base;
        Assert.Equal(known ? Id(last + 1, model[last]) : EntryId.Zero, log.LastOfTermAtMost(new Term(wanted)));
    }
}
