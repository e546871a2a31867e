using Xunit;

namespace RaftAkka.Simulation.Judging.Tests;

public sealed class HandMadeHistoryTests
{
    private const int Ann = 1, Bea = 2, Cid = 3, Dan = 4;

    [Fact]
    public void An_empty_history_is_linearizable() => Legal();

    [Fact]
    public void A_key_starts_absent() => Legal(Get(Ann, null, 0, 1));

    [Fact]
    public void A_read_during_a_write_may_see_either_value()
    {
        Legal(Put(Ann, "old", 0, 1), Put(Ann, "new", 2, 9), Get(Bea, "old", 3, 4), Get(Bea, "new", 5, 6));
        Legal(Put(Ann, "old", 0, 1), Put(Ann, "new", 2, 9), Get(Bea, "new", 3, 4), Get(Cid, "old", 3, 4));
    }

    [Fact]
    public void Two_reads_during_a_write_may_not_go_back()
    {
        Illegal(4,
            Put(Ann, "old", 0, 1), Put(Ann, "new", 2, 9),
            Get(Bea, "new", 3, 4), Get(Cid, "old", 5, 6));
    }

    [Fact]
    public void Operations_that_touch_in_time_count_as_concurrent()
    {
        Legal(Put(Ann, "x", 0, 5), Get(Bea, null, 5, 6));
        Illegal(2, Put(Ann, "x", 0, 5), Get(Bea, null, 6, 7));
    }

    [Fact]
    public void A_stale_read_is_found()
    {
        Illegal(3, Put(Ann, "1", 0, 1), Put(Ann, "2", 2, 3), Get(Bea, "1", 4, 5));
    }

    [Fact]
    public void A_lost_write_is_found()
    {
        Illegal(2, Put(Ann, "1", 0, 1), Get(Bea, null, 2, 3));
    }

    [Fact]
    public void A_lost_update_is_found()
    {
        // Both added to 0, and Ann's addition is gone.
        Illegal(4,
            Put(Ann, "0", 0, 1),
            Append(Ann, "a", 2, 5), Append(Bea, "b", 3, 6),
            Get(Cid, "0b", 7, 8));
    }

    [Fact]
    public void A_read_of_a_value_never_written_is_found()
    {
        Illegal(1, Put(Ann, "1", 0, 1), Get(Bea, "2", 2, 3));
    }

    [Fact]
    public void A_read_from_the_future_is_found()
    {
        Illegal(1, Get(Bea, "1", 0, 1), Put(Ann, "1", 2, 3), Get(Bea, "1", 4, 5));
    }

    [Fact]
    public void An_append_applied_twice_is_found()
    {
        Legal(Append(Ann, "a", 0, 1), Get(Bea, "a", 2, 3));
        Illegal(2, Append(Ann, "a", 0, 1), Get(Bea, "aa", 2, 3));
    }

    [Fact]
    public void Appends_in_an_order_against_time_are_found()
    {
        Legal(Append(Ann, "a", 0, 3), Append(Bea, "b", 2, 5), Get(Cid, "ba", 6, 7));
        Illegal(3, Append(Ann, "a", 0, 1), Append(Bea, "b", 2, 5), Get(Cid, "ba", 6, 7));
    }

    [Fact]
    public void Two_cas_that_both_replace_one_value_are_found()
    {
        Legal(
            Put(Ann, "0", 0, 1),
            Cas(Ann, "0", "a", true, 2, 5), Cas(Bea, "0", "b", false, 2, 5), Get(Cid, "a", 6, 7));
        Illegal(3, Put(Ann, "0", 0, 1), Cas(Ann, "0", "a", true, 2, 5), Cas(Bea, "0", "b", true, 2, 5));
    }

    [Fact]
    public void A_cas_that_should_have_swapped_is_found()
    {
        Illegal(2, Put(Ann, "0", 0, 1), Cas(Bea, "0", "b", false, 2, 3));
        Illegal(1, Cas(Bea, null, "b", false, 2, 3));
    }

    [Fact]
    public void A_cas_from_absent_creates_the_key_once()
    {
        Legal(Cas(Ann, null, "a", true, 0, 1), Cas(Bea, null, "b", false, 2, 3), Get(Cid, "a", 4, 5));
        Illegal(2, Cas(Ann, null, "a", true, 0, 1), Cas(Bea, null, "b", true, 2, 3));
    }

    [Fact]
    public void Empty_is_not_absent()
    {
        Legal(Append(Ann, "", 0, 1), Get(Bea, "", 2, 3));
        Illegal(2, Append(Ann, "", 0, 1), Get(Bea, null, 2, 3));
        Illegal(1, Cas(Ann, "", "a", true, 0, 1));
    }

    [Fact]
    public void A_read_of_a_definite_failure_is_found_and_its_writer_named()
    {
        var refused = Put(Ann, "1", 0, 1).Refused();

        var violation = Illegal(1, refused, Get(Bea, "1", 2, 3));

        Assert.Same(refused, Assert.Single(violation.Refused));
        Legal(refused, Get(Bea, null, 2, 3));
    }

    [Fact]
    public void An_old_value_read_after_its_delete_is_found()
    {
        Legal(Put(Ann, "1", 0, 1), Delete(Ann, 2, 3), Get(Bea, null, 4, 5));
        Illegal(3, Put(Ann, "1", 0, 1), Delete(Ann, 2, 3), Get(Bea, "1", 4, 5));
    }

