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

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public void It_answers_as_a_list_of_all_terms_would(int seed)
    {
        var random = new Random(seed);
        var model = new List<int>();
        var log = new LogTerms();

        for (var step = 0; step < 400; step++)
        {
            // Now and then a new leader replaces a tail; otherwise entries are added.
            var from = random.Next(4) == 0 ? random.Next(model.Count + 1) : model.Count;
            model.RemoveRange(from, model.Count - from);
            var term = (model.Count == 0 ? 1 : model[^1]) + random.Next(3);
            int[] terms = [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => term += random.Next(2))];
            model.AddRange(terms);
            log.Append(Entries(from + 1, terms));

            AgreesWith(model, log, random);
        }
    }

    private static void AgreesWith(List<int> model, LogTerms log, Random random)
    {
        Assert.Equal(Id(model.Count, model[^1]), log.Last);

        var index = random.Next(1, model.Count + 1);
        var term = model[index - 1];
        Assert.Equal(new Term(term), log.TermAt(At(index)));
        Assert.True(log.Holds(Id(index, term)));
        Assert.False(log.Holds(Id(index, term + 1)));
        Assert.Equal(Id(model.IndexOf(term) + 1, term), log.RunAt(At(index)));

        var wanted = random.Next(0, model[^1] + 2);
        var last = model.FindLastIndex(t => t <= wanted);
        Assert.Equal(last < 0 ? EntryId.Zero : Id(last + 1, model[last]), log.LastOfTermAtMost(new Term(wanted)));
    }
}