    [Fact]
    public void An_append_after_a_delete_starts_from_the_empty_string()
    {
        Legal(Put(Ann, "1", 0, 1), Delete(Ann, 2, 3), Append(Ann, "2", 4, 5), Get(Bea, "2", 6, 7));
        Illegal(4, Put(Ann, "1", 0, 1), Delete(Ann, 2, 3), Append(Ann, "2", 4, 5), Get(Bea, "12", 6, 7));
    }

    [Fact]
    public void An_unknown_write_may_take_effect_late_or_never()
    {
        var lost = Put(Ann, "1", 0, 1).WithoutAnswer();

        Legal(lost, Get(Bea, null, 2, 3));
        Legal(lost, Get(Bea, null, 2, 3), Put(Bea, "2", 4, 5), Get(Bea, "2", 6, 7), Get(Bea, "1", 8, 9));
    }

    [Fact]
    public void An_unknown_write_may_not_take_effect_before_its_call()
    {
        Illegal(1, Get(Bea, "1", 0, 1), Put(Ann, "1", 2, 3).WithoutAnswer());
    }

    [Fact]
    public void An_unknown_write_that_appears_and_disappears_is_found()
    {
        var lost = Put(Ann, "1", 0, 1).WithoutAnswer();

        Illegal(3, lost, Get(Bea, "1", 2, 3), Get(Bea, null, 4, 5));
        Illegal(4, Put(Bea, "0", 0, 1), lost, Get(Bea, "1", 2, 3), Get(Bea, "0", 4, 5));
    }

    [Fact]
    public void An_unknown_write_that_takes_effect_twice_is_found()
    {
        Illegal(4,
            Put(Ann, "1", 0, 1).WithoutAnswer(),
            Get(Bea, "1", 2, 3), Put(Bea, "2", 4, 5), Get(Bea, "1", 6, 7));
        Illegal(2, Append(Ann, "a", 0, 1).WithoutAnswer(), Get(Bea, "aa", 2, 3));
    }

    [Fact]
    public void Two_unknown_writes_of_one_value_may_take_effect_one_each()
    {
        Legal(
            Put(Ann, "1", 0, 1).WithoutAnswer(), Put(Cid, "1", 0, 1).WithoutAnswer(),
            Get(Bea, "1", 2, 3), Put(Bea, "2", 4, 5), Get(Bea, "1", 6, 7));
    }

    [Fact]
    public void An_unknown_cas_counts_only_where_it_finds_its_value()
    {
        Legal(Put(Ann, "0", 0, 1), Cas(Bea, "0", "1", false, 2, 3).WithoutAnswer(), Get(Cid, "1", 4, 5));
        Illegal(2, Put(Ann, "0", 0, 1), Cas(Bea, "9", "1", false, 2, 3).WithoutAnswer(), Get(Cid, "1", 4, 5));
    }

    [Fact]
    public void An_unknown_write_may_explain_why_a_cas_did_not_swap()
    {
        Legal(
            Put(Ann, "0", 0, 1), Put(Dan, "9", 2, 3).WithoutAnswer(),
            Cas(Bea, "0", "1", false, 4, 5), Put(Ann, "2", 6, 7), Get(Cid, "2", 8, 9));
    }

    [Fact]
    public void An_unknown_read_says_nothing()
    {
        Legal(Put(Ann, "1", 0, 1), Get(Bea, "7", 2, 3).WithoutAnswer());
    }

    [Fact]
    public void A_violation_on_one_key_is_found_among_others()
    {
        var other = Operation.Put(Bea, "other", "2", 0, 1);

        var violation = Illegal(1, other, Get(Ann, "2", 2, 3));

        Assert.Equal("k", violation.Key);
    }

    [Fact]
    public void A_record_that_contradicts_itself_is_refused()
    {
        Assert.Throws<ArgumentException>(() => Legal(Get(Ann, null, 5, 4)));
        Assert.Throws<ArgumentException>(() => Legal(Get(Ann, null, 5, 6) with { Return = null }));
        Assert.Throws<ArgumentException>(() => Legal(Put(Ann, "1", 5, 6) with { Value = null }));
    }

    private static Operation Get(int process, string? read, long call, long @return) =>
        Operation.Get(process, "k", read, call, @return);

    private static Operation Put(int process, string value, long call, long @return) =>
        Operation.Put(process, "k", value, call, @return);

    private static Operation Append(int process, string value, long call, long @return) =>
        Operation.Append(process, "k", value, call, @return);

    private static Operation Delete(int process, long call, long @return) =>
        Operation.Delete(process, "k", call, @return);

    private static Operation Cas(
        int process, string? expect, string value, bool swapped, long call, long @return) =>
        Operation.Cas(process, "k", expect, value, swapped, call, @return);

    private static void Legal(params Operation[] history)
    {
        Assert.Equal(Answer.Linearizable, Judge.Check(history, Budget.Steps(10_000)).Answer);
    }

    // The window is the smallest part of the history that shows the violation.
    private static Violation Illegal(int window, params Operation[] history)
    {
        var verdict = Judge.Check(history, Budget.Steps(10_000));

        Assert.Equal(Answer.NotLinearizable, verdict.Answer);
        Assert.Equal(window, verdict.Violation!.Window.Count);
        return verdict.Violation;
    }
}
